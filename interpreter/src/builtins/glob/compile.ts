import { BuiltinError } from "../builtin.ts";
import { bytesOf } from "../go/bytes.ts";

/**
 * Translates a glob into a regular expression that matches the same strings as a whole, so that matching is linear:
 * `*` is any run without a delimiter, `**` any run, `?` one character that is no delimiter, `[abc]` `[a-c]` `[!a]`
 * classes, `{a,b}` alternatives, `\` takes the meaning from the next character. Throws {@link BuiltinError} with
 * the text of OPA's glob library for bad syntax.
 */
export function globPattern(glob: string, delimiters: readonly string[]): string {
  return new Translator(glob, delimiters).pattern();
}

class Translator {
  readonly #points: readonly string[];
  readonly #single: string;
  #at = 0;

  constructor(glob: string, delimiters: readonly string[]) {
    this.#points = Array.from(glob);
    this.#single = delimiters.length === 0 ? "." : `[^${delimiters.map(escaped).join("")}]`;
  }

  pattern(): string {
    let pattern = "";
    let level = 0;
    for (; this.#at < this.#points.length;) {
      const char = this.#points[this.#at] as string;
      const inTerms = level > 0;
      this.#at++;
      if (char === "{") {
        level++;
        pattern += "(?:";
      } else if (char === "," && inTerms) pattern += "|";
      else if (char === "}" && inTerms) {
        level--;
        pattern += ")";
      } else if (char === "[") pattern += this.#class();
      else if (char === "?") pattern += this.#single;
      else if (char === "*") {
        if (this.#points[this.#at] === "*") {
          this.#at++;
          pattern += ".*";
        } else pattern += `${this.#single}*`;
      } else {
        this.#at--;
        pattern += this.#text(inTerms ? IN_TERMS : OUTSIDE)
          .map(escaped)
          .join("");
      }
    }
    if (level > 0) throw this.#error("unclosed `{`");
    return `^(?s:${pattern})$`;
  }

  /** What follows a `[`, the closing bracket included. */
  #class(): string {
    let not = "";
    if (this.#points[this.#at] === "!") {
      not = "^";
      this.#at++;
    }
    const low = this.#points[this.#at];
    if (low === undefined) throw this.#error("unexpected end of input");
    if (this.#points[this.#at + 1] === "-") {
      const high = this.#points[this.#at + 2];
      this.#at = Math.min(this.#at + 3, this.#points.length);
      if (high === undefined) throw this.#error("unexpected end of input");
      this.#closeClass();
      if (codeOf(high) < codeOf(low)) throw this.#error("range hi character is less than lo");
      return `[${not}${escaped(low)}-${escaped(high)}]`;
    }
    const members = this.#text("]");
    this.#closeClass();
    if (members.length === 0) throw this.#error("could not parse range");
    return `[${not}${members.map(escaped).join("")}]`;
  }

  #closeClass(): void {
    const close = this.#points[this.#at];
    if (close === undefined) throw this.#error("unexpected end of input");
    this.#at++;
    if (close !== "]") throw this.#error("expected close range character");
  }

  /** Literal characters up to one of `breakers`, escapes resolved. */
  #text(breakers: string): readonly string[] {
    const text: string[] = [];
    for (; this.#at < this.#points.length; this.#at++) {
      const char = this.#points[this.#at] as string;
      if (char === "\\") {
        this.#at++;
        const taken = this.#points[this.#at];
        if (taken === undefined)
          throw this.#error(breakers === "]" ? "unexpected end of input" : "trailing backslash");
        text.push(taken);
      } else if (breakers.includes(char)) break;
      else text.push(char);
    }
    return text;
  }

  #error(reason: string): BuiltinError {
    const offset = bytesOf(this.#points.slice(0, this.#at).join("")).length;
    return new BuiltinError(`glob: syntax error at ${offset}: ${reason}`);
  }
}

const OUTSIDE = "?*[{";
const IN_TERMS = "?*[{},";

function codeOf(point: string): number {
  return point.codePointAt(0) as number;
}

function escaped(point: string): string {
  return /^[A-Za-z0-9]$/.test(point) ? point : `\\x{${codeOf(point).toString(16)}}`;
}
