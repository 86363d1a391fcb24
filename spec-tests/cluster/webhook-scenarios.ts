import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { expect } from "vitest";
import { testData } from "../test-data.ts";
import type { CommandResult, ControlPlane } from "../testbed/control-plane.ts";
import { eventually, PATIENCE_MS } from "./cluster-policies.ts";
import type { ClusterPolicies } from "./cluster-policies.ts";
import { verdictOf } from "./kubectl-verdict.ts";

// Gatekeeper's own end-to-end tests as data.

export interface Scenario {
  readonly id: string;
  readonly apply: readonly string[];
  readonly cluster?: readonly (string | PlainObject)[];
  readonly inventory?: readonly string[];
  readonly steps: readonly Step[];
  readonly templateStatusContains?: readonly string[];
}

type Step = ReviewStep | { readonly apply: string } | MutateStep;

interface ReviewStep {
  readonly review: string | PlainObject;
  readonly operation: "CREATE" | "UPDATE";
  readonly expect: "allow" | "deny" | "warn" | "deny+warn";
  readonly outputContains: readonly string[];
}

interface MutateStep {
  readonly mutate: string | PlainObject;
  readonly username?: string;
  readonly expectPaths: Readonly<Record<string, string>>;
}

/** What a scenario needs that is not there, and why. */
export const NOT_HERE: Readonly<Record<string, string>> = {
  "externaldata-validation": "needs the dummy provider",
  "externaldata-mutation": "needs the dummy provider",
  audit: "has no admission step",
  ...(process.env["MANAGER_BIN"] ? {} : { "namespaceObject-cel": "needs CEL, which is not there yet" }),
};

const folder = testData("gator");
/** Why there are none; undefined where there are. */
export const noScenarios = folder === undefined ? "SKIPPED: no test data" : undefined;
const all =
  folder === undefined
    ? []
    : (JSON.parse(readFileSync(join(folder, "webhook-scenarios.json"), "utf8")) as Scenario[]);
export const scenarios: readonly Scenario[] = all.filter(({ id }) => NOT_HERE[id] === undefined);
/** What a scenario runs against. */
export interface ScenarioCluster {
  readonly plane: ControlPlane;
  readonly policies: ClusterPolicies;
}

/** Applies what the scenario needs, as a user does it, and takes its steps; fails as an expectation does. */
export async function runScenario(cluster: ScenarioCluster, scenario: Scenario): Promise<void> {
  const { policies } = cluster;

  const reviewed = scenario.steps.flatMap((step) =>
    "review" in step ? [step.review] : "mutate" in step ? [step.mutate] : [],
  );
  await policies.makeNamespaces(reviewed.map(path));
  for (const object of [...(scenario.cluster ?? []), ...(scenario.inventory ?? [])])
    await policies.apply(path(object));
  for (const file of scenario.apply) await policies.apply(path(file));
  await policies.settled();
  for (const step of scenario.steps) {
    if ("apply" in step) {
      await policies.apply(path(step.apply));
      await policies.settled();
    } else if ("mutate" in step) {
      const wanted = Object.fromEntries(
        Object.keys(step.expectPaths).map((key) => [key, step.expectPaths[key]]),
      );
      await eventually(() => mutated(cluster, step), wanted);
    } else {
      await eventually(() => reviewedAs(cluster, step), { verdict: step.expect, missing: [] });
    }
  }
  for (const text of scenario.templateStatusContains ?? []) {
    await expect.poll(() => policies.statuses(), { timeout: PATIENCE_MS, interval: 50 }).toContain(text);
  }
}

async function reviewedAs(cluster: ScenarioCluster, step: ReviewStep): Promise<unknown> {
  const result =
    step.operation === "UPDATE"
      ? await update(cluster, step.review)
      : await kubectlWith(cluster, step.review, ["create", "--dry-run=server"]);
  const { verdict, stderr } = verdictOf(result);
  return { verdict, missing: step.outputContains.filter((text) => !stderr.includes(text)), stderr };
}

/** The object as it is, then with a label more. */
async function update(cluster: ScenarioCluster, source: string | PlainObject): Promise<CommandResult> {
  await cluster.policies.apply(path(source));
  return kubectlWith(cluster, source, ["label", "--dry-run=server", "--overwrite"], ["test=label"]);
}

async function mutated(cluster: ScenarioCluster, step: MutateStep): Promise<unknown> {
  const as = step.username === undefined ? [] : [`--as=${step.username}`, "--as-group=system:masters"];
  const { code, stdout, stderr } = await kubectlWith(cluster, step.mutate, [
    "create",
    "--dry-run=server",
    "-o",
    "json",
    ...as,
  ]);
  const parsed = parseJson(stdout);
  if (code !== 0 || !parsed.ok) return { stderr };
  return Object.fromEntries(Object.keys(step.expectPaths).map((key) => [key, textAtPath(parsed.value, key)]));
}

function kubectlWith(
  { plane }: ScenarioCluster,
  source: string | PlainObject,
  args: readonly string[],
  more: readonly string[] = [],
): Promise<CommandResult> {
  const file = path(source);
  const [name, input] = typeof file === "string" ? [file, ""] : ["-", JSON.stringify(file)];
  return plane.kubectl([...args, "-f", name, ...more], input);
}

function path(source: string | PlainObject): string | PlainObject {
  return typeof source === "string" ? join(folder ?? "", source) : source;
}
/** The text at `metadata.annotations["a.b/c"]` or `spec.list[0].field`; empty where there is nothing or an empty list. */
function textAtPath(value: Value, path: string): string {
  let current: unknown = value;
  for (const [, key, quoted, index] of path.matchAll(/([\w-]+)|\["([^"]+)"\]|\[(\d+)\]/g)) {
    current = (current as Record<string, unknown> | undefined)?.[(key ?? quoted ?? index) as string];
  }
  if (current === undefined || (Array.isArray(current) && current.length === 0)) return "";
  return typeof current === "string" ? current : JSON.stringify(current);
}
