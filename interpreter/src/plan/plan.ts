import type { Value } from "../value/value.ts";
import type { Narrowing } from "./narrowing.ts";

/**
 * A plan: how to evaluate one query and every rule it can reach. Plain data, without names: variables are slots of a
 * frame, rules are numbers. A body is a list of steps run from left to right with backtracking; which variables are
 * bound is known at every step, so a step either binds a slot or reads one, and nothing has to be undone.
 *
 * Loops are structured (a {@link Scan} governs the steps after it), so that another tier may print a plan as nested
 * `for` statements behind the same signature (`Executable` in `topdown/assemble.ts`): it finds here everything the closures
 * are made of, what is known of each local's value ({@link Provenance}), and the source span of each expression, call and
 * clause. No function, class instance or cycle but Rego's own values.
 */
export interface Plan {
  readonly sources: readonly PlanSource[];
  readonly rules: readonly RulePlan[];
  /** The virtual documents a dynamic reference or an extent can meet, by {@link TreePlan.id}. */
  readonly trees: readonly TreePlan[];
  /** Values that last as long as a part of the input: see {@link Kept}. */
  readonly kept?: KeptPlan;
  readonly query: QueryPlan;
  /** Names of the builtins that are called somewhere, in no particular order. */
  readonly builtins: readonly string[];
}

export interface PlanSource {
  readonly file: string;
  readonly text: string;
}

/** A place in a source: offsets as in `syntax/location.ts`. */
export interface Span {
  /** Index into {@link Plan.sources}. */
  readonly source: number;
  readonly start: number;
  readonly end: number;
  readonly row: number;
  readonly col: number;
}

/** A slot of the frame in which the rule or query runs. */
export type Slot = number;

/** What is known of a value before it is there. `json` comes from a base document or the input. */
export type Provenance = "json" | "set" | "number" | "string" | "boolean" | "unknown";

export interface QueryPlan {
  readonly slots: number;
  readonly body: BodyPlan;
  /** What each result shows. */
  readonly bindings: readonly { readonly name: string; readonly slot: Slot }[];
  /** Without a slot the value shown is `true`. */
  readonly expressions: readonly {
    readonly text: string;
    readonly span: Span;
    readonly slot: Slot | undefined;
  }[];
}

/**
 * A rule, with all its clauses.
 * - `complete`: one value, or undefined.
 * - `function`: one value for given args, which stand in the slots from 1.
 * - `set`, `object`: a partial document. Restricted ones get one key in slot 1 and give the part of the document under it.
 */
export interface RulePlan {
  readonly id: number;
  readonly kind: "complete" | "function" | "set" | "object";
  /** `["a", "p"]` for `data.a.p`. */
  readonly path: readonly Value[];
  /** How many slots from 1 on are filled by the caller. */
  readonly params: number;
  readonly restricted: boolean;
  /** For observers: the heads of a set fit a pattern of keys, whose known parts fill the slots from 1 on. */
  readonly fitted?: true;
  /** Of a set: only elements with these texts under these keys are wanted; others may be there. */
  readonly only?: Narrowing;
  /** Size of the frame, enough for each clause. */
  readonly slots: number;
  /** Else chains, in definition order. */
  readonly chains: readonly ChainPlan[];
  /** The clauses of a partial rule by what they begin with, where some begin alike: see {@link SharedSteps}. */
  readonly shared?: readonly SharedSteps[];
  readonly default: ClausePlan | undefined;
  /** Of a function that arguments and the stable part of the input alone decide: where its calls are kept (see {@link Kept}). */
  readonly lasting?: number;
  readonly index: IndexNode | undefined;
  /** Which clauses OPA evaluates. Only in exact plans. */
  readonly lookup?: LookupPlan;
  readonly span: Span;
}

/** The first clause whose body succeeds decides. */
export type ChainPlan = readonly [ClausePlan, ...ClausePlan[]];

export interface ClausePlan {
  readonly body: BodyPlan;
  /** The value of a complete rule or function; of a single-value clause of an object rule. */
  readonly value: Operand | undefined;
  /** The element of a multi-value clause. */
  readonly element: Operand | undefined;
  /** Where in an object rule the value or element belongs, from the rule's path on. */
  readonly at: readonly Operand[];
  /** `p.q := 1` without `if`: to OPA a part of an object, of which there may be others. Only in plans made for observers. */
  readonly keyed?: true;
  /** Only in plans made for observers: what is constant of the head's reference, and the variables of the head. */
  readonly text?: string;
  readonly vars?: readonly ShownVar[];
  /** The rule; and its head, where a conflict of partial objects is reported. */
  readonly span: Span;
  readonly headSpan: Span;
}

