import { isSet } from "../value/kind.ts";
import { sortedKeys } from "../value/plain-object.ts";
import { RegoObject } from "../value/object.ts";
import { hasSurrogates, lowerText, textLength, textSlice, trimSpace, upperText } from "../value/text.ts";
import type { Value } from "../value/value.ts";
import { BuiltinError, OperandError, defineBuiltins } from "./builtin.ts";
import type { BuiltinContext } from "./builtin.ts";
import { replaceMany } from "./go/replacer.ts";
import { integerOperand, objectOperand, stringOperand, stringsOperand, wrongType } from "./operands.ts";
import { BOOLEAN, NUMBER, STRING, arrayOf, named, objectOf, setOf, union } from "../value/type.ts";
export const stringsBuiltins = defineBuiltins([
  {
    name: "concat",
    decl: {
      args: [
        named("delimiter", STRING, "string to use as a delimiter"),
        named("collection", union(arrayOf(STRING), setOf(STRING)), "strings to join"),
      ],
      result: named("output", STRING, "the joined string"),
    },
    description: "Joins a set or array of strings with a delimiter.",
    categories: ["strings"],
    run: concat,
  },
  {
    name: "contains",
    decl: {
      args: [
        named("haystack", STRING, "string to search in"),
        named("needle", STRING, "substring to look for"),
      ],
      result: named("result", BOOLEAN, "result of the containment check"),
    },
    description: "Returns `true` if the search string is included in the base string",
    categories: ["strings"],
    run: contains,
  },
  {
    name: "endswith",
    decl: {
      args: [named("search", STRING, "search string"), named("base", STRING, "base string")],
      result: named("result", BOOLEAN, "result of the suffix check"),
    },
    description: "Returns true if the search string ends with the base string.",
    categories: ["strings"],
    run: endswith,
  },
  {
    name: "indexof",
    decl: {
      args: [
        named("haystack", STRING, "string to search in"),
        named("needle", STRING, "substring to look for"),
      ],
      result: named("output", NUMBER, "index of first occurrence, `-1` if not found"),
    },
    description: "Returns the index of a substring contained inside a string.",
    categories: ["strings"],
    run: indexof,
  },
  {
    name: "indexof_n",
    decl: {
      args: [
        named("haystack", STRING, "string to search in"),
        named("needle", STRING, "substring to look for"),
      ],
      result: named(
        "output",
        arrayOf(NUMBER),
        "all indices at which `needle` occurs in `haystack`, may be empty",
      ),
    },
    description: "Returns a list of all the indexes of a substring contained inside a string.",
    categories: ["strings"],
    run: indexofN,
  },
  {
    name: "lower",
    decl: {
      args: [named("x", STRING, "string that is converted to lower-case")],
      result: named("y", STRING, "lower-case of x"),
    },
    description: "Returns the input string but with all characters in lower-case.",
    categories: ["strings"],
    run: lower,
  },
  {
    name: "replace",
    decl: {
      args: [
        named("x", STRING, "string being processed"),
        named("old", STRING, "substring to replace"),
        named("new", STRING, "string to replace `old` with"),
      ],
      result: named("y", STRING, "string with replaced substrings"),
    },
    description: "Replace replaces all instances of a sub-string.",
    categories: ["strings"],
    run: replace,
  },
  {
    name: "split",
    decl: {
      args: [
        named("x", STRING, "string that is split"),
        named("delimiter", STRING, "delimiter used for splitting"),
      ],
      result: named("ys", arrayOf(STRING), "split parts"),
    },
    description: "Split returns an array containing elements of the input string split on a delimiter.",
    categories: ["strings"],
    run: split,
  },
  {
    name: "startswith",
    decl: {
      args: [named("search", STRING, "search string"), named("base", STRING, "base string")],
      result: named("result", BOOLEAN, "result of the prefix check"),
    },
    description: "Returns true if the search string begins with the base string.",
    categories: ["strings"],
    run: startswith,
  },
  {
    name: "strings.any_prefix_match",
    decl: {
      args: [
        named("search", union(STRING, arrayOf(STRING), setOf(STRING)), "search string(s)"),
        named("base", union(STRING, arrayOf(STRING), setOf(STRING)), "base string(s)"),
      ],
      result: named("result", BOOLEAN, "result of the prefix check"),
    },
    description: "Returns true if any of the search strings begins with any of the base strings.",
    categories: ["strings"],
    run: anyPrefixMatch,
  },
  {
    name: "strings.any_suffix_match",
    decl: {
      args: [
        named("search", union(STRING, arrayOf(STRING), setOf(STRING)), "search string(s)"),
        named("base", union(STRING, arrayOf(STRING), setOf(STRING)), "base string(s)"),
      ],
      result: named("result", BOOLEAN, "result of the suffix check"),
    },
    description: "Returns true if any of the search strings ends with any of the base strings.",
    categories: ["strings"],
    run: anySuffixMatch,
  },
  {
    name: "strings.count",
    decl: {
      args: [
        named("search", STRING, "string to search in"),
        named("substring", STRING, "substring to look for"),
      ],
      result: named("output", NUMBER, "count of occurrences, `0` if not found"),
    },
    description: "Returns the number of non-overlapping instances of a substring in a string.",
    categories: ["strings"],
    run: countMatches,
  },
  {
    name: "strings.replace_n",
    decl: {
      args: [
        named("patterns", objectOf(STRING, STRING), "replacement pairs"),
        named("value", STRING, "string to replace substring matches in"),
      ],
      result: named("output", STRING, "string with replaced substrings"),
    },
    description:
      "Replaces a string from a list of old, new string pairs.\nReplacements are performed in the order they appear in the target string, without overlapping matches.\nThe old string comparisons are done in argument order.",
    categories: ["strings"],
    run: replaceN,
  },
  {
    name: "strings.reverse",
    decl: { args: [named("x", STRING, "string to reverse")], result: named("y", STRING, "reversed string") },
    description: "Reverses a given string.",
    categories: ["strings"],
    run: reverse,
  },
  {
    name: "strings.split_n",
    decl: {
      args: [
        named("x", STRING, "string that is split"),
        named("delimiter", STRING, "delimiter used for splitting"),
        named(
          "n",
          NUMBER,
          "number of parts to return; positive selects from the left, negative from the right, zero returns an empty array",
        ),
      ],
      result: named("ys", arrayOf(STRING), "split parts"),
    },
    description:
      "Returns an array of at most `n` parts of `x` split on `delimiter`. If `n` is positive, returns the first `n` parts. If `n` is negative, returns the last `abs(n)` parts. If `n` is zero, returns an empty array. If `abs(n)` exceeds the number of parts, all parts are returned.",
    categories: ["strings"],
    run: splitN,
  },
  {
    name: "substring",
    decl: {
      args: [
        named("value", STRING, "string to extract substring from"),
        named("offset", NUMBER, "offset, must be positive"),
        named("length", NUMBER, "length of the substring starting from `offset`"),
      ],
      result: named("output", STRING, "substring of `value` from `offset`, of length `length`"),
    },
    description:
      "Returns the  portion of a string for a given `offset` and a `length`.  If `length < 0`, `output` is the remainder of the string.",
    categories: ["strings"],
    run: substring,
  },
  {
    name: "trim",
    decl: {
      args: [
        named("value", STRING, "string to trim"),
        named("cutset", STRING, "string of characters that are cut off"),
      ],
      result: named("output", STRING, "string trimmed of `cutset` characters"),
    },
    description: "Returns `value` with all leading or trailing instances of the `cutset` characters removed.",
    categories: ["strings"],
    run: trim,
  },
  {
    name: "trim_left",
    decl: {
      args: [
        named("value", STRING, "string to trim"),
        named("cutset", STRING, "string of characters that are cut off on the left"),
      ],
      result: named("output", STRING, "string left-trimmed of `cutset` characters"),
    },
    description: "Returns `value` with all leading instances of the `cutset` characters removed.",
    categories: ["strings"],
    run: trimLeft,
  },
  {
    name: "trim_prefix",
    decl: {
      args: [named("value", STRING, "string to trim"), named("prefix", STRING, "prefix to cut off")],
      result: named("output", STRING, "string with `prefix` cut off"),
    },
    description:
      "Returns `value` without the prefix. If `value` doesn't start with `prefix`, it is returned unchanged.",
    categories: ["strings"],
    run: trimPrefix,
  },
  {
    name: "trim_right",
    decl: {
      args: [
        named("value", STRING, "string to trim"),
        named("cutset", STRING, "string of characters that are cut off on the right"),
      ],
      result: named("output", STRING, "string right-trimmed of `cutset` characters"),
    },
    description: "Returns `value` with all trailing instances of the `cutset` characters removed.",
    categories: ["strings"],
    run: trimRight,
  },
  {
    name: "trim_space",
    decl: {
      args: [named("value", STRING, "string to trim")],
      result: named("output", STRING, "string leading and trailing white space cut off"),
    },
    description: "Return the given string with all leading and trailing white space removed.",
    categories: ["strings"],
    run: trimSpaces,
  },
  {
    name: "trim_suffix",
    decl: {
      args: [named("value", STRING, "string to trim"), named("suffix", STRING, "suffix to cut off")],
      result: named("output", STRING, "string with `suffix` cut off"),
    },
    description:
      "Returns `value` without the suffix. If `value` doesn't end with `suffix`, it is returned unchanged.",
    categories: ["strings"],
    run: trimSuffix,
  },
  {
    name: "upper",
    decl: {
      args: [named("x", STRING, "string that is converted to upper-case")],
      result: named("y", STRING, "upper-case of x"),
    },
    description: "Returns the input string but with all characters in upper-case.",
    categories: ["strings"],
    run: upper,
  },
]);

