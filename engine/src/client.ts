import type { PlainObject } from "@portcullis/interpreter";
import type { Outcome } from "./errors.ts";
import type { Response, Review, ReviewOptions } from "./reviews/review.ts";

/** The whole contract of the constraint framework. All objects are Kubernetes objects as exact JSON. */
export interface Client {
  /** Adds a ConstraintTemplate or replaces the one of that name. On failure the old one stays in force. */
  addTemplate(template: PlainObject): Outcome;
  removeTemplate(name: string): void;
  /** Adds or replaces a constraint; its template must be there. */
  addConstraint(constraint: PlainObject): Outcome;
  removeConstraint(kind: string, name: string): void;
  /**
   * Checks a template as the admission webhook does: target, name and kind, constraint CRD. Its Rego is not compiled:
   * a broken policy is admitted and reported where templates are loaded.
   */
  validateTemplate(template: PlainObject): Outcome;
  /**
   * Checks a constraint against its template as the admission webhook does. The enforcement action is left out:
   * the webhook can be told to let unknown ones pass.
   */
  validateConstraint(constraint: PlainObject): Outcome;
  /** Puts an object into `data.inventory`, or replaces it. */
  addData(object: PlainObject): Outcome;
  removeData(object: PlainObject): void;
  /** Empties `data.inventory`. */
  wipeData(): void;
  review(review: Review, options: ReviewOptions): Response;
  /** Templates, constraints and inventory, for `dump: All`. */
  dump(): PlainObject;
}

export type ClientFactory = (options?: ClientOptions) => Client;

export interface ClientOptions {
  /** False removes `data.inventory` from what templates may read. Default true. */
  readonly referentialRules?: boolean;
  /** Names of builtins that templates may not call. */
  readonly disabledBuiltins?: readonly string[];
  /** Nanoseconds since 1970, for `time.now_ns`. */
  readonly nowNs?: () => bigint;
}

export type { Outcome };
