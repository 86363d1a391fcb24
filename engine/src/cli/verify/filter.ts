import { compileRegex } from "@portcullis/interpreter";

/** Which tests and cases `--run` asks for. */
export interface Filter {
  test(name: string): boolean;
  case(test: string, name: string): boolean;
}

/** The filter cannot be read; the message is gator's. */
export class FilterError extends Error {
  override readonly name = "FilterError";
}

/**
 * Reads `--run`: `a//b` takes the cases that match `b` in the tests that match `a`; a single expression takes what
 * matches it by test or case name. Throws {@link FilterError} and RegexSyntaxError.
 */
export function parseFilter(text: string): Filter {
  if (text === "") return { test: () => true, case: () => true };
  const parts = text.split("//");
  if (parts.length > 2) {
    throw new FilterError('invalid test filter: a filter may include at most one "//"');
  }
  if (parts.length === 1) {
    const either = compileRegex(text);
    return { test: () => true, case: (test, name) => either.test(test) || either.test(name) };
  }
  const [tests, cases] = parts.map(compileRegex) as [
    ReturnType<typeof compileRegex>,
    ReturnType<typeof compileRegex>,
  ];
  return { test: (name) => tests.test(name), case: (test, name) => tests.test(test) && cases.test(name) };
}
