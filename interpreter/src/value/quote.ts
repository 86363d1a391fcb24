const PLAIN_ASCII = /^[ !#-[\]-~]*$/;

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

/** The string in double quotes with Go's escapes (`strconv.Quote`): printable Unicode stays, `\x7f`, `\u200b`, `\U000e0001` for the rest. */
export function quoteText(text: string): string {
  if (PLAIN_ASCII.test(text)) return `"${text}"`;
  return `"${text.replace(needsEscape(), escapeCharacter)}"`;
}

/** The string in double quotes as Rego source: like `quoteText`, with the escapes that Rego's lexer reads. */
export function quoteRego(text: string): string {
  return withRegoEscapes(quoteText(text));
}

/** Text whose backslashes all stand in Go's quoted strings, with `\a`, `\v`, `\x…` and `\U…` spelt `\u…`, as JSON and Rego do. */
export function withRegoEscapes(printed: string): string {
  if (!printed.includes("\\")) return printed;
  return printed.replace(/\\(?:x([0-9a-f]{2})|U([0-9a-f]{8})|([\s\S]))/gu, (escape, byte, rune, letter) => {
    if (letter === "a") return "\\u0007";
    if (letter === "v") return "\\u000b";
    if (letter !== undefined) return escape;
    const code = Number.parseInt(byte ?? rune, 16);
    // A byte beyond ASCII is no text of its own.
    if (byte !== undefined && code > 0x7f) return "\\ufffd";
    return units(code)
      .map((unit) => `\\u${hex(unit, 4)}`)
      .join("");
  });
}

/** True for what Go's `strconv.IsPrint` calls printable: letters, marks, numbers, punctuation, symbols and the ASCII space. */
export function isPrintable(character: string): boolean {
  return character === '"' || character === "\\" || character.search(needsEscape()) === -1;
}

/**
 * Matches what a quoted string must not hold as it is: quotes, backslashes and whatever Go calls unprintable. Made on
 * first use: a short-lived process seldom needs it, and reading its Unicode classes takes a millisecond.
 */
function needsEscape(): RegExp {
  return /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|["\\]/gu;
}

function escapeCharacter(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) as number;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  // A byte of a Go string that is no UTF-8 (see `builtins/go/bytes.ts`).
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code - 0xdc00, 2)}`;
  if (code >= 0xd800 && code <= 0xdfff) return "\\ufffd";
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

/** The UTF-16 units of a code point. */
function units(code: number): readonly number[] {
  const text = String.fromCodePoint(code);
  return text.length === 1 ? [code] : [text.charCodeAt(0), text.charCodeAt(1)];
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
