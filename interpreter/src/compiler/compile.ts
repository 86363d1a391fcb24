import type { RegoError } from "../errors.ts";
import type { Module } from "../syntax/ast.ts";
import type { Capabilities, CapabilityBuiltin } from "./capabilities.ts";
import { ErrorList, compileError } from "./compilation.ts";
import type { Compilation, ModuleEntry } from "./compilation.ts";
import type { CompiledModules } from "./compiled.ts";
import { finish } from "./finish.ts";
import { LocalNames } from "./local-names.ts";
import { buildRuleTree } from "./rule-tree.ts";
import { STAGES } from "./stages.ts";

export interface CompileOptions {
  /** The builtins that exist, and what else a policy may use. */
  readonly capabilities: Capabilities;
  /** Also report what v1 only reports for v1 modules, and unused vars, args and imports. */
  readonly strict?: boolean;
  /** Keep `print` calls; without it they are taken out. */
  readonly print?: boolean;
  /** Report each case of a test rule (`test_x[case] if …`) to `internal.test_case`. */
  readonly testCases?: boolean;
  /** Builtins that must not be called or mocked although they exist. */
  readonly unsafeBuiltins?: ReadonlySet<string>;
  /** Whether base data has something at a path: a rule there would hide it. */
  readonly dataPathExists?: (path: readonly string[]) => boolean;
  /** How many errors to report at most; 0 for all, 10 by default. */
  readonly errorLimit?: number;
  /** Leave types unchecked (arity and names of functions are always checked). */
  readonly skipTypes?: boolean;
}

export type CompileResult =
  | { readonly ok: true; readonly compiled: CompiledModules }
  | { readonly ok: false; readonly errors: readonly RegoError[] };

const DEFAULT_ERROR_LIMIT = 10;

/**
 * Compiles modules together, in the order of their names. A stage runs over all modules; when it reports
 * errors, compilation ends after it. Never throws for a bad policy. Texts, codes and order of errors are
 * OPA's.
 */
export function compile(modules: ReadonlyMap<string, Module>, options: CompileOptions): CompileResult {
  const c = newCompilation(modules, options);
  try {
    for (const { run } of STAGES) {
      run(c);
      if (c.errors.mustStop) break;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, errors: [compileError("policy is nested too deeply to compile", undefined)] };
  }
  if (!c.errors.isEmpty) return { ok: false, errors: c.errors.sorted() };
  return { ok: true, compiled: finish(c) };
}

function newCompilation(modules: ReadonlyMap<string, Module>, options: CompileOptions): Compilation {
  const names = [...modules.keys()].sort(compareNames);
  const entries = names.map((name): ModuleEntry => {
    const source = modules.get(name) as Module;
    const entry: { -readonly [K in keyof ModuleEntry]: ModuleEntry[K] } = {
      name,
      source,
      imports: source.imports,
      rules: [],
    };
    entry.rules = source.rules.map((rule) => ({ rule, module: entry }));
    return entry;
  });
  return {
    options,
    modules: entries,
    builtins: builtinsByName(options.capabilities),
    errors: new ErrorList(options.errorLimit ?? DEFAULT_ERROR_LIMIT),
    locals: new LocalNames("__local", new Set()),
    originalNames: new Map(),
    subjects: new Map(),
    graph: { nodes: [], ofEntry: new Map() },
    types: undefined,
    unusedImports: [],
    annotations: new Map(),
    tree: buildRuleTree(entries),
  };
}

/** By code points, as OPA sorts names. */
function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const BUILTINS = new WeakMap<Capabilities, ReadonlyMap<string, CapabilityBuiltin>>();

/** One map for each set of capabilities: many policies are compiled with the same. */
function builtinsByName(capabilities: Capabilities): ReadonlyMap<string, CapabilityBuiltin> {
  const known = BUILTINS.get(capabilities);
  if (known) return known;
  const map = new Map(capabilities.builtins.map((builtin) => [builtin.name, builtin]));
  BUILTINS.set(capabilities, map);
  return map;
}
