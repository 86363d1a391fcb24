import type { RegoError, RegoErrorCode } from "../errors.ts";
import type { Annotations } from "../syntax/annotations.ts";
import type { Import, Module, RefTerm, Rule, Term } from "../syntax/ast.ts";
import type { Location } from "../syntax/location.ts";
import type { CapabilityBuiltin } from "./capabilities.ts";
import type { CompileOptions } from "./compile.ts";
import type { LocalNames } from "./local-names.ts";
import type { RuleGraph } from "./rule-graph.ts";
import type { TreeNode } from "./rule-tree.ts";
import type { TypeEnv } from "./types/type-env.ts";

/**
 * The state of one compilation. Stages read and replace the parts of it: rules are immutable, `entry.rule` is
 * what the stages so far made of them.
 */
export interface Compilation {
  readonly options: CompileOptions;
  /** In the order of names. */
  readonly modules: readonly ModuleEntry[];
  readonly builtins: ReadonlyMap<string, CapabilityBuiltin>;
  readonly errors: ErrorList;
  locals: LocalNames;
  /** Generated local → the source's name. */
  readonly originalNames: Map<string, string>;
  /** Generated local → the term it was bound to, for messages. */
  readonly subjects: Map<string, Term>;
  readonly tree: TreeNode;
  /** Empty until SetGraph. */
  graph: RuleGraph;
  /** Types of rules, once CheckTypes has run. */
  types: TypeEnv | undefined;
  /** Filled by ResolveRefs in strict mode, reported by the next stage. */
  readonly unusedImports: Import[];
  /** METADATA blocks by module name. Empty unless a policy asks for them. */
  readonly annotations: Map<string, readonly Annotations[]>;
}

export interface ModuleEntry {
  readonly name: string;
  readonly source: Module;
  imports: readonly Import[];
  readonly rules: readonly RuleEntry[];
}

export interface RuleEntry {
  rule: Rule;
  readonly module: ModuleEntry;
}

export const UNLIMITED = 0;

/**
 * Collects errors up to a limit. Stops compilation after the current stage unless all errors are recoverable.
 */
export class ErrorList {
  readonly #errors: RegoError[] = [];
  readonly #limit: number;
  #limitReached = false;
  #mustStop = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A recoverable error leaves modules in a state that the next stages can work on. */
  add(error: RegoError, recoverable = false): void {
    if (this.#limitReached) return;
    this.#errors.push(error);
    if (!recoverable) this.#mustStop = true;
    if (this.#limit !== UNLIMITED && this.#errors.length === this.#limit) {
      this.#limitReached = true;
      this.#mustStop = true;
    }
  }

  addAll(errors: readonly RegoError[], recoverable = false): void {
    for (const error of errors) this.add(error, recoverable);
  }

  get mustStop(): boolean {
    return this.#mustStop;
  }

  get isEmpty(): boolean {
    return this.#errors.length === 0;
  }

  /** By place, then by text; the notice of the limit last. */
  sorted(): readonly RegoError[] {
    const sorted = this.#errors.toSorted(compareErrors);
    if (this.#limitReached) sorted.push(compileError("error limit reached", undefined));
    return sorted;
  }
}

function compareErrors(a: RegoError, b: RegoError): number {
  const places = compareLocations(a.location, b.location);
  if (places !== 0) return places;
  const left = `${a.code}: ${a.message}`;
  const right = `${b.code}: ${b.message}`;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** By file, row and column; what has no place comes last. */
export function compareLocations(a: Location | undefined, b: Location | undefined): number {
  if (!a || !b) return a ? -1 : b ? 1 : 0;
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.row - b.row || a.col - b.col;
}

export function regoError(
  code: RegoErrorCode,
  message: string,
  location: Location | undefined,
  details?: readonly string[],
): RegoError {
  return details ? { code, message, location, details } : { code, message, location };
}

export function compileError(message: string, location: Location | undefined): RegoError {
  return regoError("rego_compile_error", message, location);
}

export function typeError(
  message: string,
  location: Location | undefined,
  details?: readonly string[],
): RegoError {
  return regoError("rego_type_error", message, location, details);
}

/** Replaces every rule by what the function makes of it. */
export function rewriteRules(c: Compilation, change: (rule: Rule, entry: RuleEntry) => Rule): void {
  for (const module of c.modules) {
    for (const entry of module.rules) entry.rule = change(entry.rule, entry);
  }
}

export function eachRule(c: Compilation, visit: (rule: Rule, entry: RuleEntry) => void): void {
  for (const module of c.modules) for (const entry of module.rules) visit(entry.rule, entry);
}

/** Whether v1's checks hold for a module. */
export function isStrict(c: Compilation, module: ModuleEntry): boolean {
  return c.options.strict === true || module.source.strictV1;
}

/** The absolute ref of a rule: `data`, the package, the head's ref. */
export function absoluteRef(rule: Rule, module: ModuleEntry): RefTerm {
  const [name, ...rest] = rule.head.ref.parts;
  const text = name.kind === "var" ? name.name : "";
  const parts = [
    ...module.source.package.path.parts,
    { kind: "scalar", value: text, location: name.location } as const,
    ...rest,
  ] as unknown as RefTerm["parts"];
  return { kind: "ref", parts, location: rule.head.ref.location };
}
