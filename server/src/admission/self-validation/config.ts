import { textAt } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import type { Verdict } from "../verdict.ts";

/** Only the Config named `config` is ever read: another one would have no effect. */
export function refuseConfig(config: PlainObject): Verdict | undefined {
  if (textAt(config, "metadata", "name") === "config") return undefined;
  return { allowed: false, code: 422, message: "config resource must have name 'config'" };
}
