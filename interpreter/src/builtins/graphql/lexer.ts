import { quoteText } from "../../value/quote.ts";
import { bytesOf } from "../go/bytes.ts";
import type { Position } from "./ast.ts";

/** Kinds are spelt as messages show them. */
export type TokenKind =
  | "<Invalid>"
  | "<EOF>"
  | "!"
  | "$"
  | "&"
  | "("
  | ")"
  | "..."
  | ":"
  | "="
  | "@"
  | "["
  | "]"
  | "{"
  | "}"
  | "|"
  | "Name"
  | "Int"
  | "Float"
  | "String"
  | "BlockString"
  | "Comment";

export interface Token {
  readonly kind: TokenKind;
  readonly value: string;
  readonly position: Position;
  /** What is wrong with an invalid token. */
  readonly problem?: string;
}

/** `Name "foo"`, `{` */
export function tokenText(token: Token): string {
  return token.value === "" ? token.kind : `${token.kind} ${quoteText(token.value)}`;
}

const PUNCTUATION = "!$&():=@[]{}|";

/** Turns a GraphQL text into tokens, one at a time. Lines and columns count from 1, columns in code points. */
export class Lexer {
  readonly #points: readonly string[];
  #start = 0;
  #end = 0;
  #line = 1;
  #lineStart = 0;

  constructor(text: string) {
    this.#points = Array.from(text);
  }

  /** The next token; at the end of the text, and then on and on, `<EOF>`. */
  next(): Token {
    this.#skipBlanks();
    this.#start = this.#end;
    const char = this.#points[this.#end];
    if (char === undefined) return this.#token("<EOF>", "");
    this.#end++;
    if (PUNCTUATION.includes(char)) return this.#token(char as TokenKind, "");
    if (char === "." && this.#points[this.#end] === "." && this.#points[this.#end + 1] === ".") {
      this.#end += 2;
      return this.#token("...", "");
    }
    if (char === "#") return this.#comment();
    if (/^[A-Za-z_]$/.test(char)) return this.#run("Name", /^[A-Za-z0-9_]$/);
    if (/^[-0-9]$/.test(char)) return this.#number();
    if (char === '"') {
      const block = this.#points[this.#end] === '"' && this.#points[this.#end + 1] === '"';
      return block ? this.#blockString() : this.#string();
    }
    this.#end--;
    if (char < " ") return this.#invalid(`Cannot contain the invalid character "\\u${hex4(char)}"`);
    if (char === "'") {
      return this.#invalid("Unexpected single quote character ('), did you mean to use a double quote (\")?");
    }
    const byte = String.fromCodePoint(bytesOf(char)[0] as number);
    return this.#invalid(`Cannot parse the unexpected character "${byte}".`);
  }

  #skipBlanks(): void {
    for (; ; this.#end++) {
      switch (this.#points[this.#end]) {
        case "\t":
        case " ":
        case ",":
        case "\ufeff":
          break;
        case "\n":
          this.#newLine(this.#end + 1);
          break;
        case "\r":
          // The column counts from the line feed that may follow.
          this.#newLine(this.#end + 1);
          if (this.#points[this.#end + 1] === "\n") this.#end++;
          break;
        default:
          return;
      }
    }
  }

