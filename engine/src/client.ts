import type {
  AnswerHostCall,
  Coverable,
  Host,
  Location,
  PlainObject,
  Waiting,
} from "@portcullis/interpreter";
import type { Outcome } from "./errors.ts";
import type { GroupVersionKind } from "./inventory/sync-selection.ts";
import type { ConstraintRef, EnforcementPoint, Response, Review, ReviewOptions } from "./reviews/review.ts";

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
  /** Says what `addTemplate` would say, its Rego compiled, and changes nothing. */
  compileTemplate(template: PlainObject): Outcome;
  /**
   * Checks a constraint against its template as the admission webhook does. The enforcement action is left out:
   * the webhook can be told to let unknown ones pass.
   */
  validateConstraint(constraint: PlainObject): Outcome;
  /** Puts an object into `data.inventory`, or replaces it. */
  addData(object: PlainObject): Outcome;
  removeData(object: PlainObject): void;
  /** Empties `data.inventory`, or takes all objects of one kind out of it. */
  wipeData(kind?: GroupVersionKind): void;
  /** Reviews at once; calls of the world outside (`http.send`, `net.lookup_ip_addr`) fail, see {@link Client.settle}. */
  review(review: Review, options: ReviewOptions): Response;
  /**
   * Runs work that reviews, and waits where a template calls the world outside: the call is answered by the host and the work
   * run again with the answer, so the work must do nothing but review. Without such calls it runs once. Rejects with the
   * signal's reason when it fires during such a call.
   */
  settle<T>(work: (reviewer: Reviewer) => T, signal?: Waiting): Promise<T>;
  /** Every template in force, by name. */
  templates(): readonly TemplateInfo[];
  /** Every constraint in force, by kind and name; those of one kind where it is given. */
  constraints(kind?: string): readonly ConstraintInfo[];
  /**
   * What the verdict on objects of a kind depends on: the most of what the templates depend on whose constraints can match
   * the kind and do something at the enforcement point. `nothing`: no such constraint, so no violation either.
   */
  dependence(
    kind: { readonly group: string; readonly kind: string },
    enforcementPoint: EnforcementPoint,
  ): Dependence | "nothing";
  /** The parts of the inventory that the verdict on objects of a kind depends on: those that these templates read. */
  inventoryReads(
    kind: { readonly group: string; readonly kind: string },
    enforcementPoint: EnforcementPoint,
  ): readonly InventoryRead[];
  /** What stands below `data.inventory` now. It never changes; parts that stay the same between two calls are identical. */
  inventory(): PlainObject;
  /** Grow with every change of templates and constraints, and of the inventory. */
  revisions(): Revisions;
  /** Templates, constraints and inventory, for `dump: All`. */
  dump(): PlainObject;
}

/**
 * What a verdict depends on, besides the object, its Namespace and the policies, from little to much: no more than these;
 * the inventory; the world outside (the time, chance, answers of others).
 */
export type Dependence = "object" | "inventory" | "world";

/** The objects of a kind in the inventory; what is absent may be anything. */
export interface InventoryRead {
  /** `v1`, `networking.k8s.io/v1`. */
  readonly groupVersion?: string;
  readonly kind?: string;
}

/** Whoever reviews. */
export type Reviewer = Pick<Client, "review">;

export interface TemplateInfo {
  /** `metadata.name`. */
  readonly name: string;
  /** The kind of its constraints. */
  readonly kind: string;
  /** The template as it was added. */
  readonly object: PlainObject;
  /** The CustomResourceDefinition of its constraints. */
  readonly crd: PlainObject;
  /** `spec.targets[0].operations`: what the webhook evaluates it for. Empty for everything. */
  readonly operations: readonly string[];
  /** What its verdicts depend on. */
  readonly dependsOn: Dependence;
  /** What its author probably did not mean; it is in force all the same. */
  readonly hints: readonly TemplateHint[];
  /** The policy revision that brought it. */
  readonly revision: number;
  /** What an evaluation can reach of its Rego, and the texts of its modules by name: for reports of coverage. */
  readonly coverable: () => readonly Coverable[];
}

/** A remark on the Rego of a template, with its place there. */
export interface TemplateHint {
  readonly message: string;
  readonly location: Location;
}

export interface ConstraintInfo extends ConstraintRef {
  /** `deny` where the constraint names none; may be `scoped`. */
  readonly enforcementAction: string;
  /** The policy revision that brought it. */
  readonly revision: number;
}

export interface Revisions {
  readonly policy: number;
  readonly data: number;
}

export type ClientFactory = (options?: ClientOptions) => Client;

export interface ClientOptions {
  /** False removes `data.inventory` from what templates may read. Default true. */
  readonly referentialRules?: boolean;
  /** Names of builtins that templates may not call. */
  readonly disabledBuiltins?: readonly string[];
  /** Nanoseconds since 1970, for `time.now_ns`. */
  readonly nowNs?: () => bigint;
  /** A number in [0, 1), for `rand.intn` and `uuid.rfc4122`. */
  readonly random?: () => number;
  /** Hashes, signatures and certificates for the crypto builtins: `node:crypto`. */
  readonly crypto?: NonNullable<Host["crypto"]>;
  /** Answers calls of the world outside, `http.send` and `net.lookup_ip_addr`. Without it they fail. */
  readonly hostCall?: AnswerHostCall;
  /** Writes JavaScript for policies: quicker where they are evaluated often, slower for a few evaluations. Default false. */
  readonly generateCode?: boolean;
  /** Receives lines of `print(…)`. Without it the calls are compiled away. */
  readonly onPrint?: (line: string) => void;
}

export type { Outcome };
