import { InvariantError } from "../errors.ts";
import type { Term } from "../syntax/ast.ts";
import type { Side, Step } from "./plan.ts";
import type { TermPlanning } from "./planning.ts";
import { sideOf } from "./sides.ts";

/**
 * Plans `left = right`. Whichever side gives values by itself is evaluated first, then the other one is compared or taken
 * apart. Where both sides hold new variables they are composites: those are unified piece by piece, in whatever order
 * lets every piece find one side known.
 */
export function unify(body: TermPlanning, left: Term, right: Term, steps: Step[]): void {
  let pending: (readonly [Term, Term])[] = [[left, right]];
  // What stands within composites needs no evaluation: compilation has put it elsewhere.
  const sides = body.planner.options.unifications
    ? new Map([left, right].map((term) => [term, sideOf(body, term)]))
    : undefined;
  if (sides) body.tell(sides.get(left) as Side, sides.get(right) as Side, steps);
  while (pending.length > 0) {
    const later: (readonly [Term, Term])[] = [];
    let progress = false;
    for (const pair of pending) {
      const pieces = unifyOne(body, pair[0], pair[1], steps, sides);
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
  sides: ReadonlyMap<Term, Side> | undefined,
): Pieces | "done" | "later" | "never" {
  if (body.isEvaluable(left)) {
    evaluateThen(body, left, right, steps, sides);
    return "done";
  }
  if (body.isEvaluable(right)) {
    evaluateThen(body, right, left, steps, sides);
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
function evaluateThen(
  body: TermPlanning,
  known: Term,
  other: Term,
  steps: Step[],
  told: ReadonlyMap<Term, Side> | undefined,
): void {
  const isNewVar = other.kind === "var" && !body.isGround(other);
  // A final scan can leave its value in the variable itself, unless the ref's own brackets bind that variable too.
  const into =
    isNewVar && !told && known.kind === "ref" && !mentions(known, other.name)
      ? body.scope.slotOf(other.name)
      : undefined;
  const own = told?.get(known);
  const first = told?.get(other);
  const others = first && [first];
  const otherNow = (): Side => {
    const side = sideOf(body, other);
    others?.push(side);
    return side;
  };
  const sides = own && { own: [own], other: otherNow };
  const value = body.evaluated(known, sides, steps, into);
  if (into !== undefined && value.op === "local" && value.slot === into) return;
  body.assign(other, value, steps, others);
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
