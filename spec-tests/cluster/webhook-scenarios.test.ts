import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import type { KubeApi } from "@portcullis/engine/cluster";
import { parseJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { testData } from "../test-data.ts";
import { startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { CommandResult, ControlPlane } from "../testbed/control-plane.ts";
import { installKinds, startManager } from "../testbed/manager.ts";
import type { Manager } from "../testbed/manager.ts";
import { ClusterPolicies, eventually, PATIENCE_MS } from "./cluster-policies.ts";
import { verdictOf } from "./kubectl-verdict.ts";

// Gatekeeper's own end-to-end tests as data: real `kubectl`, real API server, the webhook configurations installed.

interface Scenario {
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
const NOT_HERE: Readonly<Record<string, string>> = {
  "externaldata-validation": "needs the dummy provider",
  "externaldata-mutation": "needs the dummy provider",
  audit: "has no admission step",
  ...(process.env["MANAGER_BIN"] ? {} : { "namespaceObject-cel": "needs CEL, which is not there yet" }),
};

const folder = testData("gator");
const all =
  folder === undefined
    ? []
    : (JSON.parse(readFileSync(join(folder, "webhook-scenarios.json"), "utf8")) as Scenario[]);
const scenarios = all.filter(({ id }) => NOT_HERE[id] === undefined);
const skipped = whyNoControlPlane() ?? (folder === undefined ? "SKIPPED: no test data" : undefined);
if (skipped !== undefined) console.log(`webhook scenarios against a real API server: ${skipped}`);
else for (const [id, why] of Object.entries(NOT_HERE)) console.log(`webhook scenario ${id} left out: ${why}`);

describe.skipIf(skipped !== undefined)(
  "webhook scenarios, against a real API server",
  { timeout: 180_000 },
  () => {
    let plane: ControlPlane;
    let manager: Manager | undefined;
    let api: KubeApi;
    let policies: ClusterPolicies;

    beforeAll(async () => {
      plane = await startControlPlane();
      api = createKubeApi({ connection: await connectToCluster({ kubeconfig: plane.kubeconfig }), qps: 0 });
      await installKinds(plane);
      manager = await startManager(plane, {
        flags: [
          "--mutation-annotations",
          "--disable-opa-builtin=http.send",
          // Beyond Gatekeeper, which admits such templates and says so in their status: a scenario looks there.
          ...(process.env["MANAGER_BIN"] ? [] : ["--refuse-broken-templates=false"]),
          "--audit-interval=0",
          `--api-cache-dir=${plane.folder}/audit`,
        ],
      });
      policies = new ClusterPolicies(plane, api);
    }, 180_000);

    afterEach(() => policies?.removeAll());

    afterAll(async () => {
      await manager?.stop();
      await api?.close();
      await plane?.stop();
    }, 60_000);

    it.each(scenarios.map((scenario) => [scenario.id, scenario] as const))("%s", async (_id, scenario) => {
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
          await eventually(() => mutated(step), wanted);
        } else {
          await eventually(() => reviewedAs(step), { verdict: step.expect, missing: [] });
        }
      }
      for (const text of scenario.templateStatusContains ?? []) {
        await expect.poll(() => policies.statuses(), { timeout: PATIENCE_MS, interval: 50 }).toContain(text);
      }
    });

    async function reviewedAs(step: ReviewStep): Promise<unknown> {
      const result =
        step.operation === "UPDATE"
          ? await update(step.review)
          : await kubectlWith(step.review, ["create", "--dry-run=server"]);
      const { verdict, stderr } = verdictOf(result);
      return { verdict, missing: step.outputContains.filter((text) => !stderr.includes(text)), stderr };
    }

    /** The object as it is, then with a label more. */
    async function update(source: string | PlainObject): Promise<CommandResult> {
      await policies.apply(path(source));
      return kubectlWith(source, ["label", "--dry-run=server", "--overwrite"], ["test=label"]);
    }

    async function mutated(step: MutateStep): Promise<unknown> {
      const as = step.username === undefined ? [] : [`--as=${step.username}`, "--as-group=system:masters"];
      const { code, stdout, stderr } = await kubectlWith(step.mutate, [
        "create",
        "--dry-run=server",
        "-o",
        "json",
        ...as,
      ]);
      const parsed = parseJson(stdout);
      if (code !== 0 || !parsed.ok) return { stderr };
      return Object.fromEntries(
        Object.keys(step.expectPaths).map((key) => [key, textAtPath(parsed.value, key)]),
      );
    }

    function kubectlWith(
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
  },
);

/** The text at `metadata.annotations["a.b/c"]` or `spec.list[0].field`; empty where there is nothing or an empty list. */
function textAtPath(value: Value, path: string): string {
  let current: unknown = value;
  for (const [, key, quoted, index] of path.matchAll(/([\w-]+)|\["([^"]+)"\]|\[(\d+)\]/g)) {
    current = (current as Record<string, unknown> | undefined)?.[(key ?? quoted ?? index) as string];
  }
  if (current === undefined || (Array.isArray(current) && current.length === 0)) return "";
  return typeof current === "string" ? current : JSON.stringify(current);
}
