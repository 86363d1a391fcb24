import { type Regex, compileRegex } from "./regex.ts";

/** Enough for the patterns of a large policy set; with a pattern made from input the oldest entries go first. */
const MAX_ENTRIES = 512;
/** Longer patterns are compiled again each time: they are rare, and their programs large. */
const MAX_CACHED_LENGTH = 4096;

/**
 * Compiled patterns, least recently used first. Shared by everything in the process: a compiled pattern is a pure
 * function of its text, so no result can depend on what is in here.
 */
const compiled = new Map<string, Regex>();

/** The compiled form of a pattern, from the cache where it is there. Throws `RegexSyntaxError`. */
export function regexFor(pattern: string): Regex {
  const known = compiled.get(pattern);
  if (known) {
    // Most calls ask for the pattern of the call before; moving it to the young end is then not worth the two writes.
    if (compiled.size >= MAX_ENTRIES / 2) {
      compiled.delete(pattern);
      compiled.set(pattern, known);
    }
    return known;
  }
  const regex = compileRegex(pattern);
  if (pattern.length > MAX_CACHED_LENGTH) return regex;
  if (compiled.size >= MAX_ENTRIES) compiled.delete(compiled.keys().next().value as string);
  compiled.set(pattern, regex);
  return regex;
}