function concat(args: readonly Value[], context: BuiltinContext): Value {
  const delimiter = stringOperand(args[0], 1);
  const parts = stringsOperand(args[1], 2);
  let length = delimiter.length * parts.length;
  for (let i = 0; i < parts.length; i++) length += (parts[i] as string).length;
  context.checkText(length);
  context.charge(parts.length >> 2);
  return parts.join(delimiter);
}

function contains(args: readonly Value[]): boolean {
  return stringOperand(args[0], 1).includes(stringOperand(args[1], 2));
}

function startswith(args: readonly Value[]): boolean {
  return stringOperand(args[0], 1).startsWith(stringOperand(args[1], 2));
}

function endswith(args: readonly Value[]): boolean {
  return stringOperand(args[0], 1).endsWith(stringOperand(args[1], 2));
}

/** The first place in code points, or -1. */
function indexof(args: readonly Value[]): Value {
  const haystack = stringOperand(args[0], 1);
  const at = haystack.indexOf(needleOperand(args[1]));
  return at <= 0 ? at : textLength(haystack.slice(0, at));
}

/** All places in code points; matches may overlap. */
function indexofN(args: readonly Value[], context: BuiltinContext): Value {
  const haystack = stringOperand(args[0], 1);
  const needle = needleOperand(args[1]);
  const wide = hasSurrogates(haystack);
  const places: number[] = [];
  let codePoints = 0;
  let last = 0;
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + 1)) {
    if (wide) {
      codePoints += textLength(haystack.slice(last, at));
      last = at;
    } else codePoints = at;
    context.collect(1);
    places.push(codePoints);
  }
  return places;
}

