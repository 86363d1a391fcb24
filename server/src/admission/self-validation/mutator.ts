import { decodeMutator, InvalidMutatorError, isMutator } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import type { Verdict } from "../verdict.ts";

/** A mutator must be one that could run; whether it conflicts with another one is no matter of admission. */
export function refuseMutator(object: PlainObject): Verdict | undefined {
  if (!isMutator(object)) return undefined;
  try {
    decodeMutator(object);
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidMutatorError)) throw error;
    return { allowed: false, code: 422, message: error.message };
  }
}
