import { CoverageRecorder, type CoverageKind, type CoverageReport } from "../observe/coverage.ts";
import type { AnswerHostCall, PrepareOptions, Rego } from "../rego.ts";
import { printValue } from "../value/print.ts";
import type { Value } from "../value/value.ts";
import { UsageError, type Flag } from "./flags.ts";

/** What each further run does without. */
const WITHOUT: Readonly<Record<CoverageKind, PrepareOptions>> = {
  index_excluded: { ruleIndex: false },
  early_exit: { earlyExit: false },
};

const KINDS = Object.keys(WITHOUT) as readonly CoverageKind[];

/** Which further runs coverage has; undefined where nobody said. Read as OPA's flag: several between commas, none when empty. */
export const COVERAGE_RUNS_FLAG: Flag<readonly CoverageKind[] | undefined> = {
  value: "KINDS",
  help: `run again to tell why places were not covered: ${KINDS.join(", ")} (default both); implies --coverage`,
  read: (given) => {
    if (given.length === 0) return undefined;
    const names = given.flatMap((one) => one.split(",")).filter((name) => name !== "");
    if (!names.every((name) => KINDS.some((kind) => kind === name))) {
      throw new UsageError(`must be of {${KINDS.join(",")}}`);
    }
    return KINDS.filter((kind) => names.includes(kind));
  },
};

/** Evaluates a query that is prepared so; its results do not matter. */
export type EvaluateAgain = (settings: PrepareOptions) => Promise<unknown>;

/** Coverage of any number of evaluations, with the further runs that tell why something was not reached. */
export class Coverage {
  /** Watches the evaluations themselves. */
  readonly recorder = new CoverageRecorder();
  readonly #runs: ReadonlyMap<CoverageKind, CoverageRecorder>;

  constructor(kinds: readonly CoverageKind[] = KINDS) {
    this.#runs = new Map(kinds.map((kind) => [kind, new CoverageRecorder()]));
  }

  /** Call it after an evaluation without errors: repeats it, each time with one shortcut off. */
  async repeat(evaluate: EvaluateAgain): Promise<void> {
    for (const [kind, recorder] of this.#runs) {
      await evaluate({ ...WITHOUT[kind], observers: [recorder] });
    }
  }

  report(rego: Rego): CoverageReport {
    return this.recorder.report(rego.coverable(), Object.fromEntries(this.#runs));
  }
}

/** Asks each question once: what runs again gets the answers of the first time. */
export function rememberAnswers(network: AnswerHostCall): AnswerHostCall {
  const answers = new Map<string, Promise<Value>>();
  return (kind, request) => {
    const question = `${kind} ${printValue(request)}`;
    let answer = answers.get(question);
    if (!answer) answers.set(question, (answer = network(kind, request)));
    return answer;
  };
}
