import { quoteText } from "../../../value/quote.ts";
import { BuiltinError } from "../../builtin.ts";

export interface Token {
  readonly kind:
    | "text"
    | "open"
    | "close"
    | "eof"
    | "space"
    | "identifier"
    | "field"
    | "variable"
    | "string"
    | "character"
    | "number"
    | "symbol";
  readonly text: string;
  readonly line: number;
  /** In bytes, from 1… as Go counts them; templates are ASCII around actions nearly always. */
  readonly column: number;
}

const NUMBER =
  /^[+-]?(?:0[xX][0-9a-fA-F_]*|0[bB][01_]*|0[oO][0-7_]*|[0-9_]*)(?:\.[0-9a-fA-F_]*)?(?:[eEpP][+-]?[0-9_]*)?/;

/** Splits a template into its text and the tokens of its actions. Throws {@link BuiltinError} with Go's texts. */
export function lexTemplate(source: string): readonly Token[] {
  return new Lexer(source).run();
}

class Lexer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #line = 1;
  #lineStart = 0;
  #parens = 0;

  constructor(source: string) {
    this.#source = source;
  }

  run(): readonly Token[] {
    let trim = false;
    while (this.#at < this.#source.length) {
      const open = this.#source.indexOf("{{", this.#at);
      const end = open < 0 ? this.#source.length : open;
      const trimsLeft = open >= 0 && /^\{\{-[ \t\r\n]/.test(this.#source.slice(open, open + 4));
      this.#text(end, trim, trimsLeft);
      if (open < 0) break;
      trim = this.#action(trimsLeft);
    }
    this.#push("eof", "");
    return this.#tokens;
  }

  #text(end: number, trimStart: boolean, trimEnd: boolean): void {
    let text = this.#source.slice(this.#at, end);
    if (trimStart) text = text.replace(/^[ \t\r\n]+/, "");
    if (trimEnd) text = text.replace(/[ \t\r\n]+$/, "");
    if (text !== "") this.#push("text", text);
    this.#advance(end);
  }

  /** Reads from `{{` to `}}`; returns whether the text behind is to lose its leading spaces. */
  #action(trimsLeft: boolean): boolean {
    this.#push("open", "{{");
    this.#advance(this.#at + (trimsLeft ? 3 : 2));
    const comment = /^[ \t\r\n]*\/\*/.exec(this.#source.slice(this.#at, this.#at + 1000));
    if (comment && (trimsLeft || comment[0] === "/*")) return this.#comment();
    this.#parens = 0;
    for (;;) {
      const rest = this.#source.slice(this.#at, this.#at + 4);
      const trims = /^[ \t\r\n]-\}\}/.test(rest);
      if (trims || rest.startsWith("}}")) {
        if (this.#parens > 0) throw this.#error("unclosed left paren");
        this.#push("close", "}}");
        this.#advance(this.#at + (trims ? 4 : 2));
        return trims;
      }
      if (rest === "") throw this.#error("unclosed action");
      this.#inside();
    }
  }

  #comment(): boolean {
    this.#tokens.pop();
    const end = this.#source.indexOf("*/", this.#at);
    if (end < 0) throw this.#error("unclosed comment");
    this.#advance(end + 2);
    const close = /^(?:[ \t\r\n]-)?\}\}/.exec(this.#source.slice(this.#at, this.#at + 4));
    if (!close) throw this.#error("comment ends before closing delimiter");
    this.#advance(this.#at + close[0].length);
    return close[0].length > 2;
  }

  #inside(): void {
    const rest = this.#source.slice(this.#at);
    const char = rest[0] as string;
    if (/[ \t\r\n]/.test(char)) {
      // The last space may belong to a trim marker.
      const run = (/^[ \t\r\n]+/.exec(rest) as RegExpExecArray)[0];
      const spaces = rest.startsWith("-}}", run.length) && run.length > 1 ? run.slice(0, -1) : run;
      this.#take("space", spaces);
    } else if (char === '"') this.#quoted('"', "string", "unterminated quoted string");
    else if (char === "'") this.#quoted("'", "character", "unterminated character constant");
    else if (char === "`") {
      const end = rest.indexOf("`", 1);
      if (end < 0) throw this.#error("unterminated raw quoted string");
      this.#take("string", rest.slice(0, end + 1));
    } else if (rest.startsWith(":=")) this.#take("symbol", ":=");
    else if ("=|,()".includes(char)) this.#symbol(char);
    else if (char === "$" || (char === "." && !/[0-9]/.test(rest[1] ?? "")))
      this.#fieldOrVariable(rest, char);
    else if (/[+\-0-9.]/.test(char)) this.#number(rest);
    else if (/[\p{L}\p{Nd}_]/u.test(rest.slice(0, 2))) {
      const word = /^[\p{L}\p{Nd}_]+/u.exec(rest)?.[0];
      if (word === undefined) throw this.#error(`unrecognized character in action: ${describe(rest)}`);
      this.#checkEnd(rest, word);
      this.#take("identifier", word);
    } else if (char > " " && char < "\x7f") this.#take("symbol", char);
    else throw this.#error(`unrecognized character in action: ${describe(rest)}`);
  }

  #symbol(char: string): void {
    if (char === "(") this.#parens++;
    if (char === ")" && --this.#parens < 0) throw this.#error("unexpected right paren");
    this.#take("symbol", char);
  }

  #fieldOrVariable(rest: string, sigil: string): void {
    const word = (/^.[\p{L}\p{Nd}_]*/u.exec(rest) as RegExpExecArray)[0];
    this.#checkEnd(rest, word);
    this.#take(sigil === "$" ? "variable" : "field", word);
  }

  #number(rest: string): void {
    const number = (NUMBER.exec(rest) as RegExpExecArray)[0];
    const bad = /^[\p{L}\p{Nd}_]+/u.exec(rest.slice(number.length));
    if (bad || !/[0-9]/.test(number)) {
      const shown = number + (bad ? (Array.from(bad[0])[0] as string) : "");
      throw this.#error(`bad number syntax: ${quoteText(shown)}`);
    }
    this.#take("number", number);
  }

  #quoted(quote: string, kind: "string" | "character", problem: string): void {
    let end = this.#at + 1;
    for (; this.#source[end] !== quote; end++) {
      if (this.#source[end] === "\\") end++;
      if (end >= this.#source.length || this.#source[end] === "\n") throw this.#error(problem);
    }
    this.#take(kind, this.#source.slice(this.#at, end + 1));
  }

  /** Words end before a space, a bracket, a pipe or a dot. */
  #checkEnd(rest: string, word: string): void {
    const next = rest.slice(word.length, word.length + 2);
    if (next === "" || /^[ \t\r\n.,|:)(=]/.test(next) || next === "}}") return;
    throw this.#error(`bad character ${describe(next)}`);
  }

  #take(kind: Token["kind"], text: string): void {
    this.#push(kind, text);
    this.#advance(this.#at + text.length);
  }

  #push(kind: Token["kind"], text: string): void {
    this.#tokens.push({ kind, text, line: this.#line, column: this.#at - this.#lineStart });
  }

  #advance(to: number): void {
    for (
      let at = this.#source.indexOf("\n", this.#at);
      at >= 0 && at < to;
      at = this.#source.indexOf("\n", at + 1)
    ) {
      this.#line++;
      this.#lineStart = at + 1;
    }
    this.#at = to;
  }

  #error(problem: string): BuiltinError {
    return new BuiltinError(`template: template:${this.#line}: ${problem}`);
  }
}

/** `U+0023 '#'` */
function describe(text: string): string {
  const code = text.codePointAt(0) as number;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")} '${String.fromCodePoint(code)}'`;
}
