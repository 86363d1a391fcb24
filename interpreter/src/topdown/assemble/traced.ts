import type { BodyPlan, EveryStep, ExprPlan, Invoke, NotStep, Solve } from "../../plan/plan.ts";
import type { Value } from "../../value/value.ts";
import type { Frame } from "../machine.ts";
import { Fault } from "../fault.ts";
import type { Subject, Tracer, Visit } from "../tracer.ts";
import type { Assembler, Run } from "./assembler.ts";
import { eachEntry, isCollection } from "./scan.ts";
import { assembleSide, assembleToldEvery } from "./unification.ts";
import { solveMock } from "./with.ts";

/**
 * The assembly of bodies for observers: the closures of the plain assembly, each expression wrapped in the events of
 * OPA's evaluator. `Eval` before it, `Redo` when what follows comes back, `Fail` when nothing followed.
 */
export function assembleTracedExprs(body: BodyPlan, last: Run, tracer: Tracer, assembler: Assembler): Run {
  return body.exprs.reduceRight((rest, expr) => assembleTracedExpr(expr, rest, tracer, assembler), last);
}

function assembleTracedExpr(expr: ExprPlan, rest: Run, tracer: Tracer, assembler: Assembler): Run {
  if (!expr.shown) return assembleHead(expr, rest, tracer, assembler);
  const { text, index, vars, negated = false, changed = false } = expr.shown;
  const subject: Subject = { node: "expr", text, index, vars, span: expr.span, generated: expr.generated };
  const after = changed ? { ...subject, vars: vars.filter(({ state }) => state !== "read") } : subject;
  const { machine } = assembler;
  const fail = (frame: Frame): void => {
    const { cache } = machine;
    // A failure is told of before the documents are what they were.
    if (changed) machine.cache = tracer.changed;
    tracer.emit("Fail", subject, "", frame);
    machine.cache = cache;
  };
  let succeeded = false;
  const run = assembler.steps(expr.steps, (frame) => {
    succeeded = true;
    const redo = (): void => {
      tracer.at(subject, frame);
      if (!negated) tracer.emit("Redo", after, "", frame);
    };
    const stop = orConflict(() => rest(frame), redo);
    redo();
    return stop;
  });
  return (frame) => {
    const outer = succeeded;
    succeeded = false;
    tracer.at(subject, frame);
    tracer.emit("Eval", subject, "", frame);
    const stop = run(frame);
    if (!stop && !succeeded) fail(frame);
    succeeded = outer;
    return stop;
  };
}

/** A conflict ends the evaluation, but what is on the way back is told of. */
function orConflict(run: () => boolean, told: () => void): boolean {
  try {
    return run();
  } catch (fault) {
    if (fault instanceof Fault && fault.error.code === "eval_conflict_error") told();
    throw fault;
  }
}

/**
 * A loop for observers. Where what follows an element wants no more, but the search goes on, the other elements are looked
 * at all the same; the results of a builtin are not (`stops`).
 */
export function assembleTracedLoop(loop: (rest: Run) => Run, rest: Run, stops: boolean, tracer: Tracer): Run {
  let ended = false;
  const run = loop((frame) => {
    const stop = rest(frame);
    if (stop || !tracer.isEnding) return stop;
    ended = true;
    tracer.isEnding = false;
    return stops;
  });
  return (frame) => {
    const outer = ended;
    ended = false;
    const stop = run(frame);
    const isEnding = ended;
    ended = outer;
    if (!isEnding) return stop;
    tracer.isEnding = stops || !stop;
    return stop && !stops;
  };
}

/** What the head of a rule unifies before its body. A part of a partial document that cannot be this rule's fails. */
function assembleHead(expr: ExprPlan, rest: Run, tracer: Tracer, assembler: Assembler): Run {
  let fits = false;
  const run = assembler.steps(expr.steps, (frame) => {
    fits = true;
    return rest(frame);
  });
  return (frame) => {
    fits = false;
    const stop = run(frame);
    if (!fits) tracer.headMissed?.();
    return stop;
  };
}

/**
 * A body that is evaluated on its own: a rule's, a comprehension's, a query's. `last` runs as part of the evaluation around
 * it; when that says to stop, the body is left without a `Redo`. With `early` the body stops after its first solution.
 */
export function assembleTracedBody(
  body: BodyPlan,
  subject: Subject,
  early: boolean,
  last: Run,
  tracer: Tracer,
  assembler: Assembler,
): Run {
  const outer: { visit: Visit; subject: Subject | undefined; frame: Frame | undefined }[] = [];
  const exprs = assembleTracedExprs(
    body,
    (frame) => {
      tracer.emit("Exit", subject, early ? "early" : "", frame);
      const inner = tracer.visit;
      const around = outer.at(-1);
      tracer.left = inner;
      if (around) tracer.visit = around.visit;
      const stopped = orConflict(
        () => last(frame),
        () => {
          tracer.visit = inner;
          if (subject.node !== "rule") tracer.emit("Redo", subject, "", frame);
        },
      );
      tracer.visit = inner;
      if (tracer.isPassed) {
        tracer.isPassed = false;
        return early;
      }
      // A rule that may have other values is searched to its end, even when nobody wants more: they could be in conflict.
      if (stopped) {
        tracer.isEnding = subject.node === "rule" && !early;
        return !tracer.isEnding;
      }
      if (tracer.isEnding && subject.node === "rule") return early;
      tracer.emit("Redo", subject, "", frame);
      return early;
    },
    tracer,
    assembler,
  );
  return (frame) => {
    outer.push({ visit: tracer.visit, subject: tracer.subject, frame: tracer.frame });
    tracer.enter();
    // A rule's arguments are bound after it is entered.
    tracer.emit("Enter", subject, "", subject.node === "rule" ? undefined : frame);
    try {
      return exprs(frame);
    } finally {
      const around = outer.pop();
      if (around) {
        tracer.visit = around.visit;
        tracer.at(around.subject, around.frame);
      }
    }
  };
}

