import type { Capabilities } from "../../compiler/capabilities.ts";
import type { RegoError } from "../../errors.ts";
import {
  createRego,
  type AnswerHostCall,
  type EvalResult,
  type PreparedQuery,
  type PrepareOptions,
  type Rego,
} from "../../rego.ts";
import type { Value } from "../../value/value.ts";
import { rememberAnswers } from "../coverage.ts";
import type { FlagValues } from "../flags.ts";
import { commandHost } from "../grants.ts";
import { hasDocument } from "../load/document-tree.ts";
import {
  loadByFlags,
  versionOf,
  type LOAD_FLAGS,
  type LoadedFiles,
  type VERSION_FLAGS,
} from "../load/load.ts";
import type { Metrics } from "./metrics.ts";
import { Reports, type ReportFlags } from "./reports.ts";

/** The flags that decide what is evaluated, and how. */
export interface RoundFlags
  extends ReportFlags, FlagValues<typeof LOAD_FLAGS>, FlagValues<typeof VERSION_FLAGS> {
  readonly package: string | undefined;
  readonly import: readonly string[];
  readonly strict: boolean;
  readonly "strict-builtin-errors": boolean;
  readonly "disable-indexing": boolean;
  readonly "disable-early-exit": boolean;
  readonly timeout: number | undefined;
  readonly capabilities: Capabilities | undefined;
}

/** A query, and what it is evaluated with. */
export interface Question {
  readonly query: string;
  readonly input: Value | undefined;
  readonly network: AnswerHostCall;
  readonly onPrint: (line: string) => void;
}

/** One evaluation, with what was watched. */
export interface Round {
  readonly outcome: EvalResult;
  readonly reports: Reports;
  /** What the modules made. */
  readonly rego: Rego;
}

/** Loads, compiles and evaluates, as if nothing had been done before. Throws `FileError` for what cannot be loaded. */
export async function evaluateRound(question: Question, flags: RoundFlags, metrics: Metrics): Promise<Round> {
  metrics.beginRound();
  const { query, input } = question;
  const version = versionOf(flags);
  const loaded = loadByFlags(flags, version, (phase, work) => metrics.time(phase, work));
  const compile = (): Rego => compiled(loaded, flags);
  const hasModules = loaded.modules.length + flags.bundle.length > 0;
  const parses = hasModules && metrics.parseModules(loaded.modules);
  const rego = parses ? metrics.time("module_compile", compile) : compile();
  const reports = new Reports(flags);
  const refused = (errors: readonly RegoError[]): Round => {
    return { outcome: { results: [], errors, builtinErrors: [] }, reports, rego };
  };
  if (rego.errors.length > 0) return refused(rego.errors);
  const prepareQuery = (): PreparedQuery => prepare(rego, query, { observers: reports.observers }, flags);
  const prepared = metrics.parseQuery(query, version)
    ? metrics.time("query_compile", prepareQuery)
    : prepareQuery();
  if (prepared.errors.length > 0) return refused(prepared.errors);
  const network = reports.coverage ? rememberAnswers(question.network) : question.network;
  const options = {
    input,
    data: loaded.data,
    ...(flags.timeout === undefined ? {} : { budget: { milliseconds: flags.timeout } }),
  };
  const outcome = await metrics.timeAsync("query_eval", () =>
    prepared.evalAsync({ ...options, onPrint: question.onPrint }, network),
  );
  if (outcome.errors.length === 0) {
    await reports.coverage?.repeat((settings) =>
      prepare(rego, query, settings, flags).evalAsync(options, network),
    );
  }
  return { outcome, reports, rego };
}

function compiled({ modules, data }: LoadedFiles, flags: RoundFlags): Rego {
  return createRego({
    modules,
    annotations: true,
    host: commandHost(),
    print: true,
    strict: flags.strict,
    dataPathExists: (path) => hasDocument(data, path),
    ...(flags.capabilities ? { capabilities: flags.capabilities } : {}),
  });
}

function prepare(rego: Rego, query: string, settings: PrepareOptions, flags: RoundFlags): PreparedQuery {
  return rego.prepare(query, {
    strictBuiltinErrors: flags["strict-builtin-errors"],
    version: versionOf(flags),
    imports: flags.import,
    ruleIndex: !flags["disable-indexing"],
    earlyExit: !flags["disable-early-exit"],
    ...(flags.package === undefined ? {} : { package: flags.package }),
    ...settings,
  });
}