function needleOperand(value: Value | undefined): string {
  const needle = stringOperand(value, 2);
  if (needle === "") throw new BuiltinError("empty search character");
  return needle;
}

function lower(args: readonly Value[]): Value {
  return lowerText(stringOperand(args[0], 1));
}

function upper(args: readonly Value[]): Value {
  return upperText(stringOperand(args[0], 1));
}

/** An empty `old` stands between any two bytes, and at both ends. */
function replace(args: readonly Value[], context: BuiltinContext): Value {
  const text = stringOperand(args[0], 1);
  const old = stringOperand(args[1], 2);
  const replacement = stringOperand(args[2], 3);
  if (old !== "") {
    if (!text.includes(old)) return text;
    const found = occurrences(text, old);
    context.checkText(text.length + found * (replacement.length - old.length));
    context.charge(found);
    return text.split(old).join(replacement);
  }
  context.checkText(text.length * (replacement.length + 1));
  return replaceMany(text, [[old, replacement]], context);
}

/** An empty delimiter parts all characters. */
function split(args: readonly Value[], context: BuiltinContext): Value {
  const text = stringOperand(args[0], 1);
  return splitText(text, stringOperand(args[1], 2), context);
}

function splitText(text: string, delimiter: string, context: BuiltinContext): readonly string[] {
  context.collect(delimiter === "" ? text.length : 1 + occurrences(text, delimiter));
  return delimiter === "" ? Array.from(text) : text.split(delimiter);
}

/** How often a text that is not empty occurs in another one, without overlaps. */
function occurrences(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++;
  return count;
}

/** The first n parts, or the last -n. */
function splitN(args: readonly Value[], context: BuiltinContext): Value {
  const text = stringOperand(args[0], 1);
  const delimiter = stringOperand(args[1], 2);
  const count = integerOperand(args[2], 3);
  const parts = splitText(text, delimiter, context);
  return count >= 0 ? parts.slice(0, count) : parts.slice(Math.max(parts.length + count, 0));
}

function anyPrefixMatch(args: readonly Value[], context: BuiltinContext): boolean {
  return anyMatch(args, context, (text, prefix) => text.startsWith(prefix));
}

