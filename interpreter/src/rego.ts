import type { Builtin, Host } from "./builtins/builtin.ts";
import { defaultCapabilities } from "./builtins/capabilities.ts";
import { builtins as allBuiltins } from "./builtins/index.ts";
import type { Capabilities } from "./compiler/capabilities.ts";
import { compile } from "./compiler/compile.ts";
import type { CompiledModules } from "./compiler/compiled.ts";
import { compileQuery } from "./compiler/query.ts";
import type { RegoError } from "./errors.ts";
import { coverablePlaces, type Coverable } from "./plan/coverable.ts";
import type { Observer } from "./plan/events.ts";
import { planDocument, planQuery } from "./plan/planner.ts";
import { type PlanOptions } from "./plan/plan-options.ts";
import type { Plan } from "./plan/plan.ts";
import type { Module, RegoVersion } from "./syntax/ast.ts";
import { parseModule, parseQuery, type ParsedModule } from "./syntax/parse.ts";
import { assemble, type Executable } from "./topdown/assemble.ts";
import type { BudgetLeft, BudgetLimits } from "./topdown/budget.ts";
import { resultsOf, valueOf, type Outcome, type QueryResult, type RunOptions } from "./topdown/query.ts";
import { evaluation, type Evaluation } from "./topdown/second-run.ts";
import { evalWithAnswers, type AnswerHostCall, type HostAnswers, type NoHost } from "./topdown/suspend.ts";
import type { PlainObject, Value } from "./value/value.ts";

export type { Observer, TraceEvent } from "./plan/events.ts";
export type { QueryResult } from "./topdown/query.ts";
export type { BudgetLimits } from "./topdown/budget.ts";
export { evalWithAnswers, NO_HOST } from "./topdown/suspend.ts";
export type { AnswerHostCall, HostAnswer, HostAnswers, NoHost, Waiting } from "./topdown/suspend.ts";

export interface ModuleSource {
  /** The file name that errors print. */
  readonly name: string;
  /** Tells modules apart whose names are the same, as in several archives. Default: the name. */
  readonly key?: string;
  readonly source: string;
  /** Default: `v1`. */
  readonly version?: RegoVersion;
}

/** A module that is parsed already. */
export interface ParsedSource {
  /** The file name that errors print. */
  readonly name: string;
  /** As that of a {@link ModuleSource}. */
  readonly key?: string;
  readonly module: Module;
}

export interface RegoOptions {
  readonly modules: readonly (ModuleSource | ParsedSource)[];
  /** Default: all. */
  readonly builtins?: ReadonlyMap<string, Builtin>;
  /** Default: what the builtins offer. */
  readonly capabilities?: Capabilities;
  /** Clock, randomness, cryptography. Without it time stands still at 1970 and what needs the rest fails. */
  readonly host?: Host;
  /** Keep `print` calls; they are erased otherwise. */
  readonly print?: boolean;
  readonly strict?: boolean;
  /** Read the METADATA blocks of sources: a faulty one, or two for one thing, are errors even if no rule asks for them. */
  readonly annotations?: boolean;
  /** Report each case of a test rule (`test_x[case] if …`) to the builtin `internal.test_case`. */
  readonly testCases?: boolean;
  /** How many errors of compiling to report at most; 0 for all, 10 by default. */
  readonly errorLimit?: number;
  /** Tells whether base documents exist at a path, to find conflicts with rules. */
  readonly dataPathExists?: (path: readonly string[]) => boolean;
}

export interface Rego {
  /** Errors of parsing and compiling. When there are any, whatever is prepared has the same. */
  readonly errors: readonly RegoError[];
  /** Prepares a query, written in Rego v1. */
  prepare(query: string, options?: PrepareOptions): PreparedQuery;
  /** Prepares the value of one document below `data`: a rule, a package, or a base document. */
  prepareRule(path: readonly string[], options?: PrepareOptions): PreparedRule;
  /** What an evaluation can reach of the modules: for reports of coverage. */
  coverable(): readonly Coverable[];
}

export interface PrepareOptions {
  /** Told what happens during each evaluation. Without any, nothing is spent on them. */
  readonly observers?: readonly Observer[];
  /** The version the query is written in. Default: `v1`. */
  readonly version?: RegoVersion;
  /** An error of a builtin ends the evaluation's results with that error. */
  readonly strictBuiltinErrors?: boolean;
  /** Names in the query are those of this package, such as `a.b`. */
  readonly package?: string;
  /** Imports of the query, such as `data.lib.f`. */
  readonly imports?: readonly string[];
  readonly ruleIndex?: boolean;
  readonly earlyExit?: boolean;
  /**
   * A part of the input, such as `["parameters"]`, that many evaluations share. What depends on it alone is computed once
   * for each object that stands there, told apart by identity, and kept as long as the object: it must not change. Nothing
   * is kept where the order of evaluation shows, as with observers, `print` or strict builtin errors.
   */
  readonly stableInput?: readonly string[];
  /**
   * Write JavaScript for what is evaluated: quicker by half where many policies are evaluated often, slower for a few evaluations.
   * Without effect with observers, and where the host forbids code made of strings.
   */
  readonly generateCode?: boolean;
}

