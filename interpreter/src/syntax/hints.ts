import type { IToken } from "chevrotain";
import { Comma, Identifier } from "./tokens.ts";

/** The expression each keyword makes possible, for hints about a missing import. */
const INFIX_EXAMPLES: Readonly<Record<string, string>> = { in: "x in xs", and: "x and y", or: "x or y" };
const HEAD_EXAMPLES: Readonly<Record<string, string>> = { if: "p if { ... }", contains: "p contains x" };

/**
 * A hint, in parentheses, where a body's literal is followed by what would be a keyword if it were imported: `at` is the
 * index of the token that was not expected, `start` that of the literal's first one. Empty where there is none.
 */
export function missingKeywordHint(tokens: readonly IToken[], start: number, at: number): string {
  const first = tokens[start]?.image;
  const word = tokens[at];
  const membership = membershipAt(tokens, at);
  if (first === "some" && membership) return hint("in", "some x in xs");
  if (first === "every" && tokens[start]?.tokenType === Identifier && hasMembership(tokens, start + 1)) {
    return hint("every", "every x in xs { ... }");
  }
  if (word?.tokenType === Identifier && Object.hasOwn(INFIX_EXAMPLES, word.image)) {
    return hint(word.image, INFIX_EXAMPLES[word.image] as string);
  }
  return word?.tokenType === Comma && hasMembership(tokens, at + 1) ? hint("in", "x in xs") : "";
}

/** A hint for a statement that came to nothing but a word that would be a keyword of rule heads, if imported. */
export function missingHeadKeywordHint(word: string | undefined): string {
  if (word === undefined || !Object.hasOwn(HEAD_EXAMPLES, word)) return "";
  return ` (hint: \`import future.keywords.${word}\` for \`${HEAD_EXAMPLES[word]}\` rules)`;
}

function hint(keyword: string, example: string): string {
  return ` (hint: \`import future.keywords.${keyword}\` for \`${example}\` expressions)`;
}

function membershipAt(tokens: readonly IToken[], at: number): boolean {
  const token = tokens[at];
  return token?.tokenType === Identifier && token.image === "in";
}

/** `x in` or `k, v in` ahead, with terms of one word. */
function hasMembership(tokens: readonly IToken[], start: number): boolean {
  return (
    membershipAt(tokens, start + 1) ||
    (tokens[start + 1]?.tokenType === Comma && membershipAt(tokens, start + 3))
  );
}
