import type { Manifest } from "@portcullis/engine/files";
import { equals } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";

/** One line for each object that came, changed or went: `added Pod shop/web`. */
export function differences(
  before: ReadonlyMap<string, Manifest>,
  after: ReadonlyMap<string, Manifest>,
): readonly string[] {
  const lines: string[] = [];
  for (const key of before.keys()) if (!after.has(key)) lines.push(`removed ${key}`);
  for (const [key, manifest] of after) {
    const old = before.get(key);
    if (!old || !same(old.object, manifest.object)) lines.push(`${change(old, manifest)} ${key}`);
  }
  return lines;
}

/** What happened to something that may not have been there, or is not any more. */
export function change(before: unknown, after: unknown): string {
  if (before === undefined) return "added";
  return after === undefined ? "removed" : "changed";
}

/** True for the same content, wherever it stands. */
export function same(a: PlainObject | undefined, b: PlainObject | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && equals(a, b));
}
