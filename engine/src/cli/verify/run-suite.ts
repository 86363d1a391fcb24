import { dirname, join } from "node:path";
import type { Client } from "../../client.ts";
import type { Outcome } from "../../errors.ts";
import { objectMeta } from "../../kubernetes/object-meta.ts";
import { reviewWithExpansion } from "../../expansion/review-with-expansion.ts";
import { ExpansionSystem } from "../../expansion/system.ts";
import { decodeExpansionTemplate, InvalidExpansionTemplateError } from "../../expansion/template.ts";
import type { Manifest } from "../../files/manifest.ts";
import { MutationSystem } from "../../mutation/system.ts";
import type { ReviewOptions } from "../../reviews/review.ts";
import { printCollector } from "../print-output.ts";
import type { PrintCollector } from "../print-output.ts";
import { isAdmissionReview, reviewGiven } from "../review-given.ts";
import { assertionFault } from "./assertion.ts";
import type { CoverageTally } from "./coverage.ts";
import { DecisionRecorder } from "./decision.ts";
import { explainDecisions } from "./explain.ts";
import { Fault } from "./fault.ts";
import type { Filter } from "./filter.ts";
import type { CaseResult, SuiteResult, TestResult } from "./result.ts";
import type { SuiteFiles } from "./suite-files.ts";
import type { TemplateClients } from "./template-clients.ts";
import type { Suite, SuiteCase, SuiteTest } from "./suite.ts";

export interface SuiteRun {
  readonly clients: TemplateClients;
  readonly files: SuiteFiles;
  readonly filter: Filter;
  readonly trace: boolean;
  /** What templates print, where it is asked for. */
  readonly prints?: PrintCollector;
  /** Gathers what is reached, where it is asked for. */
  readonly coverage?: CoverageTally;
  /** Milliseconds, for durations. */
  readonly now: () => number;
}

const NO_PRINTS = printCollector(false);

/** Runs the tests of a suite. What does not hold is in the result; nothing is thrown for it. */
export async function runSuite(suite: Suite, run: SuiteRun): Promise<SuiteResult> {
  const start = run.now();
  const tests: TestResult[] = [];
  if (!suite.skip) {
    for (const test of suite.tests) tests.push(await runTest(suite, test, run));
  }
  return { path: suite.path, milliseconds: run.now() - start, tests };
}

async function runTest(suite: Suite, test: SuiteTest, run: SuiteRun): Promise<TestResult> {
  const { name } = test;
  if (test.skip || !run.filter.test(name, test.cases)) {
    return { name, skipped: true, milliseconds: 0, error: undefined, cases: [] };
  }
  const start = run.now();
  const folder = dirname(suite.path);
  const cases: CaseResult[] = [];
  const error = await faultOf(async () => {
    const engine = prepare(folder, test, run);
    if (engine === undefined) return;
    for (const one of test.cases) cases.push(await runCase(folder, test, one, engine, run));
  });
  return { name, skipped: false, milliseconds: run.now() - start, error, cases };
}

async function faultOf(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}

/** The policies of a test, loaded once: its cases differ in the inventory alone. */
interface TestEngine {
  readonly client: Client;
  readonly template: Manifest;
  readonly expansion: ExpansionSystem;
}

/** Loads template and constraint; undefined where the test only wants the constraint refused, and it is. */
function prepare(folder: string, test: SuiteTest, run: SuiteRun): TestEngine | undefined {
  if (test.template === "") throw new Fault("invalid Suite: missing template");
  const template = run.files.template(join(folder, test.template));
  const client = run.clients.with(template);
  if (test.constraint === "") throw new Fault("invalid Suite: missing constraint");
  const added = client.addConstraint(run.files.constraint(join(folder, test.constraint)));
  if (test.invalid) {
    if (!added.ok && added.error.code === "schema_invalid") return undefined;
    const got = added.ok ? "<nil>" : added.error.message;
    throw new Fault(
      `constraint should have failed schema validation: got error ${got} but want schema validation failed`,
    );
  }
  demand(added);
  run.coverage?.expect(template, client);
  return { client, template, expansion: expansionOf(folder, test.expansion, run.files) };
}

/** The ExpansionTemplates of a file; none without one. */
function expansionOf(folder: string, path: string, files: SuiteFiles): ExpansionSystem {
  const system = new ExpansionSystem(new MutationSystem({ newId: () => "" }));
  if (path === "") return system;
  try {
    for (const one of files.expansions(join(folder, path))) system.upsert(decodeExpansionTemplate(one));
    return system;
  } catch (error) {
    if (error instanceof InvalidExpansionTemplateError) throw new Fault(error.message, { cause: error });
    throw error;
  }
}

async function runCase(
  folder: string,
  test: SuiteTest,
  one: SuiteCase,
  engine: TestEngine,
  run: SuiteRun,
): Promise<CaseResult> {
  const { name } = one;
  if (one.skip || !run.filter.case(test.name, name)) {
    return { name, skipped: true, milliseconds: 0, error: undefined };
  }
  const start = run.now();
  let told: Partial<CaseResult> = {};
  const error = await faultOf(async () => {
    if (one.object === "") throw new Fault("invalid Case: must define object");
    if (one.assertions.length === 0) throw new Fault("invalid Case: assertions must be non-empty");
    const { prints = NO_PRINTS } = run;
    const review = reviewer(folder, one, engine, { files: run.files, prints });
    const observer = run.coverage?.observer(engine.template);
    prints.take();
    const response = await review({ trace: run.trace, ...(observer && { observer }) });
    const printed = prints.take();
    told = { ...(response.trace !== undefined && { trace: response.trace }), ...(printed && { printed }) };
    const [failure] = response.errors;
    if (failure) throw new Fault(failure.message);
    const messages = response.results.map(({ msg }) => msg);
    for (const assertion of one.assertions) {
      const fault = assertionFault(assertion, messages);
      if (fault === undefined) continue;
      const decisions = new DecisionRecorder();
      await review({ observer: decisions });
      prints.take();
      told = { ...told, explanation: explainDecisions(decisions.decisions(), engine.template) };
      throw new Fault(fault);
    }
  });
  return { name, skipped: false, milliseconds: run.now() - start, error, ...told };
}

/** Fills the inventory of a case and gives what asks its question. */
function reviewer(
  folder: string,
  one: SuiteCase,
  engine: TestEngine,
  { files, prints }: { readonly files: SuiteFiles; readonly prints: PrintCollector },
) {
  const object = files.object(join(folder, one.object));
  const { client } = engine;
  client.wipeData();
  for (const path of one.inventory) {
    for (const kept of files.inventory(join(folder, path))) {
      const { group, version, kind, namespace, name } = objectMeta(kept);
      const what = `${group}/${version}, Kind=${kind} ${namespace}/${name}`;
      demand(client.addData(kept), `unable to add object to data.inventory: ${what}: `);
    }
  }
  const question = reviewGiven(object);
  if (!question.ok) throw new Fault(question.error.message);
  // What a whole admission question is about is not expanded.
  const expansion = isAdmissionReview(object) ? undefined : engine.expansion;
  return (options: Omit<ReviewOptions, "enforcementPoint">) => {
    const asked = { ...options, enforcementPoint: "gator.gatekeeper.sh" } as const;
    return client.settle((reviewer) =>
      prints.once(() =>
        expansion
          ? reviewWithExpansion(reviewer, expansion, question.value, asked)
          : reviewer.review(question.value, asked),
      ),
    );
  };
}

function demand(outcome: Outcome, prefix = ""): void {
  if (!outcome.ok) throw new Fault(prefix + outcome.error.message);
}
