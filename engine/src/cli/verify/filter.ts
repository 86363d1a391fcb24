import { compileRegex, RegexSyntaxError } from "@portcullis/interpreter";

/** Which tests and cases `--run` asks for. */
export interface Filter {
  test(name: string, cases: readonly { readonly name: string }[]): boolean;
  case(test: string, name: string): boolean;
}

/** The filter cannot be read; the message is gator's. */
export class FilterError extends Error {
  override readonly name = "FilterError";
}

/**
 * Reads `--run`: `a//b` takes the cases that match `b` in the tests that match `a`; a single expression takes what
 * matches it by test or case name. Throws {@link FilterError}.
 */
export function parseFilter(text: string): Filter {
  if (text === "") return { test: () => true, case: () => true };
  const parts = text.split("//");
  if (parts.length > 2) throw invalid('a filter may include at most one "//"');
  if (parts.length === 1) {
    const either = regex(text);
    return {
      test: (name, cases) => either.test(name) || cases.some((one) => either.test(one.name)),
      case: (test, name) => either.test(test) || either.test(name),
    };
  }
  const [tests, cases] = [regex(parts[0] as string), regex(parts[1] as string)];
  return { test: (name) => tests.test(name), case: (test, name) => tests.test(test) && cases.test(name) };
}

function regex(text: string): ReturnType<typeof compileRegex> {
  try {
    return compileRegex(text);
  } catch (error) {
    if (error instanceof RegexSyntaxError) throw invalid(error.message);
    throw error;
  }
}

function invalid(why: string): FilterError {
  return new FilterError(`invalid test filter: ${why}`);
}
