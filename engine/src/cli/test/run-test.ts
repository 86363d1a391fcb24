import type { PlainObject } from "@portcullis/interpreter";
import { compareText } from "@portcullis/interpreter";
import type { Client } from "../../client.ts";
import { ExpansionError } from "../../expansion/generate.ts";
import { reviewWithExpansion } from "../../expansion/review-with-expansion.ts";
import { ExpansionSystem } from "../../expansion/system.ts";
import {
  decodeExpansionTemplate,
  InvalidExpansionTemplateError,
  isExpansionTemplate,
} from "../../expansion/template.ts";
import { isKnownClusterScoped } from "../../kubernetes/cluster-scoped.ts";
import { objectMeta } from "../../kubernetes/object-meta.ts";
import { MutationSystem } from "../../mutation/system.ts";
import { decodeMutator, isMutator } from "../../mutation/mutators/decode-mutator.ts";
import { InvalidMutatorError } from "../../mutation/mutators/decode.ts";
import { MutationError } from "../../mutation/walk.ts";
import { executionStats } from "../../execution-stats.ts";
import type { Response, Result, Review } from "../../reviews/review.ts";
import { reviewOfObject } from "../../target/review-of-object.ts";
import { CONSTRAINT_GROUP } from "../../templates/crd.ts";
import { printCollector } from "../print-output.ts";
import type { PrintCollector } from "../print-output.ts";

/** One violation by one of the given objects. */
export interface TestResult {
  readonly result: Result;
  readonly violatingObject: PlainObject;
  readonly trace: string | undefined;
}

export interface TestRun {
  readonly results: readonly TestResult[];
  /** Where they were asked for. */
  readonly stats?: readonly PlainObject[];
}

export interface TestOptions {
  readonly trace: boolean;
  readonly stats: boolean;
  /** What templates print, where it is asked for. */
  readonly prints?: PrintCollector;
}

/** The run cannot go on; the message is gator's. */
export class TestError extends Error {
  override readonly name = "TestError";
}

const POINT = "gator.gatekeeper.sh";
const NO_PRINTS = printCollector(false);

/**
 * Reviews every object by all templates and constraints among them (contract 11.2). All objects are inventory for each
 * other; mutators and ExpansionTemplates among them are applied. Results in Gatekeeper's order. Throws {@link TestError}.
 */
export async function runTest(
  objects: readonly PlainObject[],
  client: Client,
  options: TestOptions,
): Promise<TestRun> {
  load(objects, client);
  const { mutation, expansion } = systems(objects, "error creating expander: ");
  const namespaces = namespacesOf(objects);
  const results: TestResult[] = [];
  const stats: PlainObject[] = [];
  const labels = { tracing: options.trace, print: options.prints !== undefined };
  for (const object of objects) {
    const namespace = namespaceFor(object, namespaces);
    const mutated = orThrow(`${expanding(object)}: ${mutating(object)}`, () =>
      mutate(mutation, object, namespace),
    );
    const { trace, stats: isTimed, prints = NO_PRINTS } = options;
    const asked = { enforcementPoint: POINT, trace, stats: isTimed } as const;
    const review = reviewFor(mutated, namespace);
    const response = await client.settle((reviewer) =>
      prints.once(() => reviewWithExpansion(reviewer, expansion, review, asked)),
    );
    prints.keep();
    const { results: found, trace: text } = checked(response, object);
    for (const result of found) results.push({ result, violatingObject: object, trace: text });
    stats.push(...(response.stats ?? []).map((one) => executionStats(one, labels)));
  }
  results.sort(
    (a, b) =>
      compareText(a.result.enforcementAction, b.result.enforcementAction) ||
      compareText(a.result.msg, b.result.msg),
  );
  return { results, ...(options.stats && { stats }) };
}

/** Everything the objects imply by the ExpansionTemplates and mutators among them. Throws {@link TestError}. */
export function expandAll(objects: readonly PlainObject[]): readonly PlainObject[] {
  const { mutation, expansion } = systems(objects, "");
  const namespaces = namespacesOf(objects);
  return objects.flatMap((object) => {
    const namespace = namespaceFor(object, namespaces);
    const mutated = orThrow(mutating(object), () => mutate(mutation, object, namespace));
    return orThrow(`error ${expanding(object)}`, () =>
      expansion.expand(mutated, namespace).map((resultant) => resultant.object),
    );
  });
}

function isTemplate(object: PlainObject): boolean {
  const { group, kind } = objectMeta(object);
  return group === "templates.gatekeeper.sh" && kind === "ConstraintTemplate";
}

