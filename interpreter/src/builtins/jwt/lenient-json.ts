import { quoteText } from "../../value/quote.ts";

/** A value as the lenient reader sees it: only strings have a content that anybody asks for. */
export type LenientValue =
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "object"; readonly members: ReadonlyMap<string, LenientValue> }
  | { readonly kind: "array" | "number" | "true" | "false" | "null" };

export type LenientResult = { readonly value: LenientValue } | { readonly error: string };

const MAX_DEPTH = 300;

/**
 * Reads JSON as leniently, and with the same texts for its faults, as the reader that OPA looks at the header of a token
 * to be signed with: `e` is a number, of repeated keys the first counts. Nothing else should use it.
 */
export function readLenientJson(text: string): LenientResult {
  const reader = new LenientReader(text);
  let value: LenientValue;
  try {
    value = reader.whole();
  } catch (error) {
    if (!(error instanceof LenientError)) throw error;
    return {
      error: `cannot parse JSON: ${error.message}; unparsed tail: ${quoteText(shortened(reader.tail))}`,
    };
  }
  return reader.tail === "" ? { value } : { error: `unexpected tail: ${quoteText(shortened(reader.tail))}` };
}

/** Thrown inside this file alone. */
class LenientError extends Error {}

class LenientReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get tail(): string {
    return this.#text.slice(this.#at);
  }

  whole(): LenientValue {
    this.#skipSpace();
    const value = this.#value(0);
    this.#skipSpace();
    return value;
  }

  #value(depth: number): LenientValue {
    const char = this.#text[this.#at];
    if (char === undefined) throw new LenientError("cannot parse empty string");
    if (depth >= MAX_DEPTH)
      throw new LenientError(`too big depth for the nested JSON; it exceeds ${MAX_DEPTH}`);
    switch (char) {
      case "{":
        return within("object", () => this.#object(depth + 1));
      case "[":
        return within("array", () => this.#array(depth + 1));
      case '"':
        return within("string", () => ({ kind: "string", text: unescaped(this.#string()) }));
      case "t":
        return this.#word("true");
      case "f":
        return this.#word("false");
      case "n":
        return /^nan/i.test(this.tail) ? this.#number() : this.#word("null");
      default:
        return within("number", () => this.#number());
    }
  }

  #object(depth: number): LenientValue {
    const members = new Map<string, LenientValue>();
    this.#at++;
    this.#skipSpace();
    if (this.#isEnd()) throw new LenientError("missing '}'");
    if (this.#skip("}")) return { kind: "object", members };
    for (;;) {
      this.#skipSpace();
      if (this.#text[this.#at] !== '"') throw new LenientError('cannot find opening \'"" for object key');
      const key = unescaped(within("object key", () => this.#string()));
      this.#skipSpace();
      if (!this.#skip(":")) throw new LenientError("missing ':' after object key");
      this.#skipSpace();
      const value = within("object value", () => this.#value(depth));
      if (!members.has(key)) members.set(key, value);
      this.#skipSpace();
      if (this.#isEnd()) throw new LenientError("unexpected end of object");
      if (this.#skip("}")) return { kind: "object", members };
      if (!this.#skip(",")) throw new LenientError("missing ',' after object value");
    }
  }

  #array(depth: number): LenientValue {
    this.#at++;
    this.#skipSpace();
    if (this.#isEnd()) throw new LenientError("missing ']'");
    if (this.#skip("]")) return { kind: "array" };
    for (;;) {
      this.#skipSpace();
      within("array value", () => this.#value(depth));
      this.#skipSpace();
      if (this.#isEnd()) throw new LenientError("unexpected end of array");
      if (this.#skip("]")) return { kind: "array" };
      if (!this.#skip(",")) throw new LenientError("missing ',' after array value");
    }
  }

  /** The raw text between quotes. */
  #string(): string {
    const start = this.#at + 1;
    for (let end = this.#text.indexOf('"', start); end >= 0; end = this.#text.indexOf('"', end + 1)) {
      let backslashes = 0;
      while (end - 1 - backslashes >= start && this.#text[end - 1 - backslashes] === "\\") backslashes++;
      if (backslashes % 2 === 1) continue;
      this.#at = end + 1;
      return this.#text.slice(start, end);
    }
    this.#at = this.#text.length;
    throw new LenientError("missing closing '\"'");
  }

  #number(): LenientValue {
    const digits = (/^[0-9.\-eE+]*/.exec(this.tail) as RegExpExecArray)[0];
    const isSign = digits === "-" || digits === "+";
    const rest = this.tail.slice(digits.length);
    if ((digits === "" || isSign) && rest !== "") {
      if (!/^(inf|nan)/i.test(rest))
        throw new LenientError(`unexpected char: ${quoteText(this.tail.slice(0, 1))}`);
      this.#at += digits.length + 3;
    } else this.#at += digits.length;
    return { kind: "number" };
  }

  #word(word: "true" | "false" | "null"): LenientValue {
    if (!this.tail.startsWith(word))
      throw new LenientError(`unexpected value found: ${quoteText(this.tail)}`);
    this.#at += word.length;
    return { kind: word };
  }

  #skip(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    while (" \n\t\r".includes(this.#text[this.#at] ?? "x")) this.#at++;
  }

  #isEnd(): boolean {
    return this.#at >= this.#text.length;
  }
}

function within<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof LenientError ? new LenientError(`cannot parse ${what}: ${error.message}`) : error;
  }
}

/** The content of a string; one with a broken escape stays as it is spelt. */
function unescaped(raw: string): string {
  if (!raw.includes("\\")) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw;
  }
}

function shortened(tail: string): string {
  return tail.length <= 80 ? tail : `${tail.slice(0, 40)}...${tail.slice(-40)}`;
}
