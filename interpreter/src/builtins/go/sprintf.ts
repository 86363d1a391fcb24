import { bytesOf } from "./bytes.ts";
import { canBackquote, formatFloat, quoteAscii, quoteRune } from "./strconv.ts";
import { quoteText } from "../../value/quote.ts";
import { textLength, textSlice } from "../../value/text.ts";

/**
 * An argument as Go sees it: string and bool as they are, nil as null, `int64` as a bigint or safe integer, the others
 * boxed.
 */
export type GoArgument =
  null | string | boolean | number | bigint | GoFloat | GoBigInt | GoNamed | GoComposite;

/** A `float64`. */
export class GoFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A `*big.Int`. */
export class GoBigInt {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** A value of another type than the plain one it prints like, such as `json.Number`. */
export class GoNamed {
  readonly type: string;
  readonly value: GoArgument;
  constructor(type: string, value: GoArgument) {
    this.type = type;
    this.value = value;
  }
}

/** A slice or map: `open`, then entries apart by spaces, the parts of each apart by colons, each printed by the verb. */
export class GoComposite {
  readonly type: string;
  readonly open: string;
  readonly entries: readonly (readonly GoArgument[])[];
  constructor(type: string, open: string, entries: readonly (readonly GoArgument[])[]) {
    this.type = type;
    this.open = open;
    this.entries = entries;
  }
}

/** No width or precision may be larger: Go's own limit. */
const MAX_WIDTH = 1_000_000;

/** Texts up to this length are not worth reporting. */
const LONG = 4096;

/**
 * Go's `fmt.Sprintf`, byte for byte: verbs, flags, width and precision (also `*` and `[n]`), and its way of reporting
 * mistakes inside the text (`%!d(string=x)`, `%!v(MISSING)`, `%!(EXTRA int64=1)`). `onLength` hears how long the text is
 * after each directive, and may throw.
 */
export function sprintf(
  format: string,
  args: readonly GoArgument[],
  onLength?: (length: number) => void,
): string {
  return new Printer(args, onLength).print(format);
}

class Printer {
  readonly #args: readonly GoArgument[];
  readonly #onLength: ((length: number) => void) | undefined;
  #out = "";
  #next = 0;
  #reordered = false;
  #goodIndex = true;
  #afterIndex = false;

  #plus = false;
  #minus = false;
  #sharp = false;
  #space = false;
  #zero = false;
  /** `%+v` and `%#v`: the flags mean something else there. */
  #plusV = false;
  #sharpV = false;
  #width = -1;
  #precision = -1;
  /** Of the named value that is being printed. */
  #typeName: string | undefined;

  constructor(args: readonly GoArgument[], onLength: ((length: number) => void) | undefined) {
    this.#args = args;
    this.#onLength = onLength;
  }