/** Steps that clauses have in common, and what follows: the number of the clause that ends here, or what each does next. */
export interface SharedSteps {
  readonly steps: readonly Step[];
  readonly then: number | readonly SharedSteps[];
}

/** What OPA's rule index knows of the clauses of a rule. */
export interface LookupPlan {
  /** What is read, by number: undefined fits nothing that is asked of it. */
  readonly reads: readonly Operand[];
  /** What some clause compares with something, in the order it is looked at; and what must be there for some, no more. */
  readonly levels: readonly number[];
  readonly required: readonly number[];
  /** Chain by chain. */
  readonly clauses: readonly (readonly ClauseFacts[])[];
}

export interface ClauseFacts {
  /** One of them must hold. */
  readonly paths: readonly (readonly FactPlan[])[];
  /** Keys that must be in collections. */
  readonly memberships: readonly { readonly key: Operand; readonly collection: Operand }[];
}

/** A value must be there (`any`), be equal, have an element that is equal, or begin or end with a text. */
export interface FactPlan {
  readonly ref: number;
  readonly test: "any" | "equal" | "member" | "prefix" | "suffix";
  readonly wanted: Pattern;
  /** Texts are compared in parts, split at these characters. */
  readonly delimiters?: string;
}

/** One level of a rule index: reads a value once and leads to the chains that can match it. Leaves list chains. */
export interface IndexNode {
  readonly on: Operand;
  readonly equal: readonly { readonly value: Value; readonly then: IndexNode | readonly number[] }[];
  /** For every other value, undefined included: chains that do not look at it. */
  readonly other: IndexNode | readonly number[];
}

export interface BodyPlan {
  readonly exprs: readonly ExprPlan[];
  readonly span: Span;
  /** Only in plans made for observers. */
  readonly text?: string;
  readonly vars?: readonly ShownVar[];
}

/** One expression of the source: what observers and errors talk about. */
export interface ExprPlan {
  readonly steps: readonly Step[];
  readonly span: Span;
  readonly generated: boolean;
  /** Only in plans made for observers. */
  readonly shown?: ShownExpr;
}

/** What observers see of an expression. */
export interface ShownExpr {
  /** `not expr`, of which nothing can be done again. */
  readonly negated?: true;
  /** Under `with`: what rules give under changed documents is not remembered. */
  readonly changed?: true;
  readonly text: string;
  /** Its place in its body. */
  readonly index: number;
  readonly vars: readonly ShownVar[];
}

/** A variable, by its name in the source, or a reference to a rule whose value is kept; names may repeat. */
export type ShownVar =
  | {
      readonly name: string;
      readonly slot: Slot;
      /**
       * A variable that is `bound` has its value before what it belongs to is evaluated; one that is `free` gets it there and
       * loses it when that fails.
       */
      readonly state: "bound" | "free";
    }
  /** What is kept of a rule, or of the part under a key, is shown from when on it is known. */
  | {
      readonly name: string;
      readonly rule: number;
      readonly key: Value | undefined;
      readonly state: "read";
    };

export type Step =
  | Bind
  | Check
  | Equal
  | Match
  | Scan
  | Join
  | Walk
  | Relation
  | Solve
  | Invoke
  | Unification
  | NotStep
  | EveryStep
  | LogicStep
  | WithStep;

/** Binds a slot; fails where the value is undefined. */
export interface Bind {
  readonly op: "bind";
  readonly slot: Slot;
  readonly value: Operand;
}
/** Fails where the value is undefined or false. */
export interface Check {
  readonly op: "check";
  readonly value: Operand;
}
/** Fails unless both values are there and equal. */
export interface Equal {
  readonly op: "equal";
  readonly left: Operand;
  readonly right: Operand;
}
/** Takes a value apart; fails where it does not fit. */
export interface Match {
  readonly op: "match";
  readonly value: Operand;
  readonly pattern: Pattern;
}
/** Runs the following steps for each element of a collection. */
export interface Scan {
  readonly op: "scan";
  readonly over: Operand;
  readonly key: Pattern | undefined;
  readonly value: Slot | undefined;
  /** Keys in sort order; false where no result depends on the order. */
  readonly ordered: boolean;
  /** For observers of unifications: each key, with what it is unified with. */
  readonly told?: { readonly key: Side; readonly wanted?: Side };
}
/**
 * Scans followed by an equality with something known before they start:
 * `other := data.inventory.namespace[_][_].Ingress[_]; other.spec.rules[_].host == host`. Has the solutions of `steps`
 * followed by that equality, in the same order, but finds them through an index that lives as long as the collection.
 */
