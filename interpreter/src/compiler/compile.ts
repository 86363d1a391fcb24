import type { RegoError } from "../errors.ts";
import type { Module } from "../syntax/ast.ts";
import type { Capabilities, CapabilityBuiltin } from "./capabilities.ts";
import type { CompileOptions } from "./compile-options.ts";
import { ErrorList, compileError } from "./error-list.ts";
import type { Compilation } from "./compilation.ts";
import type { ModuleEntry } from "./module-entry.ts";
import type { CompiledModules } from "./compiled.ts";
import { finish } from "./finish.ts";
import { LocalNames } from "./local-names.ts";
import { buildRuleTree } from "./rule-tree.ts";
import { STAGES } from "./stages.ts";

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
    calledFunctions: new Set(),
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