export interface EvalOptions {
  /** Absent: `input` is undefined. */
  readonly input?: Value | undefined;
  /** The root of the base documents. */
  readonly data?: PlainObject;
  readonly budget?: BudgetLimits | undefined;
  readonly host?: Host | undefined;
  readonly onPrint?: ((line: string) => void) | undefined;
  /** Answers to host calls of an earlier run, or that there is no host to call. */
  readonly answers?: HostAnswers | NoHost | undefined;
}

export interface EvalResult {
  readonly results: readonly QueryResult[];
  /** What ended the evaluation. */
  readonly errors: readonly RegoError[];
  /** Errors of builtins that made their calls undefined. Complete only with `print`, strict errors or an observer. */
  readonly builtinErrors: readonly RegoError[];
}

export interface RuleResult {
  readonly value: Value | undefined;
  readonly errors: readonly RegoError[];
}

export interface PreparedQuery {
  readonly errors: readonly RegoError[];
  /** Never throws for a policy's faults. Throws a `Suspension` where the host must answer first: see `evalAsync`. */
  eval(options?: EvalOptions): EvalResult;
  /** Evaluates with the host's answers, running again after each. The budget is that of all runs together. */
  evalAsync(options: EvalOptions, answer: AnswerHostCall): Promise<EvalResult>;
}

export interface PreparedRule {
  readonly errors: readonly RegoError[];
  eval(options?: EvalOptions): RuleResult;
  evalAsync(options: EvalOptions, answer: AnswerHostCall): Promise<RuleResult>;
}

