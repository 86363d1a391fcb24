/** Matches what a quoted string must not hold as it is: quotes, backslashes and whatever Go calls unprintable. */
const NEEDS_ESCAPE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|["\\]/u;
const PLAIN_ASCII = /^[ !#-[\]-~]*$/;
const NEEDS_ESCAPE_ALL = new RegExp(NEEDS_ESCAPE, "gu");

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
  return NEEDS_ESCAPE.test(text) ? `"${text.replace(NEEDS_ESCAPE_ALL, escapeCharacter)}"` : `"${text}"`;
}

/** True for what Go's `strconv.IsPrint` calls printable: letters, marks, numbers, punctuation, symbols and the ASCII space. */
export function isPrintable(character: string): boolean {
  return character === '"' || character === "\\" || !NEEDS_ESCAPE.test(character);
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

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