export interface Join {
  readonly op: "join";
  /** The collection that the first of the steps scans. */
  readonly over: Operand;
  /** Depend on nothing but that collection. */
  readonly steps: readonly Step[];
  /** What is compared, read after the steps. */
  readonly column: Operand;
  /** What it must equal, read before the steps. */
  readonly equals: Operand;
  /** The slots the steps bind. */
  readonly slots: readonly Slot[];
}
/** A reference below `data` whose keys decide at run time which rules and base documents it meets. */
export interface Walk {
  readonly op: "walk";
  readonly tree: number;
  /** Ground keys and patterns for the rest of the reference, below the tree's node. */
  readonly keys: readonly WalkKey[];
  readonly value: Slot;
  /** For observers: the variables of the expression that have values before it. */
  readonly vars?: readonly ShownVar[];
  /** For observers of unifications: holds whether the value stands in the base document. */
  readonly inBase?: Slot;
}
export type WalkKey =
  | { readonly ground: Operand }
  | {
      readonly pattern: Pattern;
      /** For observers: the variables of the expression that have values then. */
      readonly vars?: readonly ShownVar[];
      /** For observers of unifications. */
      readonly told?: Side;
    };
/** A builtin with any number of results. */
export interface Relation {
  readonly op: "relation";
  readonly name: string;
  readonly args: readonly Operand[];
  readonly output: Pattern;
  readonly span: Span;
  /** For observers: nobody reads the paths of `walk`, which then are empty. */
  readonly pathless?: true;
  /** For observers of unifications: with what each result is unified. */
  readonly told?: Side;
}
/**
 * Binds a slot to the value of a rule or function, as {@link Bind} would, but runs what follows within the rule's body:
 * the order of events that OPA's traces show. Only in plans made for observers.
 */
export interface Solve {
  readonly op: "solve";
  readonly slot: Slot;
  readonly rule: number;
  readonly args: readonly Operand[];
  /** The key of a partial document of which a part is wanted. */
  readonly key: Operand | undefined;
  readonly span: Span;
  /** As in {@link FunctionCall}. */
  readonly bare?: true;
  /** The variables of the expression that have got their values by then. */
  readonly vars: readonly ShownVar[];
  /** For observers of unifications: what heads are unified with besides the arguments, a call's output or a key known in parts. */
  readonly asked?: Side;
}
/** As {@link Solve}, for a builtin: a rule may stand in its place. */
export interface Invoke {
  readonly op: "invoke";
  readonly slot: Slot;
  readonly call: BuiltinCall;
  readonly asked?: Side;
}
/**
 * Tells observers that two terms are unified, and which of their parts then are. Decides nothing: that is left to the steps
 * around it. Only in plans for observers of unifications.
 */
export interface Unification {
  readonly op: "unification";
  readonly left: Side;
  readonly right: Side;
  /** What was read at the left: OPA turns the sides where that ends in the base document. */
  readonly read?: RefEnd;
}
/** Where a reference below `data` ends. */
export type RefEnd =
  | { readonly in: "base" }
  /** In the base document where a `with` hides the rule. */
  | { readonly in: "rule"; readonly path: readonly Value[] }
  /** A slot holds whether in the base document. */
  | { readonly in: "walk"; readonly inBase: Slot };
/** A term as observers see it where it is unified. */
export type Side =
  /** A constant, a variable that has a value, or what was evaluated: shown as the value, or as the term that made it. */
  | { readonly op: "known"; readonly value: Operand }
  /** A variable without a value. */
  | { readonly op: "free"; readonly name: string; readonly variable: string }
  /** A reference or comprehension that is going to be evaluated. */
  | { readonly op: "text"; readonly shown: ShownTerm }
  | { readonly op: "array"; readonly items: readonly Side[]; readonly shown: ShownTerm }
  | {
      readonly op: "object";
      readonly entries: readonly (readonly [Side, Side])[];
      readonly shown: ShownTerm;
    }
  /** Without a value where a variable in it has none. */
  | { readonly op: "set"; readonly value: Operand | undefined; readonly shown: ShownTerm }
  /** {@link Solve.asked} of whoever evaluates the rule. */
  | { readonly op: "asked" };
