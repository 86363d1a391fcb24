import { numberFromText } from "./number.ts";
import { setOwn } from "./plain-object.ts";
import type { Value } from "./value.ts";

/** Why and where a JSON text is wrong. `offset` counts UTF-16 units of the text; `row` and `col` count from 1, `col` in code points. */
export interface JsonError {
  /** Go's text: `invalid character ']' looking for beginning of value`. */
  readonly message: string;
  readonly offset: number;
  readonly row: number;
  readonly col: number;
}

/** Thrown inside the reader alone; `parseJson` turns it into a {@link JsonError}. */
export class JsonSyntaxError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/**
 * Reads a JSON text without losing anything: numbers keep their digits, `__proto__` is a key, lone surrogates become
 * U+FFFD as in Go. Slower than `JSON.parse` by about three times; `parseJson` uses it only where it must.
 * Throws {@link JsonSyntaxError} with the texts of Go's `encoding/json` decoder.
 */
export function readJson(text: string, maxDepth: number): Value {
  const reader = new Reader(text, maxDepth);
  return reader.document();
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

class Reader {
  readonly #text: string;
  readonly #maxDepth: number;
  #at = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  document(): Value {
    this.#skipSpace();
    if (this.#at >= this.#text.length) throw new JsonSyntaxError("EOF", this.#at);
    const value = this.#value(1);
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#refuseRest();
    return value;
  }

  /** A second value after the first is named as a whole; anything else fails as the start of a value would. */
  #refuseRest(): never {
    const start = this.#at;
    const first = this.#text.charAt(start);
    let token = first;
    if (first !== "[" && first !== "{") token = String(this.#value(1));
    throw new JsonSyntaxError(`error: invalid character '${token}' after top-level value`, start);
  }

  #value(depth: number): Value {
    const code = this.#text.charCodeAt(this.#at);
    switch (code) {
      case 0x22: // "
        return this.#string();
      case 0x7b: // {
        return this.#object(depth);
      case 0x5b: // [
        return this.#array(depth);
      case 0x74:
        return this.#literal("true", true);
      case 0x66:
        return this.#literal("false", false);
      case 0x6e:
        return this.#literal("null", null);
      default:
        if (code === 0x2d || isDigit(code)) return this.#number();
        return this.#refuse("looking for beginning of value");
    }
  }

  #object(depth: number): Value {
    if (depth > this.#maxDepth) throw new JsonSyntaxError("exceeded max depth", this.#at);
    const object: Record<string, Value> = {};
    this.#at++;
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) === 0x7d) {
      this.#at++;
      return object;
    }
    for (;;) {
      if (this.#text.charCodeAt(this.#at) !== 0x22)
        this.#refuse("looking for beginning of object key string");
      const key = this.#string();
      this.#skipSpace();
      if (this.#text.charCodeAt(this.#at) !== 0x3a) this.#refuse("after object key");
      this.#at++;
      this.#skipSpace();
      setOwn(object, key, this.#value(depth + 1));
      this.#skipSpace();
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x7d) {
        this.#at++;
        return object;
      }
      if (code !== 0x2c) this.#refuse("after object key:value pair");
      this.#at++;
      this.#skipSpace();
    }
  }

  #array(depth: number): Value {
    if (depth > this.#maxDepth) throw new JsonSyntaxError("exceeded max depth", this.#at);
    const array: Value[] = [];
    this.#at++;
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) === 0x5d) {
      this.#at++;
      return array;
    }
    for (;;) {
      array.push(this.#value(depth + 1));
      this.#skipSpace();
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x5d) {
        this.#at++;
        return array;
      }
      if (code !== 0x2c) this.#refuse("after array element");
      this.#at++;
      this.#skipSpace();
    }
  }

  #string(): string {
    const text = this.#text;
    let start = ++this.#at;
    let result = "";
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (code === 0x22) break;
      if (code === 0x5c) {
        result += text.slice(start, this.#at) + this.#escape();
        start = this.#at;
      } else if (code >= 0x20) this.#at++;
      else this.#refuse("in string literal");
    }
    result += text.slice(start, this.#at);
    this.#at++;
    return result.isWellFormed() ? result : result.toWellFormed();
  }

  #escape(): string {
    this.#at++;
    const letter = this.#text.charAt(this.#at);
    if (letter === "u") {
      this.#at++;
      let code = 0;
      for (let i = 0; i < 4; i++, this.#at++) {
        const digit = hexDigit(this.#text.charCodeAt(this.#at));
        if (digit < 0) this.#refuse("in \\u hexadecimal character escape");
        code = code * 16 + digit;
      }
      return String.fromCharCode(code);
    }
    const character = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (character === undefined) return this.#refuse("in string escape code");
    this.#at++;
    return character;
  }

  #number(): Value {
    const text = this.#text;
    const start = this.#at;
    if (text.charCodeAt(this.#at) === 0x2d) this.#at++;
    if (text.charCodeAt(this.#at) === 0x30) this.#at++;
    else this.#digits("in numeric literal");
    if (text.charCodeAt(this.#at) === 0x2e) {
      this.#at++;
      this.#digits("after decimal point in numeric literal");
    }
    if ((text.charCodeAt(this.#at) | 0x20) === 0x65) {
      this.#at++;
      const sign = text.charCodeAt(this.#at);
      if (sign === 0x2b || sign === 0x2d) this.#at++;
      this.#digits("in exponent of numeric literal");
    }
    return numberFromText(text.slice(start, this.#at));
  }

  #digits(place: string): void {
    if (!isDigit(this.#text.charCodeAt(this.#at))) this.#refuse(place);
    while (isDigit(this.#text.charCodeAt(this.#at))) this.#at++;
  }

  #literal<T>(word: string, value: T): T {
    for (let i = 0; i < word.length; i++, this.#at++) {
      if (this.#text.charCodeAt(this.#at) !== word.charCodeAt(i)) {
        this.#refuse(`in literal ${word} (expecting '${word.charAt(i)}')`);
      }
    }
    return value;
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #refuse(place: string): never {
    if (this.#at >= this.#text.length) throw new JsonSyntaxError("unexpected EOF", this.#at);
    throw new JsonSyntaxError(`invalid character ${quoteCharacter(this.#text, this.#at)} ${place}`, this.#at);
  }
}

/** Go reports the first byte of a character, not the character. */
function quoteCharacter(text: string, at: number): string {
  const code = text.codePointAt(at) as number;
  if (code === 0x27) return "'\\''";
  if (code >= 0x20 && code < 0x7f) return code === 0x5c ? "'\\\\'" : `'${String.fromCharCode(code)}'`;
  if (code >= 0x80) {
    const first =
      code < 0x800 ? 0xc0 | (code >> 6) : code < 0x10000 ? 0xe0 | (code >> 12) : 0xf0 | (code >> 18);
    return `'${String.fromCharCode(first)}'`;
  }
  const short = { 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r" }[code];
  return `'${short ?? `\\x${code.toString(16).padStart(2, "0")}`}'`;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function hexDigit(code: number): number {
  if (isDigit(code)) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
