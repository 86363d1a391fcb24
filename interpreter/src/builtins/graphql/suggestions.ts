import type { BuiltinContext } from "../builtin.ts";

/** Names that look like `typed`, nearest first. */
export function similarNames(
  typed: string,
  names: readonly string[],
  context: BuiltinContext,
): readonly string[] {
  const limit = Math.max(Math.floor(typed.length * 0.4) + 1, 1);
  return names
    .map((name) => ({ name, distance: distance(typed, name, limit, context) }))
    .filter((candidate) => candidate.distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .map((candidate) => candidate.name);
}

/** ` Did you mean "a", "b", or "c"?`, or nothing where no name is similar. */
export function suggestion(
  prefix: string,
  typed: string,
  names: readonly string[],
  context: BuiltinContext,
): string {
  const similar = similarNames(typed, names, context);
  return similar.length === 0 ? "" : ` ${prefix} ${quotedList(similar)}?`;
}

/** `"a"`, `"a" or "b"`, `"a", "b", or "c"`; five names at most. */
export function quotedList(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`);
  if (shown.length <= 2) return shown.join(" or ");
  return `${shown.slice(0, -1).join(", ")}, or ${shown.at(-1)}`;
}

/** Levenshtein distance without regard to case; 1 where only the case differs. */
function distance(a: string, b: string, limit: number, context: BuiltinContext): number {
  if (a === b) return 0;
  const left = Array.from(a.toLowerCase());
  const right = Array.from(b.toLowerCase());
  if (left.join("") === right.join("")) return 1;
  if (Math.abs(left.length - right.length) > limit) return limit + 1;
  context.charge(1 + ((left.length * right.length) >> 4));
  let row = Array.from({ length: right.length + 1 }, (_, i) => i);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const cost = left[i - 1] === right[j - 1] ? 0 : 1;
      next.push(Math.min((next[j - 1] as number) + 1, (row[j] as number) + 1, (row[j - 1] as number) + cost));
    }
    row = next;
  }
  return row[right.length] as number;
}