function load(objects: readonly PlainObject[], client: Client): void {
  for (const object of objects.filter(isTemplate)) {
    const added = client.addTemplate(object);
    if (!added.ok) throw new TestError(templateFailure(object, added.error.message));
  }
  for (const object of objects.filter((one) => objectMeta(one).group === CONSTRAINT_GROUP)) {
    const added = client.addConstraint(object);
    if (!added.ok) throw new TestError(`adding constraint ${quotedName(object)}: ${added.error.message}`);
  }
  for (const object of objects) {
    const added = client.addData(object);
    if (!added.ok) {
      const why = `admission.k8s.gatekeeper.sh: ${added.error.message}`;
      throw new TestError(`adding data of GVK ${JSON.stringify(gvkText(object))}: ${why}`);
    }
  }
}

/** What is no template at all is told as a failed conversion. */
function templateFailure(object: PlainObject, message: string): string {
  return /^(?:json: |no kind )/.test(message)
    ? `converting unstructured ${quotedName(object)} to template: adding template: ${message}`
    : `adding template ${quotedName(object)}: ${message}`;
}

/** `where` goes before the messages of what cannot be loaded. */
function systems(
  objects: readonly PlainObject[],
  where: string,
): {
  readonly mutation: MutationSystem;
  readonly expansion: ExpansionSystem;
} {
  let count = 0;
  const mutation = new MutationSystem({ newId: () => String(++count) });
  const expansion = new ExpansionSystem(mutation);
  for (const object of objects) {
    const { name } = objectMeta(object);
    if (isMutator(object)) {
      const mutator = orThrow(`${where}error parsing resources`, () => decodeMutator(object));
      orThrow(`${where}error upserting mutator ${name}`, () => mutation.upsert(mutator));
    } else if (isExpansionTemplate(object)) {
      orThrow(`${where}error upserting template ${name}`, () =>
        expansion.upsert(decodeExpansionTemplate(object)),
      );
    }
  }
  return { mutation, expansion };
}

function expanding(object: PlainObject): string {
  return `expanding resource ${objectMeta(object).name}`;
}

function mutating(object: PlainObject): string {
  return `error mutating base resource ${objectMeta(object).name}`;
}

/** Errors of a mutator, an ExpansionTemplate or of their application end the run. */
function orThrow<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const known =
      error instanceof MutationError ||
      error instanceof InvalidMutatorError ||
      error instanceof ExpansionError ||
      error instanceof InvalidExpansionTemplateError;
    if (!known) throw error;
    throw new TestError(`${where}: ${error.message}`);
  }
}

function mutate(
  system: MutationSystem,
  object: PlainObject,
  namespace: PlainObject | undefined,
): PlainObject {
  if (system.size === 0 || isMutator(object)) return object;
  return system.mutate({ object, operation: "", source: "Original", ...(namespace && { namespace }) }).object;
}

function namespacesOf(objects: readonly PlainObject[]): ReadonlyMap<string, PlainObject> {
  const known = new Map<string, PlainObject>();
  const implied = { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } };
  known.set("default", implied);
  for (const object of objects) {
    const { apiVersion, kind, name } = objectMeta(object);
    if (apiVersion === "v1" && kind === "Namespace") known.set(name, object);
  }
  return known;
}

/**
 * The given Namespace of an object. A file may leave the namespace out: such an object gets a Namespace without a name, so
 * that it counts as namespaced, unless its kind is known to be cluster-scoped.
 */
function namespaceFor(object: PlainObject, known: ReadonlyMap<string, PlainObject>): PlainObject | undefined {
  const meta = objectMeta(object);
  if (meta.namespace !== "") return known.get(meta.namespace);
  return isKnownClusterScoped(meta) ? undefined : UNNAMED;
}

const UNNAMED: PlainObject = Object.freeze({ apiVersion: "v1", kind: "Namespace", metadata: {} });

function reviewFor(object: PlainObject, namespace: PlainObject | undefined): Review {
  return reviewOfObject(object, namespace ? { matchNamespace: namespace } : {});
}

/** An object that could not be judged ends the run: silence would read as "allowed". */
function checked(response: Response, object: PlainObject): Response {
  const [error] = response.errors;
  if (!error) return response;
  if (error.code === "expansion_failed")
    throw new TestError(`${expanding(object)}: error ${expanding(object)}: ${error.message}`);
  const { namespace, name } = objectMeta(object);
  throw new TestError(`reviewing ${gvkText(object)} ${namespace}/${name}: ${error.message}`);
}

function quotedName(object: PlainObject): string {
  return JSON.stringify(objectMeta(object).name);
}

function gvkText(object: PlainObject): string {
  const { group, version, kind } = objectMeta(object);
  return `${group}/${version}, Kind=${kind}`;
}

/** True where a result makes the run fail: it denies at gator's enforcement point. */
export function isDenial({ result }: TestResult): boolean {
  return result.actions.includes("deny");
}