  print(format: string): string {
    let at = 0;
    for (;;) {
      const percent = format.indexOf("%", at);
      if (percent < 0) break;
      if (percent > at) this.#out += format.slice(at, percent);
      at = this.#directive(format, percent + 1);
      if (this.#onLength !== undefined && this.#out.length > LONG) this.#onLength(this.#out.length);
    }
    this.#out += format.slice(at);
    if (!this.#reordered && this.#next < this.#args.length) this.#extra();
    return this.#out;
  }

  /** Handles what follows a percent sign and returns the place behind it. */
  #directive(format: string, start: number): number {
    this.#clear();
    let at = this.#flags(format, start);
    this.#afterIndex = false;
    at = this.#index(format, at);

    if (format.charAt(at) === "*") {
      at++;
      const width = this.#starArgument();
      if (width === undefined) this.#out += "%!(BADWIDTH)";
      else {
        this.#width = Math.abs(width);
        // A negative width means left-aligned.
        if (width < 0) {
          this.#minus = true;
          this.#zero = false;
        }
      }
      this.#afterIndex = false;
    } else {
      const number = readNumber(format, at);
      at = number.end;
      if (number.value !== undefined) {
        this.#width = number.value;
        // "%[3]2d" is a mistake.
        if (this.#afterIndex) this.#goodIndex = false;
      }
    }

    // A full stop that ends the format is a verb, and a bad one.
    if (format.charAt(at) === "." && at + 1 < format.length) {
      at++;
      // "%[3].2d" is a mistake.
      if (this.#afterIndex) this.#goodIndex = false;
      at = this.#index(format, at);
      if (format.charAt(at) === "*") {
        at++;
        const precision = this.#starArgument();
        if (precision === undefined || precision < 0) this.#out += "%!(BADPREC)";
        else this.#precision = precision;
        this.#afterIndex = false;
      } else {
        const number = readNumber(format, at);
        this.#precision = number.value ?? 0;
        at = number.end;
      }
    }

    if (!this.#afterIndex) at = this.#index(format, at);
    if (at >= format.length) {
      this.#out += "%!(NOVERB)";
      return at;
    }
    const verb = String.fromCodePoint(format.codePointAt(at) as number);
    this.#verb(verb);
    return at + verb.length;
  }

  #clear(): void {
    this.#goodIndex = true;
    this.#plus = false;
    this.#minus = false;
    this.#sharp = false;
    this.#space = false;
    this.#zero = false;
    this.#plusV = false;
    this.#sharpV = false;
    this.#width = -1;
    this.#precision = -1;
  }

  #flags(format: string, start: number): number {
    for (let at = start; ; at++) {
      switch (format.charCodeAt(at)) {
        case 0x23:
          this.#sharp = true;
          break;
        case 0x30:
          this.#zero = true;
          break;
        case 0x2b:
          this.#plus = true;
          break;
        case 0x2d:
          this.#minus = true;
          break;
        case 0x20:
          this.#space = true;
          break;
        default:
          return at;
      }
    }
  }

  /** Reads an explicit argument index, `[n]`. */
  #index(format: string, at: number): number {
    if (format.charAt(at) !== "[") return at;
    this.#reordered = true;
    const close = format.indexOf("]", at + 1);
    if (close < 0) {
      this.#goodIndex = false;
      return at + 1;
    }
    const number = readNumber(format, at + 1);
    if (number.value === undefined || number.end !== close) {
      this.#goodIndex = false;
      return close + 1;
    }
    const index = number.value - 1;
    if (index < 0 || index >= this.#args.length) {
      this.#goodIndex = false;
      return close + 1;
    }
    this.#next = index;
    this.#afterIndex = true;
    return close + 1;
  }

  #starArgument(): number | undefined {
    const arg = this.#args[this.#next];
    if (this.#next < this.#args.length) this.#next++;
    const value = typeof arg === "bigint" ? Number(arg) : arg;
    return typeof value === "number" && Math.abs(value) <= MAX_WIDTH ? value : undefined;
  }

  #verb(verb: string): void {
    if (verb === "%") {
      this.#out += "%";
      return;
    }
    if (!this.#goodIndex) {
      this.#out += `%!${verb}(BADINDEX)`;
      return;
    }
    const arg = this.#args[this.#next];
    if (arg === undefined) {
      this.#out += `%!${verb}(MISSING)`;
      return;
    }
    this.#next++;
    if (verb === "v" || verb === "w") {
      this.#sharpV = this.#sharp;
      this.#plusV = this.#plus;
      this.#sharp = false;
      this.#plus = false;
    }
    this.#argument(arg, verb);
  }

  #extra(): void {
    this.#clear();
    const listed = this.#args
      .slice(this.#next)
      .map((arg) => (arg === null ? "<nil>" : `${typeName(arg)}=${plainText(arg)}`));
    this.#out += `%!(EXTRA ${listed.join(", ")})`;
  }

  #argument(arg: GoArgument, verb: string): void {
    if (verb === "T") {
      this.#text(typeName(arg), "s");
      return;
    }
    if (verb === "p") {
      this.#badVerb(arg, verb);
      return;
    }
    if (typeof arg === "string") this.#text(arg, verb);
    else if (typeof arg === "number" || typeof arg === "bigint") this.#integer(arg, verb);
    else if (typeof arg === "boolean") {
      if (verb === "t" || verb === "v") this.#pad(String(arg));
      else this.#badVerb(arg, verb);
    } else if (arg === null) {
      if (verb === "v") this.#pad("<nil>");
      else this.#out += `%!${verb}(<nil>)`;
    } else if (arg instanceof GoNamed) {
      this.#typeName = arg.type;
      this.#argument(arg.value, verb);
      this.#typeName = undefined;
    } else if (arg instanceof GoComposite) {
      this.#out += arg.open;
      arg.entries.forEach((entry, i) => {
        if (i > 0) this.#out += " ";
        entry.forEach((part, j) => {
          if (j > 0) this.#out += ":";
          this.#argument(part, verb);
        });
      });
      this.#out += "]";
    } else if (arg instanceof GoFloat) this.#float(arg, verb);
    else this.#bigInt(arg, verb);
  }