  #newLine(start: number): void {
    this.#line++;
    this.#lineStart = start;
  }

  #comment(): Token {
    while (this.#end < this.#points.length) {
      const char = this.#points[this.#end] as string;
      if (char <= "\x1f" && char !== "\t") break;
      this.#end++;
    }
    return this.#token("Comment", this.#slice());
  }

  #run(kind: TokenKind, member: RegExp): Token {
    while (member.test(this.#points[this.#end] ?? "")) this.#end++;
    return this.#token(kind, this.#slice());
  }

  #number(): Token {
    this.#end--;
    this.#accept("-");
    if (this.#accept("0")) {
      const before = this.#end;
      if (this.#digits() > 0) {
        this.#end = before;
        return this.#invalid(`Invalid number, unexpected digit after 0: ${this.#describeNext()}.`);
      }
    } else if (this.#digits() === 0) return this.#digitExpected();
    let kind: TokenKind = "Int";
    if (this.#accept(".")) {
      kind = "Float";
      if (this.#digits() === 0) return this.#digitExpected();
    }
    if (this.#accept("eE")) {
      kind = "Float";
      this.#accept("-+");
      if (this.#digits() === 0) return this.#digitExpected();
    }
    return this.#token(kind, this.#slice());
  }

  #digitExpected(): Token {
    return this.#invalid(`Invalid number, expected digit but got: ${this.#describeNext()}.`);
  }

  #accept(any: string): boolean {
    const char = this.#points[this.#end];
    if (char === undefined || !any.includes(char)) return false;
    this.#end++;
    return true;
  }

  #digits(): number {
    const before = this.#end;
    while (/^[0-9]$/.test(this.#points[this.#end] ?? "")) this.#end++;
    return this.#end - before;
  }

  #describeNext(): string {
    const char = this.#points[this.#end];
    return char === undefined ? "<EOF>" : `"${char}"`;
  }

  #string(): Token {
    // The place of a string is that of its first character, behind the quote.
    this.#start++;
    const text: string[] = [];
    while (this.#end < this.#points.length) {
      const char = this.#points[this.#end] as string;
      if (char === "\n" || char === "\r") break;
      if (char < " " && char !== "\t")
        return this.#invalid(`Invalid character within String: "\\u${hex4(char)}".`);
      if (char === '"') {
        const token = this.#token("String", text.join(""));
        this.#end++;
        return token;
      }
      if (char !== "\\") {
        text.push(char);
        this.#end++;
        continue;
      }
      const escape = this.#points[this.#end + 1];
      if (escape === undefined) {
        this.#end++;
        return this.#invalid("Invalid character escape sequence.");
      }
      if (escape === "u") {
        const digits = this.#points.slice(this.#end + 2, this.#end + 6).join("");
        const complete = this.#end + 6 < this.#points.length;
        if (!complete || !/^[0-9a-fA-F]{4}$/.test(digits)) {
          this.#end++;
          const shown = this.#points.slice(this.#end, complete ? this.#end + 5 : undefined).join("");
          return this.#invalid(`Invalid character escape sequence: \\${shown}.`);
        }
        text.push(scalarValue(Number.parseInt(digits, 16)));
        this.#end += 6;
      } else {
        const meaning = ESCAPES.get(escape);
        if (meaning === undefined) {
          this.#end++;
          return this.#invalid(`Invalid character escape sequence: \\${escape}.`);
        }
        text.push(meaning);
        this.#end += 2;
      }
    }
    return this.#invalid("Unterminated string.");
  }

  #blockString(): Token {
    this.#start += 3;
    this.#end += 2;
    const text: string[] = [];
    while (this.#end < this.#points.length) {
      const char = this.#points[this.#end] as string;
      if (char === '"') {
        let quotes = 1;
        while (this.#points[this.#end + quotes] === '"') quotes++;
        if (quotes >= 3) {
          text.push('"'.repeat(quotes - 3));
          const token = this.#token("BlockString", blockText(text.join("")));
          this.#end += quotes;
          return token;
        }
      }
      if (char < " " && !"\t\n\r".includes(char)) {
        return this.#invalid(`Invalid character within String: "\\u${hex4(char)}".`);
      }
      if (char === "\\" && this.#points.slice(this.#end + 1, this.#end + 4).join("") === '"""') {
        text.push('"""');
        this.#end += 4;
      } else if (char === "\r") {
        this.#end += this.#points[this.#end + 1] === "\n" ? 2 : 1;
        text.push("\n");
        this.#newLine(this.#end);
      } else {
        this.#end++;
        text.push(char);
        if (char === "\n") this.#newLine(this.#end);
      }
    }
    return this.#invalid("Unterminated string.");
  }

  #slice(): string {
    return this.#points.slice(this.#start, this.#end).join("");
  }

  #token(kind: TokenKind, value: string): Token {
    return { kind, value, position: { line: this.#line, column: this.#start - this.#lineStart + 1 } };
  }

  #invalid(problem: string): Token {
    const position = { line: this.#line, column: this.#end - this.#lineStart + 1 };
    return { kind: "<Invalid>", value: "", position, problem };
  }
}

const ESCAPES = new Map([
  ['"', '"'],
  ["/", "/"],
  ["\\", "\\"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** Surrogates stand for no character of their own. */
function scalarValue(code: number): string {
  return code >= 0xd800 && code <= 0xdfff ? "\ufffd" : String.fromCharCode(code);
}

function hex4(char: string): string {
  return (char.codePointAt(0) as number).toString(16).padStart(4, "0");
}

/** Takes the common indentation and the blank lines at both ends away. */
function blockText(raw: string): string {
  const lines = raw.split("\n");
  const indents = lines.map((line) => line.search(/[^ \t]/)).filter((indent) => indent >= 0);
  if (indents.length === 0) return "";
  const common = indents.reduce((least, indent) => Math.min(least, indent));
  const text = lines.map((line, i) => (i === 0 ? line : line.slice(common)));
  const isBlank = (line: string): boolean => /^[ \t]*$/.test(line);
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start] as string)) start++;
  while (start < end && isBlank(text[end - 1] as string)) end--;
  return text.slice(start, end).join("\n");
}
