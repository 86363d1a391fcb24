import { RE2JS, RE2JSException } from "re2js";
import { literalTest } from "./literal.ts";
import { type GroupNames, nameGroups } from "./group-names.ts";
import { expandUnicodeNames } from "./unicode-names.ts";

/** Bounds of one match: `[start0, end0, start1, end1, …]` in UTF-16 units, -1 for a group that took no part. */
export type MatchBounds = readonly number[];

/** A compiled regular expression with the behaviour of Go's `regexp` (RE2 syntax, leftmost-first, linear time). */
export interface Regex {
  /** A measure of the compiled program: matching costs at most this, times the length of the text. */
  readonly size: number;
  /** Group names, each with the numbers of its groups. */
  readonly groups: GroupNames;
  readonly groupCount: number;
  /** True where some part of the text matches. */
  test(text: string): boolean;
  /** Successive matches that do not overlap, at most `limit` of them; a negative limit means all. An empty match right behind another match does not count. */
  findAll(text: string, limit: number): readonly MatchBounds[];
}

/** Bad syntax. The message is Go's: ``error parsing regexp: missing argument to repetition operator: `*` ``. */
export class RegexSyntaxError extends Error {
  override readonly name = "RegexSyntaxError";
}

/** Compiles a pattern without a look at the cache. Throws {@link RegexSyntaxError}. */
export function compileRegex(pattern: string): Regex {
  const { source, groups } = nameGroups(pattern);
  const engine = compileWithGoTexts(source, pattern);
  const fast = literalTest(pattern);
  return {
    size: engine.programSize(),
    groups,
    groupCount: engine.groupCount(),
    test: fast ?? ((text) => engine.test(text)),
    findAll(text, limit) {
      if (limit === 0) return [];
      return (engine.re2().findAllSubmatchIndex(text, limit) as MatchBounds[] | null) ?? [];
    },
  };
}

function compileWithGoTexts(source: string, pattern: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw new RegexSyntaxError(tooDeep(pattern));
    // Go looks Unicode class names up without regard to case and knows long names; the engine knows the short ones.
    const renamed = expandUnicodeNames(source);
    if (renamed !== source) {
      try {
        return RE2JS.compile(renamed);
      } catch {
        // The first error speaks of the pattern as written.
      }
    }
    throw new RegexSyntaxError(goText(error.message, pattern));
  }
}

/** The engine leaves the quoted part out of two of its messages. */
function goText(message: string, pattern: string): string {
  if (message.endsWith("trailing backslash at end of expression")) return `${message}: \`\``;
  if (message.endsWith("nests too deeply")) return tooDeep(pattern);
  return message;
}

function tooDeep(pattern: string): string {
  return `error parsing regexp: expression nests too deeply: \`${pattern}\``;
}
