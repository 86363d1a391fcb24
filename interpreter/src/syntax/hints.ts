/** The expression each keyword makes possible, for hints about a missing import. */
const INFIX_EXAMPLES: Readonly<Record<string, string>> = { in: "x in xs", and: "x and y", or: "x or y" };
const HEAD_EXAMPLES: Readonly<Record<string, string>> = { if: "p if { ... }", contains: "p contains x" };

export const SOME_HINT = importHint("in", "some x in xs");
export const EVERY_HINT = importHint("every", "every x in xs { ... }");

/** What to import for an infix operator that is no keyword; undefined for other words. */
export function infixHint(word: string): string | undefined {
  return Object.hasOwn(INFIX_EXAMPLES, word) ? importHint(word, INFIX_EXAMPLES[word] as string) : undefined;
}

/** A hint for a statement that came to nothing but a word that would be a keyword of rule heads, if imported. */
export function missingHeadKeywordHint(word: string | undefined): string {
  if (word === undefined || !Object.hasOwn(HEAD_EXAMPLES, word)) return "";
  return ` (hint: \`import future.keywords.${word}\` for \`${HEAD_EXAMPLES[word]}\` rules)`;
}

function importHint(keyword: string, example: string): string {
  return `\`import future.keywords.${keyword}\` for \`${example}\` expressions`;
}
