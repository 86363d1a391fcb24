import type { EventOp, Observer } from "../plan/events.ts";
import type { ShownExpr, Span } from "../plan/plan.ts";
import type { Value } from "../value/value.ts";
import type { Frame, Machine } from "./machine.ts";

/** What an event is about. */
export interface Subject {
  readonly node: "rule" | "body" | "expr";
  readonly text: string;
  readonly span: Span;
  readonly generated: boolean;
  readonly vars?: ShownExpr["vars"];
}

/** The evaluation of one body, as events number it. */
export interface Visit {
  readonly id: number;
  readonly parentId: number;
}

const QUERY: Visit = { id: 0, parentId: 0 };

/** Tells observers what happens. Exists only where a query was prepared with observers. */
export class Tracer {
  readonly #observers: readonly Observer[];
  readonly #machine: Machine;
  /** The body being evaluated. */
  visit: Visit = QUERY;
  /** The expression being evaluated: notes and lookups of rules belong to it. */
  subject: Subject | undefined;
  /** The body that was just left through its `Exit`. */
  left: Visit = QUERY;
  #next = 0;

  constructor(observers: readonly Observer[], machine: Machine) {
    this.#observers = observers;
    this.#machine = machine;
    machine.scope.onNote = (message) => this.emit("Note", this.subject, message);
  }

  start(): void {
    this.visit = QUERY;
    this.subject = undefined;
    this.#next = 0;
    for (const observer of this.#observers) observer.start?.();
  }

  /** Begins the evaluation of a body within the present one. */
  enter(): Visit {
    const parentId = this.visit.id;
    this.visit = { id: this.#next++, parentId };
    return this.visit;
  }

  emit(op: EventOp, subject: Subject | undefined, message = "", frame?: Frame, visit = this.visit): void {
    if (!subject) return;
    const { node, text, span, generated } = subject;
    const { id, parentId } = visit;
    const location = this.#machine.location(span);
    const locals = (): ReadonlyMap<string, Value> => localsOf(subject, frame);
    for (const observer of this.#observers) {
      observer.event({ op, node, text, location, queryId: id, parentId, message, generated, locals });
    }
  }
}

function localsOf(subject: Subject, frame: Frame | undefined): ReadonlyMap<string, Value> {
  const locals = new Map<string, Value>();
  for (const { name, slot } of subject.vars ?? []) {
    const value = frame?.[slot] as Value | undefined;
    if (value !== undefined) locals.set(name, value);
  }
  return locals;
}
