import { walkRule } from "@portcullis/interpreter";
import type { Module, Term } from "@portcullis/interpreter";
import type { TemplateHint } from "../../client.ts";

/** What `input` holds for a template. */
const GIVEN = new Set(["review", "parameters"]);

/** Names that people carry over from elsewhere, and what they mean here. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ["request", "`input.review`"],
  ["object", "`input.review.object`"],
  ["oldObject", "`input.review.oldObject`"],
  ["constraint", "`input.parameters`"],
  ["params", "`input.parameters`"],
  ["parameter", "`input.parameters`"],
]);

/**
 * References that are valid Rego and never have a value in a template, such as OPA's `input.request`: such a rule denies
 * nothing and nobody notices.
 */
export function inputHints(module: Module): readonly TemplateHint[] {
  const hints: TemplateHint[] = [];
  const visit = (term: Term): void => {
    if (term.kind !== "ref") return;
    const [head, first] = term.parts;
    if (head.kind !== "var" || head.name !== "input" || first?.kind !== "scalar") return;
    const name = first.value;
    if (typeof name !== "string" || GIVEN.has(name)) return;
    const meant = MEANT.get(name) ?? "`input.review` and `input.parameters`";
    hints.push({
      message: `\`input.${name}\` is never set for a template, use ${meant}`,
      location: term.location,
    });
  };
  for (const rule of module.rules) walkRule(rule, { term: visit });
  return hints;
}
