import type { Annotations, Import, Rule, Term } from "../syntax/ast.ts";
import type { CapabilityBuiltin } from "./capabilities.ts";
import type { CompileOptions } from "./compile-options.ts";
import type { ErrorList } from "./error-list.ts";
import type { RuleGraph } from "./graph-node.ts";
import type { LocalNames } from "./local-names.ts";
import type { ModuleEntry, RuleEntry } from "./module-entry.ts";
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
  /** Names of the functions that CheckTypes saw called: not those in the statements of `every` and of `not {…}`. */
  readonly calledFunctions: Set<string>;
  /** Filled by ResolveRefs in strict mode, reported by the next stage. */
  readonly unusedImports: Import[];
  /** METADATA blocks by module name. Filled by ParseMetadataBlocks where somebody asks for them. */
  readonly annotations: Map<string, readonly Annotations[]>;
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