/** A term that holds variables, as traces print it. */
export interface ShownTerm {
  readonly text: string;
  /** Those that have values. */
  readonly vars: readonly ShownVar[];
  /** The others: each may get its value from an earlier part of what is unified. */
  readonly open: readonly { readonly name: string; readonly variable: string }[];
}
export interface NotStep {
  readonly op: "not";
  readonly body: BodyPlan;
}
export interface EveryStep {
  readonly op: "every";
  readonly domain: Operand;
  readonly key: Slot;
  readonly value: Slot;
  readonly body: BodyPlan;
  /** The enumeration as traces print it, and its variables. */
  readonly generator?: Pick<ShownExpr, "text" | "vars"> & {
    /** For observers of unifications: the enumeration, its key and its value. */
    readonly told?: { readonly over: Side; readonly key: Side; readonly value: Side };
  };
}
/** Some, or all, of the bodies have a solution. */
export interface LogicStep {
  readonly op: "and" | "or";
  readonly bodies: readonly BodyPlan[];
}
/** Runs the steps under changed documents and functions; what follows runs under the old ones again. */
export interface WithStep {
  readonly op: "with";
  readonly changes: readonly WithChange[];
  readonly steps: readonly Step[];
}
export type WithChange =
  | {
      readonly on: "input" | "data";
      readonly path: readonly Value[];
      readonly value: Operand;
      readonly span: Span;
    }
  | { readonly on: "function"; readonly name: string; readonly by: Replacement };
export type Replacement =
  | { readonly kind: "value"; readonly value: Operand }
  /** A document that each call reads, under the documents and functions that it finds. */
  | {
      readonly kind: "document";
      readonly steps: readonly Step[];
      readonly value: Operand;
      /** For observers of unifications. */
      readonly told?: ShownTerm;
    }
  | { readonly kind: "rule"; readonly rule: number }
  | { readonly kind: "builtin"; readonly name: string };

/** An expression that gives one value or none, and binds nothing. */
export type Operand =
  | { readonly op: "const"; readonly value: Value }
  | { readonly op: "local"; readonly slot: Slot; readonly known: Provenance }
  | { readonly op: "input" }
  /** The base document at a path; keys are taken by their text, as a store's path is. */
  | { readonly op: "base"; readonly path: readonly Operand[] }
  /** `of[key]…`; with `store` keys are taken by their text. */
  | { readonly op: "get"; readonly of: Operand; readonly keys: readonly Operand[]; readonly store: boolean }
  | { readonly op: "array"; readonly items: readonly Operand[]; readonly shown?: ShownTerm }
  | { readonly op: "set"; readonly items: readonly Operand[]; readonly shown?: ShownTerm }
  | {
      readonly op: "object";
      readonly entries: readonly (readonly [Operand, Operand])[];
      /** For observers of unifications, who see the term in the place of the value. */
      readonly shown?: ShownTerm;
    }
  | { readonly op: "rule"; readonly rule: number }
  /** `p[key]` of a partial document: only the part under the key is evaluated. */
  | { readonly op: "keyed"; readonly rule: number; readonly key: Operand }
  | FunctionCall
  | BuiltinCall
  /** Base and virtual documents merged. */
  | { readonly op: "extent"; readonly tree: number }
  | Kept
  | ComprehensionOperand;

/** A value that depends on constants and the stable part of the input alone, computed once for each such part. */
export interface Kept {
  readonly op: "kept";
  /** Counts from 0 in a plan. */
  readonly id: number;
  readonly value: Operand;
}
/** Where the stable part stands in the input, and how many values are kept for it. */
export interface KeptPlan {
  readonly path: readonly string[];
  readonly count: number;
}

export interface FunctionCall {
  readonly op: "function";
  readonly rule: number;
  readonly args: readonly Operand[];
  readonly span: Span;
  /** The call is an expression of its own: where a document replaces the function, it holds whatever the document is. */
  readonly bare?: true;
}
export interface BuiltinCall {
  readonly op: "builtin";
  readonly name: string;
  readonly args: readonly Operand[];
  readonly span: Span;
  /** As in {@link FunctionCall}. */
  readonly bare?: true;
}
export interface ComprehensionOperand {
  readonly op: "comprehension";
  readonly kind: "array" | "set" | "object";
  readonly body: BodyPlan;
  /** The element, or the value of an object's entry. */
  readonly value: Operand;
  readonly key: Operand | undefined;
  /** Holds what is built so far. */
  readonly into: Slot;
  readonly span: Span;
}

/** How a value is taken apart. */
export type Pattern =
  | { readonly op: "any" }
  | { readonly op: "bind"; readonly slot: Slot }
  | { readonly op: "equal"; readonly value: Operand }
  | { readonly op: "array"; readonly items: readonly Pattern[] }
  /** An object with exactly these keys. */
  | { readonly op: "object"; readonly entries: readonly (readonly [Operand, Pattern])[] };

/** A node of the tree of virtual documents. */
export interface TreePlan {
  readonly id: number;
  /** `["a"]` for `data.a`. */
  readonly path: readonly Value[];
  /** The rule that stands here; nothing below it then. */
  readonly rule: number | undefined;
  /** Sorted by key. */
  readonly children: readonly { readonly key: Value; readonly tree: number }[];
  /** For observers: the function that stands here, of which they are told that it is met. */
  readonly met?: number;
  /** Left out of the extent of the node above. */
  readonly hidden: boolean;
}
