/** Tokens of a mutator's `location`. Whitespace between them does not count. */
export type TokenKind =
  "IDENT" | "INT" | "SEPARATOR" | "LBRACKET" | "RBRACKET" | "COLON" | "GLOB" | "EOF" | "ERROR";

export interface Token {
  readonly kind: TokenKind;
  /** The text with quotes and escapes resolved. */
  readonly literal: string;
}

const PUNCTUATION: Readonly<Record<string, TokenKind>> = {
  ".": "SEPARATOR",
  "[": "LBRACKET",
  "]": "RBRACKET",
  ":": "COLON",
  "*": "GLOB",
};

/** Splits a location into tokens. An unknown character or an unterminated string gives an ERROR token and ends the list. */
export function scan(location: string): readonly Token[] {
  const characters = Array.from(location);
  const tokens: Token[] = [];
  let at = 0;
  while (at < characters.length) {
    const c = characters[at] as string;
    if (/[ \t\r\n]/.test(c)) {
      at++;
      continue;
    }
    if (c === '"' || c === "'") {
      const quoted = scanQuoted(characters, at);
      tokens.push(quoted.token);
      if (quoted.token.kind === "ERROR") return tokens;
      at = quoted.end;
      continue;
    }
    const kind = Object.hasOwn(PUNCTUATION, c) ? PUNCTUATION[c] : undefined;
    if (kind) {
      tokens.push({ kind, literal: c });
      at++;
      continue;
    }
    const pattern = /\d/.test(c) ? /\d/ : /[A-Za-z0-9_-]/;
    let end = at;
    while (end < characters.length && pattern.test(characters[end] as string)) end++;
    if (end === at) {
      tokens.push({ kind: "ERROR", literal: c });
      return tokens;
    }
    tokens.push({ kind: /\d/.test(c) ? "INT" : "IDENT", literal: characters.slice(at, end).join("") });
    at = end;
  }
  tokens.push({ kind: "EOF", literal: "" });
  return tokens;
}

/** A string in either kind of quotes; a backslash takes the next character as it is. */
function scanQuoted(characters: readonly string[], start: number): { token: Token; end: number } {
  const quote = characters[start];
  let literal = "";
  for (let at = start + 1; at < characters.length; at++) {
    const c = characters[at] as string;
    if (c === quote) return { token: { kind: "IDENT", literal }, end: at + 1 };
    if (c === "\\" && at + 1 < characters.length) literal += characters[++at] as string;
    else literal += c;
  }
  return { token: { kind: "ERROR", literal }, end: characters.length };
}
