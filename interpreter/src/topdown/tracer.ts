import type { EventOp, Local, Observer } from "../plan/events.ts";
import type { ShownVar, Span } from "../plan/plan.ts";
import type { Value } from "../value/value.ts";
import type { Frame, Machine } from "./machine.ts";
import { type Seen, type Tell, Unifications } from "./unifications.ts";

/** What an event is about. */
export interface Subject {
  readonly node: "rule" | "body" | "expr";
  readonly text: string;
  /** Of an expression. */
  readonly index?: number;
  readonly span: Span;
  readonly generated: boolean;
  readonly vars?: readonly ShownVar[];
}

/** The evaluation of one body, as events number it. */
export interface Visit {
  readonly id: number;
  readonly parentId: number;
  /** Where its latest event was: a unification has no place of its own. */
  span: Span;
}

const NOWHERE: Span = { source: 0, start: 0, end: 0, row: 1, col: 1 };

function queryVisit(): Visit {
  return { id: 0, parentId: 0, span: NOWHERE };
}

/** Tells observers what happens. Exists only where a query was prepared with observers. */
export class Tracer {
  readonly #observers: readonly Observer[];
  readonly #machine: Machine;
  /** The body being evaluated. */
  visit: Visit = queryVisit();
  /** The expression being evaluated: notes and lookups of rules belong to it. */
  subject: Subject | undefined;
  /** Its variables. */
  frame: Frame | undefined;
  /** The body that was just left through its `Exit`. */
  left: Visit = queryVisit();
  /** Called where the head of a partial document's rule does not fit the key that is asked for. */
  headMissed: (() => void) | undefined;
  /** What is known of rules by now, by their numbers: the whole, or the part under a key. */
  readonly kept: ((key: Value | undefined) => Value | undefined)[] = [];
  /** Only where observers want to be told of unifications. */
  readonly unifications: Unifications | undefined;
  /** The variables of the expression that have got their values before the rule that is looked up next. */
  bound: readonly ShownVar[] = [];
  /**
   * What follows wants no further solution, but the rule that is being left is searched to its end, as others of its values
   * could be in conflict: rules on the way back are left in silence.
   */
  isEnding = false;
  /** What was known of rules where the last `with` ended. */
  changed: unknown[] = [];
  /** The value of the rule that was just left is false, and a call that wants no value passes it over in silence. */
  isPassed = false;
  /** What heads of the rule are unified with that is about to be evaluated, besides arguments. */
  asked: Seen | undefined;
  #next = 0;

  constructor(observers: readonly Observer[], machine: Machine) {
    this.#observers = observers;
    this.#machine = machine;
    if (observers.some(({ unifications }) => unifications === true)) {
      this.unifications = new Unifications((...told) => this.#unify(...told));
    }
    machine.scope.onNote = (message) => this.emit("Note", this.subject, message);
  }

  start(): void {
    this.visit = queryVisit();
    this.at(undefined, undefined);
    this.#next = 0;
    this.isEnding = false;
    this.isPassed = false;
    for (const observer of this.#observers) observer.start?.();
  }

  /** From here on `subject` is being evaluated. */
  at(subject: Subject | undefined, frame: Frame | undefined): void {
    this.subject = subject;
    this.frame = frame;
  }

  /** Begins the evaluation of a body within the present one. */
  enter(): Visit {
    const { id: parentId, span } = this.visit;
    this.visit = { id: this.#next++, parentId, span };
    return this.visit;
  }

  emit(op: EventOp, subject: Subject | undefined, message = "", frame?: Frame, visit = this.visit): void {
    if (!subject) return;
    const { node, text, index = 0, span, generated } = subject;
    const { id, parentId } = visit;
    if (op !== "Note") visit.span = span;
    const location = this.#machine.location(span);
    const locals = (): readonly Local[] => localsOf(op, subject, frame, this.kept);
    for (const observer of this.#observers) {
      observer.event({ op, node, text, index, location, queryId: id, parentId, message, generated, locals });
    }
  }

  /** Two terms are unified in the present body. */
  #unify(...[text, vars, more, frame]: Parameters<Tell>): void {
    const { id: queryId, parentId, span } = this.visit;
    const location = this.#machine.location(span);
    const subject: Subject = { node: "expr", text, vars, span, generated: false };
    const locals = (): readonly Local[] => [...localsOf("Unify", subject, frame, this.kept), ...more];
    const { node, generated } = subject;
    for (const observer of this.#observers) {
      if (observer.unifications)
        observer.event({
          op: "Unify",
          node,
          text,
          index: 0,
          location,
          queryId,
          parentId,
          message: "",
          generated,
          locals,
        });
    }
  }
}

/** Which variables events show: an expression's own ones have no values before and after it, whatever slots still hold. */
const BEFORE: ReadonlySet<EventOp> = new Set(["Enter", "Eval", "Index"]);

function localsOf(
  op: EventOp,
  subject: Subject,
  frame: readonly unknown[] | undefined,
  kept: Tracer["kept"],
): readonly Local[] {
  const locals: Local[] = [];
  for (const shown of subject.vars ?? []) {
    if (shown.state === "read") {
      const value = kept[shown.rule]?.(shown.key);
      if (value !== undefined) locals.push([shown.name, value]);
      continue;
    }
    const { name, slot, state } = shown;
    const value = frame?.[slot] as Value | undefined;
    if (value === undefined || (state !== "bound" && BEFORE.has(op))) continue;
    if (state !== "free" || op !== "Fail") locals.push([name, value]);
  }
  return locals;
}
