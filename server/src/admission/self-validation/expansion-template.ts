import { decodeExpansionTemplate, InvalidExpansionTemplateError } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import type { Verdict } from "../verdict.ts";

/** An ExpansionTemplate must say what it applies to and what it generates, and not generate what it applies to. */
export function refuseExpansionTemplate(object: PlainObject): Verdict | undefined {
  try {
    decodeExpansionTemplate(object);
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidExpansionTemplateError)) throw error;
    return { allowed: false, code: 422, message: error.message };
  }
}
