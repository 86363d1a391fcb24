import type { Value } from "../value/value.ts";
import type { Location } from "../location.ts";

/** What happens during an evaluation, in OPA's vocabulary. */
export type EventOp = "Enter" | "Eval" | "Redo" | "Exit" | "Fail" | "Index" | "Note" | "Unify" | "Duplicate";

export interface TraceEvent {
  readonly op: EventOp;
  readonly node: "rule" | "body" | "expr";
  /** The rule's path, or the expression or body as traces print it; the ref of an Index event. */
  readonly text: string;
  /** Of an expression: its place in its body, from 0; it tells apart what the compiler made of one line. */
  readonly index: number;
  readonly location: Location;
  /** The evaluation of a body: the query's is 0, each further one takes the next number. */
  readonly queryId: number;
  readonly parentId: number;
  /** `early`, `(matched 1 rule)`, the text of a note; empty otherwise. */
  readonly message: string;
  /** True for what the compiler put in. */
  readonly generated: boolean;
  /** Variables of the expression that are bound now. Call it while the event is handled. */
  readonly locals: () => readonly Local[];
}

/** A variable by its name in the source, or a rule that was read, with its value. Wildcards all have the name `_`. */
export type Local = readonly [name: string, value: Value];

/** Receives the events of an evaluation. Attached when a query is prepared; a query prepared without has none of this. */
export interface Observer {
  /** Wants to be told of unifications: without, none is told of. */
  readonly unifications?: boolean;
  /** Called when an evaluation begins, and again when a host's answer makes it begin anew: forget what was seen. */
  start?(): void;
  event(event: TraceEvent): void;
}
