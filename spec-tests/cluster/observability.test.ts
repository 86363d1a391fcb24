import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import type { KubeApi } from "@portcullis/engine/cluster";
import { constraint, template } from "@portcullis/engine/testing";
import type { PlainObject } from "@portcullis/interpreter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { installKinds, kubectl, OWN_NAMESPACE, startManager } from "../testbed/manager.ts";
import type { Manager } from "../testbed/manager.ts";
import { freePorts } from "../testbed/processes.ts";
import { ClusterPolicies, eventually, until } from "./cluster-policies.ts";
import { metricFamilies } from "./prometheus-text.ts";

// What a process tells of its decisions: log lines, traces, Events and metrics, under Gatekeeper's names (contract 4.8, 4.9, 7).

const TEMPLATE = template(
  "K8sNoWord",
  `package x

violation[{"msg": msg, "details": {"word": word}}] {
  word := input.review.object.data[_]
  word == input.parameters.words[_]
  msg := sprintf("no %v", [word])
}
`,
);
const noWord = (name: string, more: PlainObject = {}): PlainObject =>
  constraint("K8sNoWord", name, {
    match: { kinds: [{ apiGroups: [""], kinds: ["ConfigMap"] }] },
    parameters: { words: ["bad"] },
    ...more,
  });
const CONSTRAINTS = [
  noWord("denies"),
  noWord("warns", { enforcementAction: "warn" }),
  noWord("watches", { enforcementAction: "dryrun" }),
];
const LABELLER: PlainObject = {
  apiVersion: "mutations.gatekeeper.sh/v1",
  kind: "AssignMetadata",
  metadata: { name: "labeller" },
  spec: {
    match: { kinds: [{ apiGroups: [""], kinds: ["ConfigMap"] }] },
    location: "metadata.labels.owner",
    parameters: { assign: { value: "somebody" } },
  },
};
const EXPANSION: PlainObject = {
  apiVersion: "expansion.gatekeeper.sh/v1beta1",
  kind: "ExpansionTemplate",
  metadata: { name: "pods" },
  spec: {
    applyTo: [{ groups: ["apps"], versions: ["v1"], kinds: ["Deployment"] }],
    templateSource: "spec.template",
    generatedGVK: { group: "", version: "v1", kind: "Pod" },
  },
};
const kind = { group: "", version: "v1", kind: "ConfigMap" };
const config = (traces: readonly PlainObject[]): PlainObject => ({
  apiVersion: "config.gatekeeper.sh/v1alpha1",
  kind: "Config",
  metadata: { name: "config", namespace: OWN_NAMESPACE },
  spec: { sync: { syncOnly: [{ group: "", version: "v1", kind: "Service" }] }, validation: { traces } },
});
const TRACES = [
  { user: "system:serviceaccount:*:builder", kind },
  { user: "ann", kind, constraint: "K8sNoWord/warns", dump: "All" },
];

const configMap = (name: string, word: string): PlainObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default" },
  data: { word },
});

const gatekeeper = process.env["GATEKEEPER_BIN"];
const skipped = whyNoControlPlane();
if (skipped !== undefined) console.log(`observability on a real API server: ${skipped}`);
else if (!gatekeeper) console.log("metrics: not compared with Gatekeeper's, GATEKEEPER_BIN names no binary");

