import type { BodyPlan, ClausePlan, Equal, Join, Operand, Plan, RulePlan, Scan, Slot, Step } from "./plan.ts";
import { UseFinder } from "./uses.ts";

/**
 * Replaces scans of base documents by joins where a later equality compares what they reach with something that does not
 * depend on them. Steps in between move: in front of the join what does not need the scanned values, behind it what
 * does. Only where no result depends on the order of evaluation.
 */
export function withJoins(plan: Plan, isPureBuiltin: (name: string) => boolean): Plan {
  const uses = new UseFinder(plan.rules, isPureBuiltin);
  const clause = (given: ClausePlan): ClausePlan => ({ ...given, body: joinBody(given.body, uses) });
  const rules = plan.rules.map((rule): RulePlan => {
    const chains = rule.chains.map(([first, ...others]) => [clause(first), ...others.map(clause)] as const);
    return { ...rule, chains };
  });
  return { ...plan, rules };
}

function joinBody(body: BodyPlan, uses: UseFinder): BodyPlan {
  const steps = body.exprs.flatMap((expr) => expr.steps);
  const joined = joinSteps(steps, uses);
  if (joined === steps) return body;
  return { ...body, exprs: [{ steps: joined, span: body.span, generated: true }] };
}

function joinSteps(steps: readonly Step[], uses: UseFinder): readonly Step[] {
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] as Step;
    if (step.op !== "scan" || step.ordered || !isBase(step.over)) continue;
    const found = findJoin(step, steps.slice(i + 1), uses);
    if (found) return [...steps.slice(0, i), ...found.before, found.join, ...joinSteps(found.after, uses)];
  }
  return steps;
}

interface FoundJoin {
  readonly before: readonly Step[];
  readonly join: Join;
  readonly after: readonly Step[];
}

/** Looks for the equality that makes a scan the start of a join. */
function findJoin(scan: Scan, following: readonly Step[], uses: UseFinder): FoundJoin | undefined {
  const group: Step[] = [scan];
  const inside = new Set<Slot>(uses.ofSteps([scan]).binds);
  const before: Step[] = [];
  const after: Step[] = [];
  const late = new Set<Slot>();
  for (let i = 0; i < following.length; i++) {
    const step = following[i] as Step;
    const { reads, binds, pure } = uses.ofSteps([step]);
    if (intersects(reads, late)) {
      after.push(step);
      for (const slot of binds) late.add(slot);
      continue;
    }
    const sides = step.op === "equal" ? sidesOf(step, inside, uses) : undefined;
    if (sides) {
      const join: Join = { op: "join", over: scan.over, steps: group, ...sides, slots: [...inside] };
      return { before, join, after: [...after, ...following.slice(i + 1)] };
    }
    if (pure && reads.size > 0 && isWithin(reads, inside)) {
      group.push(step);
      for (const slot of binds) inside.add(slot);
    } else if (intersects(reads, inside)) {
      after.push(step);
      for (const slot of binds) late.add(slot);
    } else before.push(step);
  }
  return undefined;
}

/** The side that depends on the scanned values alone, and the other one, which must not depend on them. */
function sidesOf(
  step: Equal,
  inside: ReadonlySet<Slot>,
  uses: UseFinder,
): { readonly column: Operand; readonly equals: Operand } | undefined {
  for (const [column, equals] of [
    [step.left, step.right],
    [step.right, step.left],
  ] as const) {
    const columnUses = uses.ofOperand(column);
    const isColumn = columnUses.pure && columnUses.reads.size > 0 && isWithin(columnUses.reads, inside);
    if (isColumn && equals.op !== "const" && !intersects(uses.ofOperand(equals).reads, inside)) {
      return { column, equals };
    }
  }
  return undefined;
}

function isBase(operand: Operand): boolean {
  return operand.op === "base" && operand.path.length > 0 && operand.path.every((key) => key.op === "const");
}

function intersects(a: ReadonlySet<Slot>, b: ReadonlySet<Slot>): boolean {
  for (const slot of a) if (b.has(slot)) return true;
  return false;
}

function isWithin(a: ReadonlySet<Slot>, b: ReadonlySet<Slot>): boolean {
  for (const slot of a) if (!b.has(slot)) return false;
  return true;
}
