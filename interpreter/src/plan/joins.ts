import type { BodyPlan, ClausePlan, Equal, Join, Operand, Plan, RulePlan, Scan, Slot, Step } from "./plan.ts";
import { UseFinder } from "./uses.ts";

/**
 * Replaces scans by joins where a later equality compares what they reach with something that does not depend on them:
 * group-by comprehensions, look-ups in base documents. Steps in between move: in front of the join what does not need the
 * scanned values, behind it what does. Where order shows, only if it stays what it was.
 */
export function withJoins(plan: Plan, isPureBuiltin: (name: string) => boolean): Plan {
  const uses = new UseFinder(plan.rules, isPureBuiltin);
  const rules = plan.rules.map((rule): RulePlan => {
    const clause = (given: ClausePlan): ClausePlan => ({
      ...given,
      body: joinBody(given.body, rule.params > 0, uses),
    });
    const chains = rule.chains.map(([first, ...others]) => [clause(first), ...others.map(clause)] as const);
    return { ...rule, chains };
  });
  return { ...plan, rules };
}

/** `repeated` tells that the body runs several times in one evaluation. */
function joinBody(body: BodyPlan, repeated: boolean, uses: UseFinder): BodyPlan {
  const steps = body.exprs.flatMap((expr) => expr.steps.map((step) => joinWithin(step, uses)));
  return { ...body, exprs: [{ steps: joinSteps(steps, repeated, uses), span: body.span, generated: true }] };
}

/** Joins in the bodies that a step has of its own. */
function joinWithin(step: Step, uses: UseFinder): Step {
  switch (step.op) {
    case "bind": {
      const { value } = step;
      return value.op === "comprehension"
        ? { ...step, value: { ...value, body: joinBody(value.body, true, uses) } }
        : step;
    }
    case "not":
    case "every":
      return { ...step, body: joinBody(step.body, true, uses) };
    case "and":
    case "or":
      return { ...step, bodies: step.bodies.map((body) => joinBody(body, true, uses)) };
    case "with":
      return { ...step, steps: step.steps.map((inner) => joinWithin(inner, uses)) };
    default:
      return step;
  }
}

function joinSteps(steps: readonly Step[], repeated: boolean, uses: UseFinder): readonly Step[] {
  let isRepeated = repeated;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] as Step;
    const found = step.op === "scan" ? findJoin(step, steps.slice(i + 1), uses) : undefined;
    if (step.op === "scan" && found && pays(step, found, isRepeated)) {
      return [...steps.slice(0, i), ...found.before, found.join, ...joinSteps(found.after, true, uses)];
    }
    if (isLoop(step)) isRepeated = true;
  }
  return steps;
}

/**
 * A base document is there for the next evaluation too: loops over smaller things that stood within its scan move in front
 * of it. Any other collection must be scanned several times in this evaluation, and no loop is moved for it. Where order
 * shows, loops stay where they are.
 */
function pays(scan: Scan, found: FoundJoin, repeated: boolean): boolean {
  const turned = found.before.filter(isLoop);
  if (scan.over.op !== "base") return repeated && turned.length === 0;
  return (
    turned.length === 0 ||
    (!scan.ordered && !turned.some((step) => step.op === "scan" && step.over.op === "base"))
  );
}

interface FoundJoin {
  readonly before: readonly Step[];
  readonly join: Join;
  readonly after: readonly Step[];
}

/** How many steps behind a scan its equality is looked for: enough for any rule, and long bodies stay quick to plan. */
const REACH = 100;

/** Looks for the equality that makes a scan the start of a join. */
function findJoin(scan: Scan, following: readonly Step[], uses: UseFinder): FoundJoin | undefined {
  const group: Step[] = [scan];
  const inside = new Set<Slot>(uses.ofSteps([scan]).binds);
  const before: Step[] = [];
  const after: Step[] = [];
  const late = new Set<Slot>();
  const reach = Math.min(following.length, REACH);
  for (let i = 0; i < reach; i++) {
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

function isLoop(step: Step): boolean {
  switch (step.op) {
    case "scan":
    case "join":
    case "walk":
    case "relation":
    case "solve":
    case "invoke":
      return true;
    case "with":
      return step.steps.some(isLoop);
    default:
      return false;
  }
}

function intersects(a: ReadonlySet<Slot>, b: ReadonlySet<Slot>): boolean {
  for (const slot of a) if (b.has(slot)) return true;
  return false;
}

function isWithin(a: ReadonlySet<Slot>, b: ReadonlySet<Slot>): boolean {
  for (const slot of a) if (!b.has(slot)) return false;
  return true;
}
