import type { PlainObject } from "@portcullis/interpreter";
import { textAt, valueAt } from "../../kubernetes/object-meta.ts";

/** Changes with the spec of an object, and when it is made anew; not with its status. */
export function versionOf(object: PlainObject): string {
  return `${textAt(object, "metadata", "uid")} ${String(valueAt(object, "metadata", "generation") ?? 0)}`;
}
