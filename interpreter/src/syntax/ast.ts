import type { RegoError } from "../errors.ts";
import type { RegoNumber, Value } from "../value/value.ts";
import type { Location } from "../location.ts";

/**
 * The tree of a Rego module, in OPA's vocabulary. One tree serves the compiler, the formatter, `rego.parse_module` and
 * errors. Nodes are plain data and never change; a compiler stage that rewrites builds new ones.
 */

export type RegoVersion = "v0" | "v1";

export interface Module {
  readonly kind: "module";
  readonly package: Package;
  readonly imports: readonly Import[];
  readonly rules: readonly Rule[];
  readonly comments: readonly Comment[];
  readonly annotations: readonly Annotations[];
  /** Whether the reader asked for METADATA blocks: then they have no faults, and count even if no rule asks for them. */
  readonly hasReadAnnotations: boolean;
  /** The faults of METADATA blocks, where the reader did not ask for these. */
  readonly annotationErrors: readonly RegoError[];
  /** The version the module was parsed as. */
  readonly version: RegoVersion;
  /** True where v1's checks apply: version v1, or v0 with `import rego.v1`. */
  readonly strictV1: boolean;
  readonly location: Location;
}

/** One METADATA block. */
export interface Annotations {
  readonly scope: "rule" | "document" | "package" | "subpackages";
  /** The block as a Rego object with the keys that `rego.metadata.*` and `inspect` show (scope included). */
  readonly value: Value;
  readonly entrypoint: boolean;
  readonly location: Location;
  /** The row of the statement it stands before: a rule's or the package's; undefined for a stray block. */
  readonly targetRow: number | undefined;
}

export interface Comment {
  /** Without the leading `#`. */
  readonly text: string;
  readonly location: Location;
}

export interface Package {
  /** `data.a.b` as a ref: its head is the var `data`. */
  readonly path: RefTerm;
  readonly location: Location;
}

export interface Import {
  /** A ref whose head is `data`, `input`, `future` or `rego`. */
  readonly path: RefTerm;
  readonly alias: string | undefined;
  readonly location: Location;
}

export interface Rule {
  readonly kind: "rule";
  readonly default: boolean;
  readonly head: Head;
  /** Never empty: a rule without a body has the body `true`, marked generated. */
  readonly body: Body;
  readonly else: Rule | undefined;
  readonly location: Location;
}

export interface Head {
  /** The whole ref of the rule inside its package: `p`, `p.q.r`, `p[x].q`. Its head is a var. */
  readonly ref: RefTerm;
  /** Present (possibly empty) for functions. */
  readonly args: readonly Term[] | undefined;
  /** The element of a multi-value rule (`contains`, v0's partial sets). */
  readonly key: Term | undefined;
  /** The value of a single-value rule; a head without one has the scalar `true`. Undefined for multi-value rules. */
  readonly value: Term | undefined;
  /** How the source spelt it: the formatter and errors need it, evaluation does not. */
  readonly assign: boolean;
  readonly hasIf: boolean;
  readonly hasContains: boolean;
  /** True where the source spells the value (`p := true`), false where it is implied. */
  readonly explicitValue: boolean;
  readonly location: Location;
}

export type Body = readonly Expr[];

/** One expression of a body. */
export interface Expr {
  readonly negated: boolean;
  readonly terms: ExprTerms;
  readonly with: readonly With[];
  /** Made by the compiler: hidden from results and coverage. */
  readonly generated: boolean;
  readonly location: Location;
}

export type ExprTerms =
  | TermExpr
  | CallExpr
  | SomeDecl
  | Every
  | NotBody
  /** Experimental `and` / `or` at literal level. */
  | LogicalExpr;

/** A single term as a statement. */
export interface TermExpr {
  readonly kind: "term";
  readonly term: Term;
}

/**
 * A call as a statement. Operators are calls of their builtin: `=` is `eq`, `:=` is `assign`, `==` is `equal`, `x in y` is
 * `internal.member_2`. After compilation a call may carry one argument more than its arity: the output.
 */
export interface CallExpr {
  readonly kind: "call";
  /** `startswith` is a ref of one var, `io.jwt.decode` a ref of a var and two strings, `data.a.f` after resolving. */
  readonly operator: RefTerm;
  readonly args: readonly Term[];
  /** Written as an infix operator. */
  readonly infix: boolean;
}

/** `some x, y` declares vars; `some k, v in xs` is one call term of `internal.member_2` or `internal.member_3`. */
export interface SomeDecl {
  readonly kind: "some";
  readonly symbols: readonly Term[];
}

export interface Every {
  readonly kind: "every";
  readonly key: VarTerm | undefined;
  readonly value: VarTerm;
  readonly domain: Term;
  readonly body: Body;
}

/** `not { body }` of `import future.keywords.not`; `negated` of the expression is false. */
export interface NotBody {
  readonly kind: "not";
  readonly body: Body;
  /** False where the body was wrapped around `not expr` implicitly. */
  readonly explicit: boolean;
}

export interface LogicalExpr {
  readonly kind: "and" | "or";
  /** Always two: `a or b or c` is `(a or b) or c`. */
  readonly operands: readonly Body[];
  /** For each operand, whether it was written in braces. */
  readonly explicit: readonly boolean[];
}

export interface With {
  readonly target: Term;
  readonly value: Term;
  readonly location: Location;
}

export type Term =
  | ScalarTerm
  | VarTerm
  | RefTerm
  | ArrayTerm
  | SetTerm
  | ObjectTerm
  | ArrayComprehension
  | SetComprehension
  | ObjectComprehension
  | CallTerm
  | TemplateTerm;

export interface ScalarTerm {
  readonly kind: "scalar";
  readonly value: null | boolean | RegoNumber | string;
  /** A string written between backticks. */
  readonly raw?: boolean;
  readonly location: Location;
}

export interface VarTerm {
  readonly kind: "var";
  /** Wildcards are `$0`, `$1`, …: a fresh one for each `_` of a parse. */
  readonly name: string;
  readonly location: Location;
}

/** `head[a].b`: the head is any term but usually a var; `.b` is the string scalar `b`. Always two parts or more, but for operators, package and rule refs. */
export interface RefTerm {
  readonly kind: "ref";
  readonly parts: readonly [Term, ...Term[]];
  readonly location: Location;
}

export interface ArrayTerm {
  readonly kind: "array";
  readonly items: readonly Term[];
  readonly location: Location;
}

export interface SetTerm {
  readonly kind: "set";
  readonly items: readonly Term[];
  readonly location: Location;
}

export interface ObjectTerm {
  readonly kind: "object";
  readonly entries: readonly (readonly [Term, Term])[];
  readonly location: Location;
}

export interface ArrayComprehension {
  readonly kind: "array-comprehension";
  readonly head: Term;
  readonly body: Body;
  readonly location: Location;
}

export interface SetComprehension {
  readonly kind: "set-comprehension";
  readonly head: Term;
  readonly body: Body;
  readonly location: Location;
}

export interface ObjectComprehension {
  readonly kind: "object-comprehension";
  readonly key: Term;
  readonly value: Term;
  readonly body: Body;
  readonly location: Location;
}

export interface CallTerm {
  readonly kind: "call";
  readonly operator: RefTerm;
  readonly args: readonly Term[];
  readonly infix: boolean;
  readonly location: Location;
}

/** `$"a {x}"`: text parts and one expression per brace. */
export interface TemplateTerm {
  readonly kind: "template";
  readonly parts: readonly (string | Expr)[];
  /** Written between backticks. */
  readonly raw: boolean;
  readonly location: Location;
}
