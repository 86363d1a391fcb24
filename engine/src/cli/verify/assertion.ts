import { compileRegex, quoteText, RegexSyntaxError } from "@portcullis/interpreter";
import type { Value } from "@portcullis/interpreter";
import type { Assertion } from "./suite.ts";

/** Holds the messages of a case against an assertion. Answers what is wrong, in gator's words, or undefined. */
export function assertionFault(assertion: Assertion, messages: readonly string[]): string | undefined {
  const matching = messagesMatching(assertion.message, messages);
  if (typeof matching === "string") return matching;
  const wanted = expectation(assertion.violations);
  const got = `got messages [${messages.join(" ")}]`;
  if (!wanted) {
    const rule = 'assertion.violation, if set, must be a nonnegative integer, "yes", or "no"';
    return `invalid yaml: ${rule}: ${got}`;
  }
  if (wanted.holds(matching.length)) return undefined;
  const containing = assertion.message === "" ? "" : ` containing ${quoteText(assertion.message)}`;
  const count = `got ${matching.length} violations${containing} but want ${wanted.text}`;
  return `unexpected number of violations: ${count}: ${got}`;
}

function messagesMatching(pattern: string, messages: readonly string[]): readonly string[] | string {
  if (pattern === "") return messages;
  try {
    const regex = compileRegex(pattern);
    return messages.filter((message) => regex.test(message));
  } catch (error) {
    if (error instanceof RegexSyntaxError)
      return `message contains invalid regular expression: ${error.message}`;
    throw error;
  }
}

interface Expectation {
  readonly text: string;
  holds(count: number): boolean;
}

/** YAML readers disagree on `yes` and `no`: both the words and the booleans are taken. */
function expectation(violations: Value): Expectation | undefined {
  if (violations === "yes" || violations === true) return { text: "at least 1", holds: (count) => count > 0 };
  if (violations === "no" || violations === false) return { text: "none", holds: (count) => count === 0 };
  if (typeof violations !== "number" || violations < 0) return undefined;
  return { text: `exactly ${violations}`, holds: (count) => count === violations };
}
