import { regexFor } from "../../regex/cache.ts";
import { type Regex, RegexSyntaxError } from "../../regex/regex.ts";
import { type BuiltinContext, BuiltinError } from "../builtin.ts";

/** The compiled pattern; Go's text as a {@link BuiltinError} where it is no regular expression. */
export function regexOrError(pattern: string, context: BuiltinContext): Regex {
  // Compiling is linear in the pattern once repetitions are written out, which the engine bounds by itself.
  if (pattern.length > 200) context.charge(pattern.length >> 3);
  try {
    return regexFor(pattern);
  } catch (error) {
    if (error instanceof RegexSyntaxError) throw new BuiltinError(error.message);
    throw error;
  }
}

/** Tests with the cost charged: a test reads the text once, a step for some 100 characters. */
export function testRegex(regex: Regex, text: string, context: BuiltinContext): boolean {
  if (text.length > 1000) context.charge(text.length >> 6);
  return regex.test(text);
}

/** Finding places costs up to the size of the program for each character. */
export function chargeSearch(regex: Regex, text: string, context: BuiltinContext): void {
  context.charge(1 + ((text.length * (1 + (regex.size >> 4))) >> 5));
}
