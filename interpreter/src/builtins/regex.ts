import { regexFor } from "../regex/cache.ts";
import { matchedText, replaceAll, splitBy } from "../regex/operations.ts";
import { RegexSyntaxError } from "../regex/regex.ts";
import { BOOLEAN, NUMBER, STRING, arrayOf, named } from "../value/type.ts";
import { type BuiltinImplementation, BuiltinError, defineBuiltins } from "./builtin.ts";
import { bytesOf } from "./go/bytes.ts";
import { integerOperand, stringOperand } from "./operands.ts";
import { chargeSearch, regexOrError, testRegex } from "./regex/evaluate.ts";
import { globsIntersect } from "./regex/globs-match.ts";
import { templatePattern } from "./regex/template.ts";

const match: BuiltinImplementation = ([pattern, value], context) => {
  const source = stringOperand(pattern, 1);
  const text = stringOperand(value, 2);
  return testRegex(regexOrError(source, context), text, context);
};

export const regexBuiltins = defineBuiltins([
  {
    name: "regex.is_valid",
    decl: {
      args: [named("pattern", STRING, "regular expression")],
      result: named("result", BOOLEAN, "true if `pattern` is a valid regular expression"),
    },
    description:
      "Checks if a string is a valid regular expression: the detailed syntax for patterns is defined by https://github.com/google/re2/wiki/Syntax.",
    categories: ["regex"],
    run: ([pattern]) => typeof pattern === "string" && isRegex(pattern),
  },
  {
    name: "regex.match",
    decl: {
      args: [
        named("pattern", STRING, "regular expression"),
        named("value", STRING, "value to match against `pattern`"),
      ],
      result: named("result", BOOLEAN, "true if `value` matches `pattern`"),
    },
    description: "Matches a string against a regular expression.",
    categories: ["regex"],
    run: match,
  },
  {
    name: "re_match",
    decl: {
      args: [STRING, STRING],
      result: BOOLEAN,
    },
    description: "",
    categories: [],
    deprecated: true,
    run: match,
  },
  {
    name: "regex.split",
    decl: {
      args: [named("pattern", STRING, "regular expression"), named("value", STRING, "string to match")],
      result: named("output", arrayOf(STRING), "the parts obtained by splitting `value`"),
    },
    description: "Splits the input string by the occurrences of the given pattern.",
    categories: ["regex"],
    run: ([pattern, value], context) => {
      const source = stringOperand(pattern, 1);
      const text = stringOperand(value, 2);
      const regex = regexOrError(source, context);
      chargeSearch(regex, text, context);
      const pieces = splitBy(regex, source, text);
      context.collect(pieces.length);
      return pieces;
    },
  },
  {
    name: "regex.find_n",
    decl: {
      args: [
        named("pattern", STRING, "regular expression"),
        named("value", STRING, "string to match"),
        named("number", NUMBER, "number of matches to return, if `-1`, returns all matches"),
      ],
      result: named("output", arrayOf(STRING), "collected matches"),
    },
    description: "Returns the specified number of matches when matching the input against the pattern.",
    categories: ["regex"],
    run: ([pattern, value, number], context) => {
      const source = stringOperand(pattern, 1);
      const text = stringOperand(value, 2);
      const limit = integerOperand(number, 3);
      const regex = regexOrError(source, context);
      chargeSearch(regex, text, context);
      const found = regex.findAll(text, limit);
      context.collect(found.length);
      return found.map((match) => matchedText(text, match, 0));
    },
  },
  {
    name: "regex.find_all_string_submatch_n",
    decl: {
      args: [
        named("pattern", STRING, "regular expression"),
        named("value", STRING, "string to match"),
        named("number", NUMBER, "number of matches to return; `-1` means all matches"),
      ],
      result: named("output", arrayOf(arrayOf(STRING)), "array of all matches"),
    },
    description: "Returns all successive matches of the expression.",
    categories: ["regex"],
    run: ([pattern, value, number], context) => {
      const source = stringOperand(pattern, 1);
      const text = stringOperand(value, 2);
      const limit = integerOperand(number, 3);
      const regex = regexOrError(source, context);
      chargeSearch(regex, text, context);
      const groups = Array.from({ length: regex.groupCount + 1 }, (_, group) => group);
      return regex.findAll(text, limit).map((found) => {
        context.collect(groups.length + 1);
        return groups.map((group) => matchedText(text, found, group));
      });
    },
  },
  {
    name: "regex.replace",
    decl: {
      args: [
        named("s", STRING, "string being processed"),
        named("pattern", STRING, "regex pattern to be applied"),
        named("value", STRING, "regex value"),
      ],
      result: named("output", STRING, "string with replaced substrings"),
    },
    description: "Find and replaces the text using the regular expression pattern.",
    categories: ["regex"],
    run: ([value, pattern, template], context) => {
      const text = stringOperand(value, 1);
      const source = stringOperand(pattern, 2);
      const replacement = stringOperand(template, 3);
      const regex = regexOrError(source, context);
      chargeSearch(regex, text, context);
      return replaceAll(regex, text, replacement, (length) => context.checkText(length));
    },
  },
  {
    name: "regex.template_match",
    decl: {
      args: [
        named("template", STRING, "template expression containing `0..n` regular expressions"),
        named("value", STRING, "string to match"),
        named("delimiter_start", STRING, "start delimiter of the regular expression in `template`"),
        named("delimiter_end", STRING, "end delimiter of the regular expression in `template`"),
      ],
      result: named("result", BOOLEAN, "true if `value` matches the `template`"),
    },
    description: "Matches a string against a pattern, where the pattern may be glob-like",
    categories: ["regex"],
    run: ([template, value, open, close], context) => {
      const source = stringOperand(template, 1);
      const text = stringOperand(value, 2);
      const start = stringOperand(open, 3);
      const end = stringOperand(close, 4);
      checkDelimiters(start, end);
      const pattern = templatePattern(source, start, end, (part) => regexOrError(part, context));
      return testRegex(regexOrError(pattern, context), text, context);
    },
  },
  {
    name: "regex.globs_match",
    decl: {
      args: [
        named("glob1", STRING, "first glob-style regular expression"),
        named("glob2", STRING, "second glob-style regular expression"),
      ],
      result: named(
        "result",
        BOOLEAN,
        "true if the intersection of `glob1` and `glob2` matches a non-empty set of non-empty strings",
      ),
    },
    description:
      "Checks if the intersection of two glob-style regular expressions matches a non-empty set of non-empty strings.\nThe set of regex symbols is limited for this builtin: only `.`, `*`, `+`, `[`, `-`, `]` and `\\` are treated as special symbols.",
    categories: ["regex"],
    run: ([left, right], context) => globsIntersect(stringOperand(left, 1), stringOperand(right, 2), context),
  },
]);

function isRegex(pattern: string): boolean {
  try {
    regexFor(pattern);
    return true;
  } catch (error) {
    if (error instanceof RegexSyntaxError) return false;
    throw error;
  }
}

/** Delimiters are single bytes for Go, hence single ASCII characters. */
function checkDelimiters(open: string, close: string): void {
  const length = bytesOf(open).length;
  if (length !== 1)
    throw new BuiltinError(`start delimiter has to be exactly one character long but is ${length} long`);
  if (bytesOf(close).length !== 1) {
    throw new BuiltinError(`end delimiter has to be exactly one character long but is ${length} long`);
  }
}
