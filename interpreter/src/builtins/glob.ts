import { type Regex, RegexSyntaxError, compileRegex } from "../regex/regex.ts";
import { BOOLEAN, NULL, STRING, arrayOf, named, union } from "../value/type.ts";
import type { Value } from "../value/value.ts";
import { kindOf } from "../value/kind.ts";
import { BuiltinError, OperandError, defineBuiltins } from "./builtin.ts";
import { globPattern } from "./glob/compile.ts";
import { stringOperand, wrongType } from "./operands.ts";

export const globBuiltins = defineBuiltins([
  {
    name: "glob.match",
    decl: {
      args: [
        named("pattern", STRING, "glob pattern"),
        named(
          "delimiters",
          union(NULL, arrayOf(STRING)),
          'glob pattern delimiters, e.g. `[".", ":"]`, defaults to `["."]` if unset. If `delimiters` is `null`, glob match without delimiter.',
        ),
        named("match", STRING, "string to match against `pattern`"),
      ],
      result: named(
        "result",
        BOOLEAN,
        "true if `match` can be found in `pattern` which is separated by `delimiters`",
      ),
    },
    description:
      "Parses and matches strings against the glob notation. Not to be confused with `regex.globs_match`.",
    categories: ["glob"],
    run: ([pattern, delimiters, value], context) => {
      const glob = stringOperand(pattern, 1);
      const separators = delimitersOperand(delimiters);
      const text = stringOperand(value, 3);
      context.charge(1 + ((glob.length + text.length) >> 6));
      return globFor(glob, separators).test(text);
    },
  },
  {
    name: "glob.quote_meta",
    decl: {
      args: [named("pattern", STRING, "glob pattern")],
      result: named("output", STRING, "the escaped string of `pattern`"),
    },
    description:
      "Returns a string which represents a version of the pattern where all asterisks have been escaped.",
    categories: ["glob"],
    run: ([pattern]) => stringOperand(pattern, 1).replace(/[*?\\[\]{}]/g, "\\$&"),
  },
]);

/** `null` means no delimiters, `[]` the dot. */
function delimitersOperand(operand: Value | undefined): readonly string[] {
  if (operand === null) return [];
  if (!Array.isArray(operand)) throw wrongType(2, ["array", "null"], operand);
  const delimiters = operand as readonly Value[];
  for (const delimiter of delimiters) {
    if (typeof delimiter === "string" && Array.from(delimiter).length === 1) continue;
    const wanted = typeof delimiter === "string" ? "runes" : "strings";
    throw new OperandError(
      `operand 2 must be array of ${wanted} but got array containing ${kindOf(delimiter)}`,
    );
  }
  return delimiters.length === 0 ? ["."] : (delimiters as readonly string[]);
}

const MAX_ENTRIES = 256;

/** Compiled globs; a pure function of pattern and delimiters, so that sharing them can change no result. */
const compiled = new Map<string, Regex>();

function globFor(glob: string, delimiters: readonly string[]): Regex {
  const key = `${delimiters.join("")}\n${glob}`;
  const known = compiled.get(key);
  if (known) return known;
  const regex = compileGlob(globPattern(glob, delimiters));
  if (compiled.size >= MAX_ENTRIES) compiled.delete(compiled.keys().next().value as string);
  compiled.set(key, regex);
  return regex;
}

function compileGlob(pattern: string): Regex {
  try {
    return compileRegex(pattern);
  } catch (error) {
    // The translation is always well formed; it can only be too large or too deeply nested.
    if (error instanceof RegexSyntaxError) throw new BuiltinError("glob: pattern too large");
    throw error;
  }
}
