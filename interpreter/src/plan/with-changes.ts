import { isFunctionOperator, operatorName } from "../compiler/compiled.ts";
import { InvariantError } from "../errors.ts";
import type { RefTerm, Term, With } from "../syntax/ast.ts";
import type { Value } from "../value/value.ts";
import { ruleName } from "./names.ts";
import type { Replacement, Step, WithChange } from "./plan.ts";
import type { TermPlanning } from "./planning.ts";
import { isFunction } from "./rule-nodes.ts";
import { shownTerm } from "./sides.ts";
import { constantOf, nodeAtRef } from "./terms.ts";

/** Plans one `with` of an expression; the steps that its value needs run before the expression. */
export function planChange(body: TermPlanning, change: With, steps: Step[]): WithChange {
  const target = change.target;
  if (target.kind === "var" && (target.name === "input" || target.name === "data")) {
    return {
      on: target.name,
      path: [],
      value: body.operand(change.value, steps),
      span: body.planner.span(change.location),
    };
  }
  if (target.kind !== "ref") throw new InvariantError(`with target of kind ${target.kind}`);
  const head = target.parts[0];
  const rootName = head.kind === "var" ? head.name : "";
  if (rootName === "input" || (rootName === "data" && !namesFunction(body, target))) {
    const path = target.parts.slice(1).map((part) => {
      const key = constantOf(part);
      if (key === undefined) throw new InvariantError("with target is not ground");
      return key;
    });
    const value = body.operand(change.value, steps);
    return { on: rootName, path, value, span: body.planner.span(change.location) };
  }
  const name =
    rootName === "data"
      ? ruleName(target.parts.slice(1).map((part) => constantOf(part) as Value))
      : operatorName(target);
  return { on: "function", name, by: planReplacement(body, change.value, steps) };
}

function namesFunction(body: TermPlanning, ref: RefTerm): boolean {
  const found = nodeAtRef(body.planner.compiled.rules, ref, true);
  const first = found.node.rules[0];
  return first !== undefined && isFunction(first) && found.path.length === ref.parts.length - 1;
}

function planReplacement(body: TermPlanning, value: Term, steps: Step[]): Replacement {
  if (value.kind === "ref") {
    if (!isFunctionOperator(value)) {
      const head = value.parts[0];
      const isLocal = head.kind !== "var" || head.name === "input" || body.scope.isBound(head.name);
      if (!isLocal) return { kind: "builtin", name: operatorName(value) };
    } else if (namesFunction(body, value)) {
      const { node, path } = nodeAtRef(body.planner.compiled.rules, value);
      return { kind: "rule", rule: body.planner.rule(node, path, false) };
    } else {
      // The compiler leaves a document in its place where it is one of rules: OPA reads it at each call.
      const reading: Step[] = [];
      const document = body.scope.closure(() => body.operand(value, reading));
      const told = body.planner.options.unifications ? { told: shownTerm(body, value) } : {};
      return { kind: "document", steps: reading, value: document, ...told };
    }
  }
  return { kind: "value", value: body.operand(value, steps) };
}