export function bodySubject(body: BodyPlan): Subject {
  const { text = "", span, vars = [] } = body;
  return { node: "body", text, span, vars, generated: false };
}

/** Negation looks for all solutions of its body. */
export function assembleTracedNot(step: NotStep, tracer: Tracer, assembler: Assembler): Run {
  let found = false;
  const run = assembleTracedBody(
    step.body,
    bodySubject(step.body),
    false,
    () => {
      found = true;
      return false;
    },
    tracer,
    assembler,
  );
  return (frame) => {
    found = false;
    run(frame);
    return !found;
  };
}

/** A body of which one solution is enough. */
export function assembleTracedTest(body: BodyPlan, tracer: Tracer, assembler: Assembler): Run {
  return assembleTracedBody(body, bodySubject(body), true, () => false, tracer, assembler);
}

/** `every` as OPA evaluates it: an evaluation that enumerates the domain, with one within it for each element. */
export function assembleTracedEvery(step: EveryStep, rest: Run, tracer: Tracer, assembler: Assembler): Run {
  const domain = assembler.operand(step.domain);
  const body = assembleTracedTest(step.body, tracer, assembler);
  const { key, value } = step;
  const tell = step.generator?.told && assembleToldEvery(step.generator.told, assembler);
  return (frame: Frame) => {
    const around = tracer.subject;
    const collection = domain(frame);
    if (!around) return false;
    if (!isCollection(collection)) {
      tracer.emit("Fail", around, "", frame);
      return false;
    }
    const { text = "", vars = [] } = step.generator ?? {};
    const own = around.vars ?? [];
    const within: Subject = {
      ...around,
      vars: [...own, ...vars.filter(({ name }) => !own.some((v) => v.name === name))],
    };
    const generator: Subject = { ...around, vars, text, index: 0, generated: true };
    const outer = tracer.visit;
    const inner = tracer.enter();
    tracer.emit("Enter", around, "", frame);
    tracer.emit("Eval", generator, "", frame);
    let all = true;
    let empty = true;
    tell?.begin(frame);
    eachEntry(collection, (k, v) => {
      assembler.machine.budget.step();
      empty = false;
      tell?.element(frame, k, v);
      frame[key] = k;
      frame[value] = v;
      if (all) {
        all = body(frame);
        tracer.visit = inner;
        tracer.emit("Redo", within, "", frame);
      }
      tracer.emit("Redo", generator, "", frame);
      return false;
    });
    if (!all || empty) tracer.emit("Fail", empty ? generator : around, "", frame);
    tracer.visit = outer;
    tracer.at(around, frame);
    if (!all) return false;
    const stop = rest(frame);
    tracer.visit = inner;
    tracer.emit("Exit", around, "", frame);
    tracer.visit = outer;
    return stop;
  };
}

/** A builtin whose value is followed by `rest`, within the rule that stands in its place if there is one. */
export function assembleInvoke({ slot, call, asked }: Invoke, rest: Run, assembler: Assembler): Run {
  const { machine, tracer } = assembler;
  const args = call.args.map(assembler.operand);
  const value = assembler.operand(call);
  const see = asked && assembleSide(asked, assembler);
  return (frame) => {
    const found = (result: Value): boolean => {
      frame[slot] = result;
      return rest(frame);
    };
    const seen = see?.(frame);
    const mock = machine.mocks?.get(call.name);
    if (tracer && (mock?.kind === "document" || (mock?.kind === "call" && mock.unit))) {
      const given = args.map((arg) => arg(frame));
      tracer.bound = [];
      return (
        given.every((arg) => arg !== undefined) && solveMock(machine, mock, given, call.bare, found, seen)
      );
    }
    const result = value(frame);
    if (result === undefined) return false;
    if (seen) tracer?.unifications?.tell(seen, { kind: "value", value: result }, frame);
    return found(result);
  };
}

/** A rule or function whose value is followed by `rest` within its own evaluation. */
export function assembleSolve(step: Solve, rest: Run, assembler: Assembler): Run {
  const args = step.args.map(assembler.operand);
  const key = step.key && assembler.operand(step.key);
  const unit = assembler.rule(step.rule);
  const asked = step.asked && assembleSide(step.asked, assembler);
  const { tracer } = assembler;
  return (frame) => {
    const given = [];
    for (const arg of key ? [key] : args) {
      const value = arg(frame);
      if (value === undefined) return false;
      given.push(value);
    }
    const found = (value: Value): boolean => {
      frame[step.slot] = value;
      return rest(frame);
    };
    if (tracer) tracer.bound = step.vars;
    return unit.solve(given, found, step.bare, asked?.(frame));
  };
}