/** Parses and compiles modules. Faults of the policy are in `errors`, never thrown. */
export function createRego(options: RegoOptions): Rego {
  const rows = options.builtins ?? allBuiltins;
  const capabilities = options.capabilities ?? defaultCapabilities(rows);
  const compiled = compileModules(options, capabilities);
  const host = options.host ?? STILL_HOST;

  /** Undefined where the query needs more stack than there is. */
  const executable = (
    settings: PrepareOptions,
    exact: boolean,
    plan: (how: PlanOptions) => Plan,
  ): Executable | undefined => {
    const { earlyExit = true, ruleIndex = true, generateCode: generate = false, observers = [] } = settings;
    try {
      const made = plan(planOptions(rows, settings, exact));
      if (!exact && made.builtins.some(showsOrder)) return executable(settings, true, plan);
      return assemble(made, rows, { exact, earlyExit, ruleIndex, observers, generate });
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  };
  const evaluationOf = <T>(
    settings: PrepareOptions,
    plan: (how: PlanOptions) => Plan,
    runner: (executable: Executable) => (options: RunOptions) => Outcome<T>,
  ): Evaluation<T> | undefined => {
    const exact = settings.strictBuiltinErrors === true || (settings.observers ?? []).length > 0;
    const made = executable(settings, exact, plan);
    return made && evaluation(made, () => executable(settings, true, plan), runner);
  };
  const runOptions = (settings: PrepareOptions, given: EvalOptions, left?: BudgetLeft): RunOptions => ({
    input: given.input,
    data: given.data ?? NO_DATA,
    host: given.host ?? host,
    budget: given.budget ?? NO_LIMITS,
    budgetLeft: left,
    answers: given.answers,
    onPrint: given.onPrint,
    strictBuiltinErrors: settings.strictBuiltinErrors === true,
  });

  return {
    errors: compiled.errors,
    coverable: () => coverablePlaces(compiled.parsed),
    prepare(query, settings = {}) {
      if (!compiled.modules) return failedQuery(compiled.errors);
      const parsed = parseQuery(
        query,
        settings.version ?? "v1",
        settings.version === "v0" ? undefined : capabilities,
      );
      if (!parsed.ok) return failedQuery(parsed.errors);
      const checked = compileQuery(parsed.body, compiled.modules, {
        capabilities,
        print: options.print ?? false,
        strict: options.strict ?? false,
        ...(settings.package === undefined ? {} : { package: settings.package }),
        ...(settings.imports === undefined ? {} : { imports: settings.imports }),
      });
      if (!checked.ok) return failedQuery(checked.errors);
      const { modules } = compiled;
      const made = evaluationOf(settings, (how) => planQuery(modules, checked.query, how), resultsOf);
      if (!made) return failedQuery([TOO_DEEP]);
      const evaluate = (given: EvalOptions, left?: BudgetLeft): EvalResult => {
        const { value, errors, builtinErrors } = made.run(runOptions(settings, given, left));
        return { results: value, errors, builtinErrors };
      };
      return {
        errors: [],
        eval: (given = {}) => evaluate(given),
        evalAsync: (given, answer) => evalInRuns(made, evaluate, given, answer),
      };
    },
    prepareRule(path, settings = {}) {
      if (!compiled.modules) return failedRule(compiled.errors);
      const { modules } = compiled;
      const made = evaluationOf(settings, (how) => planDocument(modules, path, how), valueOf);
      if (!made) return failedRule([TOO_DEEP]);
      const evaluate = (given: EvalOptions, left?: BudgetLeft): RuleResult =>
        made.run(runOptions(settings, given, left));
      return {
        errors: [],
        eval: (given = {}) => evaluate(given),
        evalAsync: (given, answer) => evalInRuns(made, evaluate, given, answer),
      };
    },
  };
}

/** All runs of an evaluation share its budget, and its deadline holds while the host is asked. */
function evalInRuns<T>(
  { left: budgetLeft }: Evaluation<unknown>,
  evaluate: (options: EvalOptions, left?: BudgetLeft) => T,
  given: EvalOptions,
  answer: AnswerHostCall,
): Promise<T> {
  let left: BudgetLeft | undefined;
  const attempt = (answers: HostAnswers): T => {
    try {
      return evaluate({ ...given, answers }, left);
    } finally {
      // Read at once: another evaluation may run while the host is asked.
      left = budgetLeft();
    }
  };
  return evalWithAnswers(attempt, typeof given.answers === "object" ? given.answers : [], answer);
}

const NO_DATA: PlainObject = Object.freeze({});
const NO_LIMITS: BudgetLimits = Object.freeze({});
const TOO_DEEP: RegoError = {
  code: "rego_compile_error",
  message: "query is nested too deeply to compile",
  location: undefined,
};
const STILL_HOST: Host = { nowNs: () => 0n, random: () => 0 };

interface Compiled {
  readonly modules: CompiledModules | undefined;
  /** As they were written; none where one has errors. */
  readonly parsed: readonly Module[];
  readonly errors: readonly RegoError[];
}

function compileModules(options: RegoOptions, capabilities: Capabilities): Compiled {
  const modules = new Map<string, Module>();
  const errors: RegoError[] = [];
  for (const given of options.modules) {
    const { name } = given;
    const parsed =
      "module" in given ? { ok: true as const, module: given.module } : parse(given, capabilities, options);
    if (parsed.ok) modules.set(given.key ?? name, parsed.module);
    else errors.push(...parsed.errors);
  }
  if (errors.length > 0) return { modules: undefined, parsed: [], errors };
  const result = compile(modules, {
    capabilities,
    print: options.print ?? false,
    strict: options.strict ?? false,
    testCases: options.testCases ?? false,
    ...(options.errorLimit === undefined ? {} : { errorLimit: options.errorLimit }),
    ...(options.dataPathExists === undefined ? {} : { dataPathExists: options.dataPathExists }),
  });
  return result.ok
    ? { modules: result.compiled, parsed: [...modules.values()], errors: [] }
    : { modules: undefined, parsed: [], errors: result.errors };
}

function parse(
  { name, source, version = "v1" }: ModuleSource,
  capabilities: Capabilities,
  { annotations = false }: RegoOptions,
): ParsedModule {
  return parseModule({ name, source, version, capabilities, annotations });
}

function planOptions(
  rows: ReadonlyMap<string, Builtin>,
  settings: PrepareOptions,
  exact: boolean,
): PlanOptions {
  return {
    exact,
    observed: (settings.observers ?? []).length > 0,
    unifications: (settings.observers ?? []).some(({ unifications }) => unifications === true),
    ruleIndex: settings.ruleIndex !== false,
    stableInput: settings.stableInput,
    builtin: (name) => {
      const row = rows.get(name);
      return row && { arity: row.decl.args.length, relation: row.relation === true, pure: isPure(row) };
    },
  };
}

/** Builtins whose messages come in the order of evaluation. */
function showsOrder(builtin: string): boolean {
  return builtin === "internal.print" || builtin === "trace";
}

/** What a builtin without a result does is a message. */
function isPure(row: Builtin): boolean {
  return (
    row.nondeterministic !== true &&
    row.readsClock !== true &&
    row.memoised !== true &&
    row.decl.result !== undefined &&
    row.name !== "trace"
  );
}

function failedQuery(errors: readonly RegoError[]): PreparedQuery {
  const result = { results: [], errors, builtinErrors: [] };
  return { errors, eval: () => result, evalAsync: () => Promise.resolve(result) };
}

function failedRule(errors: readonly RegoError[]): PreparedRule {
  const result = { value: undefined, errors };
  return { errors, eval: () => result, evalAsync: () => Promise.resolve(result) };
}
