/**
 * Gatekeeper's wildcard: a `*` at the start, at the end or at both stands for any text; elsewhere it is a plain character.
 * A lone `*` matches everything.
 */
export interface Glob {
  matches(text: string): boolean;
  /** For a name that the API server will complete: only globs that leave the end open can match its prefix. */
  matchesGenerateName(prefix: string): boolean;
}

export function glob(pattern: string): Glob {
  const open = pattern.startsWith("*");
  const ended = pattern.endsWith("*");
  if (open && ended) {
    const inner = pattern.slice(1, -1);
    const contains = (text: string): boolean => text.includes(inner);
    return { matches: contains, matchesGenerateName: contains };
  }
  if (ended) {
    const start = pattern.slice(0, -1);
    const starts = (text: string): boolean => text.startsWith(start);
    return { matches: starts, matchesGenerateName: starts };
  }
  const never = (): boolean => false;
  if (open) {
    const end = pattern.slice(1);
    return { matches: (text) => text.endsWith(end), matchesGenerateName: never };
  }
  return { matches: (text) => text === pattern, matchesGenerateName: never };
}