  #badVerb(arg: GoArgument, verb: string): void {
    this.#out += `%!${verb}(${this.#typeName ?? typeName(arg)}=`;
    // The value is printed as by %v, under the flags that were given.
    this.#argument(arg, "v");
    this.#out += ")";
  }

  #text(text: string, verb: string): void {
    switch (verb) {
      case "v":
        if (this.#sharpV) this.#quoted(text);
        else this.#pad(this.#truncate(text));
        break;
      case "s":
        if (this.#width < 0 && this.#precision < 0) this.#out += text;
        else this.#pad(this.#truncate(text));
        break;
      case "q":
        this.#quoted(text);
        break;
      case "x":
      case "X":
        this.#hexBytes(text, verb);
        break;
      default:
        this.#badVerb(text, verb);
    }
  }

  #truncate(text: string): string {
    return this.#precision < 0 || text.length <= this.#precision ? text : textSlice(text, 0, this.#precision);
  }

  #quoted(text: string): void {
    const cut = this.#truncate(text);
    if (this.#sharp && canBackquote(cut)) this.#pad(`\`${cut}\``);
    else this.#pad(this.#plus ? quoteAscii(cut) : quoteText(cut));
  }

  #hexBytes(text: string, verb: string): void {
    const bytes = bytesOf(text);
    const length = this.#precision >= 0 ? Math.min(this.#precision, bytes.length) : bytes.length;
    if (length === 0) {
      this.#pad("");
      return;
    }
    const prefix = this.#sharp ? `0${verb}` : "";
    const separator = this.#space ? ` ${prefix}` : "";
    const pairs = Array.from(bytes.subarray(0, length), (byte) => byte.toString(16).padStart(2, "0"));
    const hex = pairs.join("\0");
    const shown = (verb === "X" ? hex.toUpperCase() : hex).replaceAll("\0", separator);
    this.#pad(prefix + shown);
  }

  #integer(arg: number | bigint, verb: string): void {
    switch (verb) {
      case "v":
      case "d":
        // The usual case needs none of the rules below.
        if (this.#width < 0 && this.#precision < 0 && !this.#plus && !this.#space) this.#out += String(arg);
        else this.#integerBase(arg, 10, verb);
        break;
      case "b":
        this.#integerBase(arg, 2, verb);
        break;
      case "o":
      case "O":
        this.#integerBase(arg, 8, verb);
        break;
      case "x":
      case "X":
        this.#integerBase(arg, 16, verb);
        break;
      case "c":
        this.#pad(character(arg));
        break;
      case "q":
        this.#pad(quoteRune(character(arg), this.#plus));
        break;
      case "U":
        this.#unicode(arg);
        break;
      default:
        this.#badVerb(arg, verb);
    }
  }

  #integerBase(arg: number | bigint, base: number, verb: string): void {
    const negative = arg < 0;
    const lower = (typeof arg === "bigint" ? (negative ? -arg : arg) : Math.abs(arg)).toString(base);
    let digits = verb === "X" ? lower.toUpperCase() : lower;
    if (this.#precision >= 0) {
      if (this.#precision === 0 && digits === "0") {
        this.#zero = false;
        this.#pad("");
        return;
      }
      digits = digits.padStart(this.#precision, "0");
    } else if (this.#zero && !this.#minus && this.#width >= 0) {
      digits = digits.padStart(this.#width - (negative || this.#plus || this.#space ? 1 : 0), "0");
    }
    if (this.#sharp) {
      if (base === 2) digits = `0b${digits}`;
      else if (base === 8 && !digits.startsWith("0")) digits = `0${digits}`;
      else if (base === 16) digits = `0${verb}${digits}`;
    }
    if (verb === "O") digits = `0o${digits}`;
    const sign = negative ? "-" : this.#plus ? "+" : this.#space ? " " : "";
    this.#zero = false;
    this.#pad(sign + digits);
  }

  #unicode(arg: number | bigint): void {
    const code = BigInt.asUintN(64, BigInt(arg));
    const digits = code.toString(16).toUpperCase().padStart(Math.max(this.#precision, 4), "0");
    const isShown = this.#sharp && code <= 0x10ffffn;
    const shown = isShown ? String.fromCodePoint(Number(code)) : "";
    const text =
      isShown && quoteText(shown).length === shown.length + 2 ? `U+${digits} '${shown}'` : `U+${digits}`;
    this.#zero = false;
    this.#pad(text);
  }

  #float(arg: GoFloat, verb: string): void {
    switch (verb) {
      case "v":
        this.#floatForm(arg.value, "g", -1);
        break;
      case "b":
      case "g":
      case "G":
      case "x":
      case "X":
        this.#floatForm(arg.value, verb, -1);
        break;
      case "e":
      case "E":
      case "f":
        this.#floatForm(arg.value, verb, 6);
        break;
      case "F":
        this.#floatForm(arg.value, "f", 6);
        break;
      default:
        this.#badVerb(arg, verb);
    }
  }

  #floatForm(value: number, verb: string, defaultPrecision: number): void {
    const precision = this.#precision >= 0 ? this.#precision : defaultPrecision;
    const text = formatFloat(value, verb, precision);
    let sign = text.startsWith("-") ? "-" : "+";
    let digits = text.replace(/^[-+]/, "");
    if (this.#space && sign === "+" && !this.#plus) sign = " ";
    if (this.#sharp && verb !== "b") digits = withDecimalPoint(digits, verb, precision);
    const wantsSign = this.#plus || sign !== "+";
    if (!wantsSign) {
      this.#pad(digits);
      return;
    }
    if (this.#zero && !this.#minus && this.#width > digits.length + 1) {
      this.#out += sign + digits.padStart(this.#width - 1, "0");
      return;
    }
    this.#pad(sign + digits);
  }

  /** `big.Int` formats itself, by rules of its own. */
  #bigInt(arg: GoBigInt, verb: string): void {
    const base = { b: 2, o: 8, O: 8, d: 10, s: 10, v: 10, x: 16, X: 16 }[verb];
    if (base === undefined) {
      this.#out += `%!${verb}(big.Int=${arg.value})`;
      return;
    }
    const negative = arg.value < 0n;
    const sign = negative ? "-" : this.#plus || this.#plusV ? "+" : this.#space ? " " : "";
    const sharp = this.#sharp || this.#sharpV;
    const prefixes: Readonly<Record<string, string>> = { b: "0b", o: "0", x: "0x", X: "0X" };
    const prefix = verb === "O" ? "0o" : sharp ? (prefixes[verb] ?? "") : "";
    const lower = (negative ? -arg.value : arg.value).toString(base);
    const digits = (verb === "X" ? lower.toUpperCase() : lower).padStart(this.#precision, "0");
    const missing = Math.max(this.#width - sign.length - prefix.length - digits.length, 0);
    if (this.#minus) this.#out += sign + prefix + digits + " ".repeat(missing);
    else if (this.#zero && this.#precision < 0) this.#out += sign + prefix + "0".repeat(missing) + digits;
    else this.#out += " ".repeat(missing) + sign + prefix + digits;
  }

  #pad(text: string): void {
    if (this.#width <= 0) {
      this.#out += text;
      return;
    }
    const missing = this.#width - textLength(text);
    if (missing <= 0) this.#out += text;
    else if (this.#minus) this.#out += text + " ".repeat(missing);
    else this.#out += (this.#zero ? "0" : " ").repeat(missing) + text;
  }
}

/** The `#` flag keeps the decimal point, and for `%g` the trailing zeros. */
function withDecimalPoint(text: string, verb: string, precision: number): string {
  const isHexadecimal = verb === "x" || verb === "X";
  const tailAt = text.search(isHexadecimal ? /p/i : /e/i);
  const tail = tailAt < 0 ? "" : text.slice(tailAt);
  let digits = tailAt < 0 ? text : text.slice(0, tailAt);
  let missing = 0;
  if (verb === "g" || verb === "G" || verb === "x") missing = precision < 0 ? 6 : precision;
  let sawNonzero = false;
  for (const character of digits) {
    if (character === ".") continue;
    if (character !== "0") sawNonzero = true;
    if (sawNonzero) missing--;
  }
  if (!digits.includes(".")) {
    if (digits === "0") missing--;
    digits += ".";
  }
  return digits + "0".repeat(Math.max(missing, 0)) + tail;
}

function readNumber(format: string, start: number): { value: number | undefined; end: number } {
  let end = start;
  let value = 0;
  for (let code = format.charCodeAt(end); code >= 0x30 && code <= 0x39; code = format.charCodeAt(++end)) {
    // Go looks at the digits so far, so that one more than the limit has may pass; beyond, the format counts as ended.
    if (value > MAX_WIDTH) return { value: undefined, end: format.length };
    value = value * 10 + (code - 0x30);
  }
  return { value: end > start ? value : undefined, end };
}

function character(arg: number | bigint): string {
  const code = Number(arg);
  const isCharacter = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : "\ufffd";
}

function typeName(arg: GoArgument): string {
  switch (typeof arg) {
    case "string":
      return "string";
    case "boolean":
      return "bool";
    case "number":
    case "bigint":
      return "int64";
    default:
      if (arg === null) return "<nil>";
      if (arg instanceof GoNamed || arg instanceof GoComposite) return arg.type;
      return arg instanceof GoFloat ? "float64" : "*big.Int";
  }
}

/** As `%v` prints it. */
function plainText(arg: GoArgument): string {
  if (arg instanceof GoFloat) return formatFloat(arg.value, "g", -1);
  if (arg instanceof GoNamed) return plainText(arg.value);
  if (arg instanceof GoComposite) {
    return `${arg.open}${arg.entries.map((entry) => entry.map(plainText).join(":")).join(" ")}]`;
  }
  if (arg === null) return "<nil>";
  return arg instanceof GoBigInt ? String(arg.value) : String(arg);
}
