import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { PlainObject } from "@portcullis/interpreter";
import type { Client } from "../../client.ts";
import type { Outcome } from "../../errors.ts";
import { parseManifests } from "../../files/parse-manifests.ts";
import { CONSTRAINT_GROUP } from "../../templates/crd.ts";
import { objectMeta } from "../../kubernetes/object-meta.ts";
import { reviewWithExpansion } from "../../expansion/review-with-expansion.ts";
import { ExpansionSystem } from "../../expansion/system.ts";
import { decodeExpansionTemplate, InvalidExpansionTemplateError } from "../../expansion/template.ts";
import { MutationSystem } from "../../mutation/system.ts";
import { isAdmissionReview, reviewGiven } from "../review-given.ts";
import { assertionFault } from "./assertion.ts";
import type { Filter } from "./filter.ts";
import type { CaseResult, SuiteResult, TestResult } from "./result.ts";
import type { Suite, SuiteCase, SuiteTest } from "./suite.ts";

export interface SuiteRun {
  readonly createClient: () => Client;
  readonly filter: Filter;
  readonly trace: boolean;
  /** Milliseconds, for durations. */
  readonly now: () => number;
}

/** Why a test or case does not hold; the message is the report's. */
class Fault extends Error {
  override readonly name = "Fault";
}

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
  const skipped = test.skip || !run.filter.test(test.name);
  const wanted = test.cases.some((one) => run.filter.case(test.name, one.name));
  if (skipped || (test.cases.length > 0 && !wanted)) return result(test.name, { skipped: true });
  const start = run.now();
  const folder = dirname(suite.path);
  const cases: CaseResult[] = [];
  const error = await faultOf(async () => {
    await checkTest(folder, test, run);
    if (test.invalid) return;
    for (const one of test.cases) cases.push(await runCase(folder, test, one, run));
  });
  return { ...result(test.name, { milliseconds: run.now() - start, error }), cases };
}

function result(name: string, parts: Partial<CaseResult>): TestResult & CaseResult {
  return { name, skipped: false, milliseconds: 0, error: undefined, trace: undefined, cases: [], ...parts };
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

/** The template and the constraint must be there and fit, or not fit where the test says so. */
async function checkTest(folder: string, test: SuiteTest, run: SuiteRun): Promise<void> {
  if (test.template === "") throw new Fault("invalid Suite: missing template");
  const client = run.createClient();
  await addTemplate(client, join(folder, test.template));
  if (test.constraint === "") throw new Fault("invalid Suite: missing constraint");
  const added = await addConstraint(client, join(folder, test.constraint));
  if (!test.invalid) return void demand(added);
  if (!added.ok && added.error.code === "schema_invalid") return;
  const got = added.ok ? "<nil>" : added.error.message;
  throw new Fault(
    `constraint should have failed schema validation: got error ${got} but want schema validation failed`,
  );
}

async function addTemplate(client: Client, path: string): Promise<void> {
  const object = await readOne(
    path,
    (why) => `reading ConstraintTemplate from ${JSON.stringify(path)}: ${why}`,
  );
  if (objectMeta(object).kind !== "ConstraintTemplate") {
    throw new Fault(`path ${JSON.stringify(path)}: not a ConstraintTemplate`);
  }
  demand(client.addTemplate(object));
}

async function addConstraint(client: Client, path: string): Promise<Outcome> {
  const object = await readOne(path, (why) => `reading Constraint from ${JSON.stringify(path)}: ${why}`);
  if (objectMeta(object).group !== CONSTRAINT_GROUP) throw new Fault("not a Constraint");
  return client.addConstraint(object);
}

async function runCase(folder: string, test: SuiteTest, one: SuiteCase, run: SuiteRun): Promise<CaseResult> {
  if (one.skip || !run.filter.case(test.name, one.name)) return result(one.name, { skipped: true });
  const start = run.now();
  let trace: string | undefined;
  const error = await faultOf(async () => {
    if (one.object === "") throw new Fault("invalid Case: must define object");
    if (one.assertions.length === 0) throw new Fault("invalid Case: assertions must be non-empty");
    const client = run.createClient();
    await addTemplate(client, join(folder, test.template));
    demand(await addConstraint(client, join(folder, test.constraint)));
    for (const path of one.inventory) {
      for (const object of await readAll(join(folder, path))) demand(client.addData(object));
    }
    const object = await readOne(join(folder, one.object));
    const review = reviewGiven(object);
    if (!review.ok) throw new Fault(review.error.message);
    const expansion = await expansionOf(folder, isAdmissionReview(object) ? "" : test.expansion);
    const options = { enforcementPoint: "gator.gatekeeper.sh", trace: run.trace } as const;
    const response = reviewWithExpansion(client, expansion, review.value, options);
    trace = response.trace;
    const [failure] = response.errors;
    if (failure) throw new Fault(failure.message);
    const messages = response.results.map(({ msg }) => msg);
    for (const assertion of one.assertions) {
      const fault = assertionFault(assertion, messages);
      if (fault !== undefined) throw new Fault(fault);
    }
  });
  return result(one.name, { milliseconds: run.now() - start, error, trace });
}

/** The ExpansionTemplates of a file; none without one. */
async function expansionOf(folder: string, path: string): Promise<ExpansionSystem> {
  const system = new ExpansionSystem(new MutationSystem({ newId: () => "" }));
  if (path === "") return system;
  try {
    for (const one of await readAll(join(folder, path))) system.upsert(decodeExpansionTemplate(one));
    return system;
  } catch (error) {
    if (error instanceof InvalidExpansionTemplateError) throw new Fault(error.message);
    throw error;
  }
}

function demand(outcome: Outcome): void {
  if (!outcome.ok) throw new Fault(outcome.error.message);
}

/** The one document of a file. */
async function readOne(path: string, explain: (why: string) => string = (why) => why): Promise<PlainObject> {
  const objects = await readAll(path, explain);
  if (objects.length !== 1)
    throw new Fault(explain(`expected one object in ${JSON.stringify(path)}, found ${objects.length}`));
  return objects[0] as PlainObject;
}

async function readAll(
  path: string,
  explain: (why: string) => string = (why) => why,
): Promise<readonly PlainObject[]> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) throw new Fault(explain(`open ${path}: no such file or directory`));
  const { manifests, problems } = parseManifests(path, text);
  const [problem] = problems;
  if (problem) throw new Fault(explain(`line ${problem.line}: ${problem.message}`));
  return manifests.map(({ object }) => object);
}
