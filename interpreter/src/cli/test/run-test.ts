import type { RegoError } from "../../errors.ts";
import type { Observer } from "../../plan/events.ts";
import type { RecordedEvent, TraceRecorder } from "../../observe/trace.ts";
import type { AnswerHostCall, Rego } from "../../rego.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { rememberAnswers, type Coverage } from "../coverage.ts";
import type { TestRule } from "./find-tests.ts";
import { everySubResult, subResultsOf, type CaseMark, type SubResults } from "./sub-results.ts";

/** How one test ended. */
export interface TestResult {
  readonly test: TestRule;
  readonly outcome: "pass" | "fail" | "skip" | "error";
  readonly error: RegoError | undefined;
  readonly durationNs: number;
  /** What the test printed. */
  readonly output: string;
  readonly trace: readonly RecordedEvent[];
  readonly subResults: SubResults;
}

/** What tests run with. */
export interface TestBench {
  readonly rego: Rego;
  readonly data: PlainObject;
  readonly timeoutMs: number;
  readonly network: AnswerHostCall;
  /** Told of every test; at least one, so that evaluation keeps the order of the source. */
  readonly observers: readonly Observer[];
  /** One of the observers, where traces are wanted. */
  readonly trace: TraceRecorder | undefined;
  /** Another of them, where coverage is wanted. */
  readonly coverage: Coverage | undefined;
  /** Receives each case as it begins. */
  readonly cases: CaseListener;
}

/** Hands the calls of `internal.test_case` to the test that runs. */
export class CaseListener {
  onCase: (keys: readonly Value[]) => void = () => undefined;
}

export async function runTest(test: TestRule, bench: TestBench): Promise<TestResult> {
  const nothing = { test, error: undefined, durationNs: 0, output: "", trace: [], subResults: new Map() };
  if (test.isSkipped) return { ...nothing, outcome: "skip" };
  const prepared = bench.rego.prepare(test.query, { observers: bench.observers });
  let output = "";
  const marks: CaseMark[] = [];
  const closeCase = (): void => {
    const last = marks.at(-1);
    if (last && bench.trace) last.trace = [...bench.trace.events];
  };
  bench.cases.onCase = (keys) => {
    closeCase();
    marks.push({ keys, trace: [] });
  };
  const started = process.hrtime.bigint();
  const network = bench.coverage ? rememberAnswers(bench.network) : bench.network;
  const given = { data: bench.data, budget: { milliseconds: bench.timeoutMs } };
  const { results, errors } = await prepared.evalAsync(
    { ...given, onPrint: (line) => (output += `${line}\n`) },
    network,
  );
  const durationNs = Number(process.hrtime.bigint() - started);
  closeCase();
  if (errors.length === 0) {
    await bench.coverage?.repeat((settings) =>
      bench.rego.prepare(test.query, settings).evalAsync(given, network),
    );
  }
  const trace = bench.trace?.events ?? [];
  const ended = { test, error: errors[0], durationNs, output, trace };
  const value = results[0]?.expressions[0]?.value;
  if (errors.length > 0) return { ...ended, outcome: "error", subResults: new Map() };
  if (value === undefined) return { ...ended, outcome: "fail", subResults: new Map() };
  if (!test.hasCases) return { ...ended, outcome: value === true ? "pass" : "fail", subResults: new Map() };
  const subResults = subResultsOf(value, marks);
  const fails = [...everySubResult(subResults)].some(({ result }) => result.fail);
  return { ...ended, outcome: fails ? "fail" : "pass", subResults };
}
