import type { Annotations, Module, Rule } from "../../syntax/ast.ts";
import { printTerm } from "../../syntax/print.ts";
import { isGround } from "../../syntax/visit.ts";

/**
 * The METADATA blocks of each rule: those of scope `document` belong to all rules of the name, one of scope `rule` to the
 * first rule of the name below it.
 */
export function ruleAnnotations({ rules, annotations }: Module): ReadonlyMap<Rule, readonly Annotations[]> {
  let waiting = annotations.flatMap((block) => {
    const target = rules.find(({ location }) => location.row === block.targetRow);
    return target && (block.scope === "rule" || block.scope === "document")
      ? [{ block, name: nameOf(target) }]
      : [];
  });
  const found = new Map<Rule, readonly Annotations[]>();
  for (const rule of rules) {
    const own = waiting.filter(
      ({ block, name }) =>
        name === nameOf(rule) && (block.scope === "document" || rule.location.row > block.location.row),
    );
    if (own.length > 0)
      found.set(
        rule,
        own.map(({ block }) => block),
      );
    const taken = own.findLast(({ block }) => block.scope === "rule");
    waiting = waiting.filter((one) => one !== taken);
  }
  return found;
}

/** The parts of the ref up to the first variable. */
function nameOf({ head: { ref } }: Rule): string {
  const [name, ...rest] = ref.parts;
  const end = rest.findIndex((part) => !isGround(part));
  return [name, ...(end < 0 ? rest : rest.slice(0, end))].map((part) => printTerm(part)).join("\n");
}
