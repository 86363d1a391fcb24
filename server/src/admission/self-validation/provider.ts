import { providerFault } from "@portcullis/engine/cluster";
import type { PlainObject } from "@portcullis/interpreter";
import type { Verdict } from "../verdict.ts";

/** A Provider must be one that could be asked: over TLS, with a CA to know it by. */
export function refuseProvider(provider: PlainObject): Verdict | undefined {
  const message = providerFault(provider);
  return message === undefined ? undefined : { allowed: false, code: 422, message };
}