describe.skipIf(skipped !== undefined)("what a process tells", { timeout: 90_000 }, () => {
  let plane: ControlPlane;
  let api: KubeApi;
  let manager: Manager;
  let metricsUrl = "";

  beforeAll(async () => {
    plane = await startControlPlane();
    api = createKubeApi({ connection: await connectToCluster({ kubeconfig: plane.kubeconfig }), qps: 0 });
    await installKinds(plane);
    const [metrics = 0] = await freePorts(1);
    metricsUrl = `http://127.0.0.1:${metrics}/metrics`;
    manager = await startManager(plane, {
      flags: [
        `--prometheus-port=${metrics}`,
        "--log-denies",
        "--log-stats-admission",
        "--log-mutations",
        "--emit-admission-events",
        "--audit-interval=1",
      ],
    });
    const policies = new ClusterPolicies(plane, api);
    await policies.apply(TEMPLATE);
    for (const one of [...CONSTRAINTS, LABELLER, EXPANSION, config(TRACES)]) await policies.apply(one);
    await policies.settled();
  }, 180_000);

  afterAll(async () => {
    await manager?.stop();
    await api?.close();
    await plane?.stop();
  }, 60_000);

  const create = (object: PlainObject, user: string, ...args: readonly string[]) =>
    plane.kubectl(
      ["create", `--as=${user}`, "--as-group=system:masters", ...args, "-f", "-"],
      JSON.stringify(object),
    );
  const lines = (): readonly PlainObject[] =>
    manager.process
      .output()
      .split("\n")
      .filter((line) => line.startsWith("{") && line.endsWith("}"))
      .map((line) => JSON.parse(line) as PlainObject);
  const messages = (user: string, start: string) =>
    lines()
      .map((line) => String(line["msg"]))
      .filter((text) => text.startsWith(start) && (user === "" || text.includes(user)));

  it("a trace, of users by pattern: the request, each constraint, each rule, the values that decided", async () => {
    const user = "system:serviceaccount:ci:builder";
    await create(configMap("traced", "bad"), user);
    await until("the trace", () => Promise.resolve(messages(user, "Target: ").length > 0));
    const [trace = ""] = messages(user, "Target: ");
    expect(trace).toMatch(
      /^Target: admission\.k8s\.gatekeeper\.sh\nRequest: [0-9a-f-]{36} CREATE v1\/ConfigMap default\/traced, asked by system:serviceaccount:ci:builder\nTrace:\nDRIVER Rego:\n/,
    );
    for (const name of ["denies", "warns", "watches"]) {
      expect(trace).toContain(
        `K8sNoWord/${name}: 1 violation
  violation (template:3): holds
    4: word := input.review.object.data[_]  # word = "bad", input.review.object.data = {"word": "bad"}
    5: word == input.parameters.words[_]  # word = "bad", input.parameters.words = ["bad"]
    6: msg := sprintf("no %v", [word])  # word = "bad", msg = "no bad"`,
      );
    }
    expect(trace).toContain("Result(0):");
    const line = lines().find((each) => each["msg"] === trace);
    expect(line).toMatchObject({ level: "info", logger: "webhook", process: "admission" });
    expect(trace).toContain(String(line?.["request_uid"]));
    expect(messages(user, "DRIVER: ")).toEqual([]);
  });

  it("a trace of one constraint alone, with the state of the engine", async () => {
    await create(configMap("limited", "good"), "ann", "--dry-run=server");
    await until("the trace", () => Promise.resolve(messages("asked by ann", "Target: ").length > 0));
    const [trace = ""] = messages("asked by ann", "Target: ");
    expect(trace).toContain("CREATE (dry run) v1/ConfigMap default/limited");
    expect(trace).toContain('5: word == input.parameters.words[_]  # does not hold: word = "good"');
    expect(trace).toContain("K8sNoWord/warns: no violation");
    expect(trace).not.toMatch(/K8sNoWord\/(?:denies|watches)/);
    const [dump = ""] = messages("", "DRIVER: Rego:");
    const state = JSON.parse(dump.slice(dump.indexOf("\n"))) as Record<string, PlainObject>;
    expect(state["admission.k8s.gatekeeper.sh"]).toMatchObject({
      modules: { K8sNoWord: { template: expect.stringContaining("violation[") as string } },
      data: { constraints: { K8sNoWord: { denies: { words: ["bad"] } } } },
    });
  });

  it("no trace of anybody else", async () => {
    await create(configMap("other", "bad"), "bob");
    await until("the line", () =>
      Promise.resolve(lines().some((line) => line["request_username"] === "bob")),
    );
    expect(messages("asked by bob", "Target: ")).toEqual([]);
  });

  it("a line for each violation, one for what the review cost, one for each mutation", async () => {
    await create(configMap("lines", "bad"), "carl");
    const of = (event: string) =>
      lines().filter((line) => line["event_type"] === event && JSON.stringify(line).includes("carl"));
    await until("the lines", () => Promise.resolve(of("violation").length >= 3));
    expect(of("violation")).toHaveLength(3);
    expect(of("violation")[0]).toEqual({
      level: "info",
      ts: expect.any(Number),
      logger: "webhook",
      msg: "denied admission: no bad",
      hookType: "validation",
      semantic: true,
      process: "admission",
      details: { word: "bad" },
      event_type: "violation",
      constraint_name: "denies",
      constraint_group: "constraints.gatekeeper.sh",
      constraint_api_version: "v1beta1",
      constraint_kind: "K8sNoWord",
      constraint_action: "deny",
      constraint_enforcement_actions: null,
      resource_group: "",
      resource_api_version: "v1",
      resource_kind: "ConfigMap",
      resource_namespace: "default",
      resource_name: "lines",
      request_username: "carl",
    });
    expect(of("review_response_stats")).toMatchObject([
      {
        msg: "admission review request stats",
        execution_stats: [{ scope: "template", statsFor: "K8sNoWord" }],
      },
    ]);
    const mutation = lines().find(
      (line) => line["resource_name"] === "lines" && line["logger"] === "mutation",
    );
    expect(mutation).toMatchObject({
      msg: "Mutation applied",
      process: "mutation",
      event_type: "mutation_applied",
      resource_kind: "ConfigMap",
      resource_source_type: "Original",
      iteration_0: "AssignMetadata//labeller:1",
    });
  });

  it("an Event of each violation, in Gatekeeper's namespace", async () => {
    await create(configMap("events", "bad"), "dora");
    const events = async () => {
      const text = await kubectl(plane, ["get", "events", "-n", OWN_NAMESPACE, "-o", "json"]);
      const { items } = JSON.parse(text) as { readonly items: readonly PlainObject[] };
      return items
        .filter((event) => JSON.stringify(event).includes("dora"))
        .map(({ reason, message, type, involvedObject }) => ({ reason, message, type, involvedObject }))
        .sort((a, b) => (String(a.reason) < String(b.reason) ? -1 : 1));
    };
    const about = (name: string) => ({
      kind: "ConfigMap",
      name: "events",
      namespace: OWN_NAMESPACE,
      uid: `ConfigMap/default/events/K8sNoWord//${name}`,
    });
    const webhook = 'Admission webhook "validation.gatekeeper.sh"';
    const tail = (name: string) => `, Resource Namespace: default, Constraint: ${name}, Message: no bad`;
    await eventually(async () => ({ events: await events() }), {
      events: [
        {
          reason: "DryrunViolation",
          message: `Dryrun violation${tail("watches")}`,
          involvedObject: about("watches"),
        },
        {
          reason: "FailedAdmission",
          message: `${webhook} denied request${tail("denies")}`,
          involvedObject: about("denies"),
        },
        {
          reason: "WarningAdmission",
          message: `${webhook} raised a warning for this request${tail("warns")}`,
          involvedObject: about("warns"),
        },
      ],
    });
  });

  const families = async (url: string) => metricFamilies(await (await fetch(url)).text());
  const seconds = (...bounds: readonly number[]) => [...bounds, Infinity].map(String);

  it("all metrics of the contract, with their types, labels and buckets", async () => {
    // The one family that is without a value before.
    await until("an audit", async () => (await families(metricsUrl)).has("gatekeeper_violations"));
    const found = await families(metricsUrl);
    const rows: readonly (readonly [name: string, type: string, ...labels: string[]])[] = [
      ["constraints", "gauge", "enforcement_action", "status"],
      ["constraint_templates", "gauge", "status"],
      ["constraint_templates_with_cel", "gauge"],
      ["constraint_template_ingestion_count_total", "counter", "status"],
      ["constraint_template_ingestion_duration_seconds", "histogram", "status"],
      ["validating_admission_policies", "gauge", "status"],
      ["validating_admission_policy_bindings", "gauge", "status"],
      ["expansion_templates", "gauge", "status"],
      ["validation_request_count_total", "counter", "admission_dryrun", "admission_status"],
      ["validation_request_duration_seconds", "histogram", "admission_status"],
      ["mutation_request_count_total", "counter", "mutation_status"],
      ["mutation_request_duration_seconds", "histogram", "mutation_status"],
      ["mutation_system_iterations", "histogram", "success"],
      ["violations", "gauge", "enforcement_action"],
      ["audit_duration_seconds", "histogram"],
      ["audit_last_run_time", "gauge"],
      ["audit_last_run_end_time", "gauge"],
      ["mutator_ingestion_count_total", "counter", "status"],
      ["mutator_ingestion_duration_seconds", "histogram", "status"],
      ["mutators", "gauge", "status"],
      ["mutator_conflicting_count", "gauge"],
      ["sync", "gauge", "kind", "status"],
      ["sync_duration_seconds", "histogram"],
      ["sync_last_run_time_seconds", "gauge"],
      ["watch_manager_watched_gvk", "gauge"],
      ["watch_manager_intended_watch_gvk", "gauge"],
      ["providers", "gauge", "status"],
      ["provider_error_count_total", "counter"],
    ];
    const shown = rows.map(([name]) => {
      const { type = "", labels = [] } = found.get(`gatekeeper_${name}`) ?? {};
      return [name, type, ...labels];
    });
    expect(shown).toEqual(rows);
    expect(found.get("gatekeeper_audit_duration_seconds")?.buckets).toEqual(
      seconds(60, 180, 300, 600, 900, 1200, 2400, 4800, 9600, 19_200),
    );
    expect(found.get("gatekeeper_mutation_system_iterations")?.buckets).toEqual(
      seconds(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 50, 100, 200, 500),
    );
    const requests = found.get("gatekeeper_validation_request_duration_seconds")?.buckets ?? [];
    expect([requests.length, requests.slice(0, 11), requests.at(-2)]).toEqual([
      10 + 9 + 9 + 18 + 1,
      ["0.001", "0.002", "0.003", "0.004", "0.005", "0.006", "0.007", "0.008", "0.009", "0.01", "0.02"],
      "10",
    ]);
    expect(found.has("target_info")).toBe(true);
    expect([...found.keys()].filter((name) => name.startsWith("process_")).length).toBeGreaterThan(3);
  });

  it.skipIf(!gatekeeper)("every metric that Gatekeeper itself shows, as it shows it", async () => {
    const [port = 0] = await freePorts(1);
    const theirs = await startManager(plane, {
      podName: "gatekeeper-real-0",
      program: [gatekeeper as string],
      flags: [`--prometheus-port=${port}`, "--audit-interval=1", `--api-cache-dir=${plane.folder}/cache`],
    });
    await create(configMap("metrics", "bad"), "emil");
    const url = `http://127.0.0.1:${port}/metrics`;
    const seen = async () => [...(await families(url))].filter(([name]) => name.startsWith("gatekeeper_"));
    await until("its metrics", async () => {
      const names = new Set((await seen()).map(([name]) => name));
      return (
        names.has("gatekeeper_audit_last_run_end_time") &&
        names.has("gatekeeper_validation_request_count_total")
      );
    });
    const shown = await seen();
    const ours = await families(metricsUrl);
    await theirs.stop();
    expect(shown.length).toBeGreaterThan(20);
    expect(shown.map(([name]) => [name, ours.get(name)])).toEqual(shown);
  });
});
