import type { RegoError } from "../errors.ts";
import type { Rule } from "./ast.ts";
import { isKeyword } from "./imports.ts";
import type { Location } from "../location.ts";

/** How a rule was written, as far as v1 asks for it. */
export interface WrittenRule {
  readonly rule: Rule;
  readonly keywords: ReadonlySet<"if" | "contains">;
  readonly generatedBody: boolean;
  readonly generatedValue: boolean;
}

/** What v1 forbids though the grammar allows it: one error for each, else branches included. */
export function checkV1Rule({ rule, keywords, generatedBody, generatedValue }: WrittenRule): RegoError[] {
  const errors: RegoError[] = [];
  const kind = rule.head.args === undefined ? "rule" : "function";
  const [name] = rule.head.ref.parts;
  if (rule.head.ref.parts.length < 2 && name.kind === "var" && isKeyword(name.name, "v1")) {
    errors.push(error(`${name.name} keyword cannot be used for rule name`, rule.location));
  }
  // A function without both (`f(x)`) passes in OPA: it was read as a call.
  if (generatedBody && generatedValue && kind === "rule") {
    errors.push(error(`${kind} must have value assignment and/or body declaration`, rule.location));
  }
  if (!generatedBody && !keywords.has("if") && !rule.default) {
    errors.push(error(`\`if\` keyword is required before ${kind} body`, rule.location));
  }
  if (rule.head.key !== undefined && !keywords.has("contains")) {
    errors.push(error("`contains` keyword is required for partial set rules", rule.location));
  }
  for (let branch = rule.else; branch; branch = branch.else) {
    if (branch.body[0]?.generated !== true && !branch.head.hasIf) {
      errors.push(error(`\`if\` keyword is required before ${kind} body`, branch.location));
    }
  }
  return errors;
}

function error(message: string, location: Location): RegoError {
  return { code: "rego_parse_error", message, location };
}
