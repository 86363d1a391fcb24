import { writeJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";

/** The JSON text of labels or annotations: texts, but where a file is wrong, and then all digits of its numbers. */
export function membersJson(members: PlainObject): string {
  // The native writer is several times faster, and knows texts alone.
  return areTexts(members) ? JSON.stringify(members) : writeJson(members, { escapeHtml: false });
}

function areTexts(members: PlainObject): boolean {
  for (const key in members) if (typeof members[key] !== "string") return false;
  return true;
}