function anySuffixMatch(args: readonly Value[], context: BuiltinContext): boolean {
  return anyMatch(args, context, (text, suffix) => text.endsWith(suffix));
}

function anyMatch(
  args: readonly Value[],
  context: BuiltinContext,
  matches: (text: string, base: string) => boolean,
): boolean {
  const texts = oneOrMoreStrings(args[0], 1);
  const bases = oneOrMoreStrings(args[1], 2);
  for (const text of texts) {
    context.charge(bases.length);
    for (const base of bases) if (matches(text, base)) return true;
  }
  return false;
}

function oneOrMoreStrings(value: Value | undefined, position: number): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value) || isSet(value)) return stringsOperand(value, position);
  throw wrongType(position, ["string", "set", "array"], value);
}

/** Matches that do not overlap; the empty text is found between any two characters and at both ends. */
function countMatches(args: readonly Value[]): Value {
  const text = stringOperand(args[0], 1);
  const needle = stringOperand(args[1], 2);
  return needle === "" ? textLength(text) + 1 : occurrences(text, needle);
}

function replaceN(args: readonly Value[], context: BuiltinContext): Value {
  const patterns = objectOperand(args[0], 1);
  const text = stringOperand(args[1], 2);
  const pairs: [string, string][] = [];
  if (patterns instanceof RegoObject) {
    throw new OperandError("operand 1 non-string key found in pattern object");
  }
  for (const key of sortedKeys(patterns)) {
    const replacement = patterns[key];
    if (typeof replacement !== "string") {
      throw new OperandError("operand 1 non-string value found in pattern object");
    }
    pairs.push([key, replacement]);
  }
  return replaceMany(text, pairs, context);
}

const PIECE = 10_000;

function reverse(args: readonly Value[], context: BuiltinContext): Value {
  const text = stringOperand(args[0], 1);
  context.charge(text.length >> 4);
  // In pieces: a list of all characters would take far more memory than the text.
  const pieces: string[] = [];
  for (let end = text.length; end > 0;) {
    let start = Math.max(0, end - PIECE);
    if (start > 0 && (text.codePointAt(start - 1) ?? 0) > 0xffff) start--;
    pieces.push(Array.from(text.slice(start, end)).reverse().join(""));
    end = start;
  }
  return pieces.join("");
}

/** Counts in code points; a negative length means up to the end. */
function substring(args: readonly Value[]): Value {
  const text = stringOperand(args[0], 1);
  const offset = integerOperand(args[1], 2);
  const length = integerOperand(args[2], 3);
  if (offset < 0) throw new BuiltinError("negative offset");
  return textSlice(text, offset, length < 0 ? Number.MAX_SAFE_INTEGER : offset + length);
}

function trim(args: readonly Value[]): Value {
  const text = stringOperand(args[0], 1);
  const cutset = cutsetOperand(args[1]);
  return trimEnd(trimStart(text, cutset), cutset);
}

function trimLeft(args: readonly Value[]): Value {
  const text = stringOperand(args[0], 1);
  return trimStart(text, cutsetOperand(args[1]));
}

function trimRight(args: readonly Value[]): Value {
  const text = stringOperand(args[0], 1);
  return trimEnd(text, cutsetOperand(args[1]));
}

/** The characters to trim, as a set of code points. */
function cutsetOperand(value: Value | undefined): ReadonlySet<string> {
  return new Set(stringOperand(value, 2));
}

function trimStart(text: string, cutset: ReadonlySet<string>): string {
  let start = 0;
  while (start < text.length) {
    const character = String.fromCodePoint(text.codePointAt(start) as number);
    if (!cutset.has(character)) break;
    start += character.length;
  }
  return text.slice(start);
}

function trimEnd(text: string, cutset: ReadonlySet<string>): string {
  let end = text.length;
  while (end > 0) {
    const isLow = end > 1 && /[\udc00-\udfff]/.test(text.charAt(end - 1));
    const character = text.slice(isLow ? end - 2 : end - 1, end);
    if (!cutset.has(character)) break;
    end -= character.length;
  }
  return text.slice(0, end);
}

function trimPrefix(args: readonly Value[]): Value {
  const text = stringOperand(args[0], 1);
  const prefix = stringOperand(args[1], 2);
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

function trimSuffix(args: readonly Value[]): Value {
  const text = stringOperand(args[0], 1);
  const suffix = stringOperand(args[1], 2);
  return text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text;
}

/** Cuts whatever Unicode calls white space. */
function trimSpaces(args: readonly Value[]): Value {
  return trimSpace(stringOperand(args[0], 1));
}
