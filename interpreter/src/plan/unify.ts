import { InvariantError } from "../errors.ts";
import type { Term } from "../syntax/ast.ts";
import type { Step } from "./plan.ts";
import type { TermPlanning } from "./planning.ts";

/**
 * Plans `left = right`. Whichever side gives values by itself is evaluated first, then the other one is compared or taken
 * apart. Where both sides hold new variables they are composites: those are unified piece by piece, in whatever order
 * lets every piece find one side known.
 */
export function unify(body: TermPlanning, left: Term, right: Term, steps: Step[]): void {
  let pending: (readonly [Term, Term])[] = [[left, right]];
  while (pending.length > 0) {
    const later: (readonly [Term, Term])[] = [];
    let progress = false;
    for (const pair of pending) {
      const pieces = unifyOne(body, pair[0], pair[1], steps);
      if (pieces === "done") progress = true;
      else if (pieces === "never") {
        steps.push({ op: "check", value: { op: "const", value: false } });
        return;
      } else if (pieces === "later") later.push(pair);
      else {
        progress = true;
        later.push(...pieces);
      }
    }
    if (!progress) throw new InvariantError("neither side of an equation is known");
    pending = later;
  }
}

type Pieces = readonly (readonly [Term, Term])[];

function unifyOne(
  body: TermPlanning,
  left: Term,
  right: Term,
  steps: Step[],
): Pieces | "done" | "later" | "never" {
  if (body.isEvaluable(left)) {
    evaluateThen(body, left, right, steps);
    return "done";
  }
  if (body.isEvaluable(right)) {
    evaluateThen(body, right, left, steps);
    return "done";
  }
  if (left.kind === "array" && right.kind === "array") {
    if (left.items.length !== right.items.length) return "never";
    return left.items.map((item, i) => [item, right.items[i] as Term] as const);
  }
  if (left.kind === "object" && right.kind === "object") return unifyObjects(left.entries, right.entries);
  if (isComposite(left) && isComposite(right)) return "never";
  return "later";
}

/** Evaluates one side and unifies the other one with its value. */
function evaluateThen(body: TermPlanning, known: Term, other: Term, steps: Step[]): void {
  const isNewVar = other.kind === "var" && !body.isGround(other);
  // A final scan can leave its value in the variable itself, unless the ref's own brackets bind that variable too.
  const into =
    isNewVar && known.kind === "ref" && !mentions(known, other.name)
      ? body.scope.slotOf(other.name)
      : undefined;
  const value = body.operand(known, steps, into);
  if (into !== undefined && value.op === "local" && value.slot === into) return;
  body.assign(other, value, steps);
}

type Entries = readonly (readonly [Term, Term])[];

/** Objects unify when they have the same keys, which are ground on both sides. */
function unifyObjects(left: Entries, right: Entries): Pieces | "never" | "later" {
  if (left.length !== right.length) return "never";
  const pieces: (readonly [Term, Term])[] = [];
  const rest = [...right];
  for (const [key, value] of left) {
    const i = rest.findIndex(([other]) => sameKey(key, other));
    if (i < 0) {
      // Keys that are variables are compared at run time: through values, once these are known.
      return "later";
    }
    pieces.push([value, (rest[i] as readonly [Term, Term])[1]]);
    rest.splice(i, 1);
  }
  return pieces;
}

function sameKey(a: Term, b: Term): boolean {
  if (a.kind === "scalar" && b.kind === "scalar") return a.value === b.value;
  return a.kind === "var" && b.kind === "var" && a.name === b.name;
}

function isComposite(term: Term): boolean {
  return term.kind === "array" || term.kind === "object" || term.kind === "set" || term.kind === "scalar";
}

function mentions(term: Term, name: string): boolean {
  switch (term.kind) {
    case "var":
      return term.name === name;
    case "ref":
      return term.parts.some((part) => mentions(part, name));
    case "array":
    case "set":
      return term.items.some((item) => mentions(item, name));
    case "object":
      return term.entries.some(([key, value]) => mentions(key, name) || mentions(value, name));
    default:
      return false;
  }
}
