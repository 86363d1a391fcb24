import { ALL_VARS, varsOfTerm } from "../compiler/vars.ts";
import type { Every, Term } from "../syntax/ast.ts";
import type { EveryStep, ShownTerm, ShownVar, Side, Slot } from "./plan.ts";
import type { TermPlanning } from "./planning.ts";
import { constantOf } from "./terms.ts";
import { everyDomainText, termText } from "./text.ts";

/** What nobody reads: OPA unifies the value of a statement with it. */
export const NOBODY: Side = { op: "free", name: "_", variable: "" };

/** A term as observers of unifications see it at this point of the plan, where some of its variables have values. */
export function sideOf(body: TermPlanning, term: Term): Side {
  const constant = constantOf(term);
  if (constant !== undefined) return { op: "known", value: { op: "const", value: constant } };
  switch (term.kind) {
    case "var":
      if (isRoot(body, term.name)) return { op: "text", shown: shownTerm(body, term) };
      return body.scope.isBound(term.name)
        ? { op: "known", value: body.ground(term) }
        : { op: "free", name: body.scope.names(term.name), variable: term.name };
    case "array":
      return {
        op: "array",
        items: term.items.map((item) => sideOf(body, item)),
        shown: shownTerm(body, term),
      };
    case "object":
      return {
        op: "object",
        entries: term.entries.map(([key, value]) => [sideOf(body, key), sideOf(body, value)]),
        shown: shownTerm(body, term),
      };
    case "set":
      return {
        op: "set",
        value: body.isGround(term) ? body.ground(term) : undefined,
        shown: shownTerm(body, term),
      };
    default:
      return { op: "text", shown: shownTerm(body, term) };
  }
}

/** The value of a slot. */
export function sideOfSlot(body: TermPlanning, slot: Slot): Side {
  return { op: "known", value: body.scope.local(slot) };
}

/** A term's text and those of its variables that have values by now. */
export function shownTerm({ scope }: TermPlanning, term: Term): ShownTerm {
  const names = new Set<string>();
  varsOfTerm(term, ALL_VARS, names);
  const bound = new Set([...names].filter((name) => scope.isBound(name)));
  const open = [...names].filter((name) => !bound.has(name));
  return {
    text: termText(term, scope.names),
    vars: scope.shown(bound, bound),
    open: open.map((variable) => ({ name: scope.names(variable), variable })),
  };
}

/** The enumeration of an `every`, its key and its value. */
export function everySides(body: TermPlanning, every: Every): Required<EveryStep>["generator"]["told"] {
  const { names } = body.scope;
  const shown = shownTerm(body, every.domain);
  const free = (name: string): Side => ({ op: "free", name: names(name), variable: name });
  return {
    over: { op: "text", shown: { ...shown, text: everyDomainText(every, names) } },
    key: every.key ? free(every.key.name) : NOBODY,
    value: free(every.value.name),
  };
}

/** Whether a term is evaluated before it is unified. */
export function isEvaluated(body: TermPlanning, term: Term): boolean {
  switch (term.kind) {
    case "ref":
    case "array-comprehension":
    case "set-comprehension":
    case "object-comprehension":
      return true;
    case "var":
      return isRoot(body, term.name);
    default:
      return false;
  }
}

/** Shows more of a side: the rules that it turned out to read. */
export function addVars(side: Side, more: readonly ShownVar[]): void {
  if (side.op === "text") (side.shown.vars as ShownVar[]).push(...more);
}

function isRoot({ scope }: TermPlanning, name: string): boolean {
  return (name === "input" || name === "data") && !scope.has(name);
}
