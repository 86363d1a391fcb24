import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { listAt, objectAt, objectMeta, textAt } from "@portcullis/engine";
import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import type { KubeApi } from "@portcullis/engine/cluster";
import { constraint, template } from "@portcullis/engine/testing";
import type { PlainObject } from "@portcullis/interpreter";
import { parseJson } from "@portcullis/interpreter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { apply, command, installKinds, kubectl, startManager } from "../testbed/manager.ts";
import type { Program } from "../testbed/manager.ts";
import { findPart } from "../testbed/parts.ts";
import { ClusterPolicies, PATIENCE_MS } from "./cluster-policies.ts";

// What our audit and Gatekeeper's say of the same cluster, field by field: statuses, log lines, Events, metrics.

const gatekeeper = findPart("gatekeeper");
const skipped =
  whyNoControlPlane() ??
  (gatekeeper === undefined ? "SKIPPED: no gatekeeper. GATEKEEPER_BIN names one." : undefined);
if (skipped !== undefined) console.log(`audits beside a real Gatekeeper: ${skipped}`);

const SHOP = "shop";
const INTERVAL = 2;

function podOf(name: string, labels: PlainObject, namespace = SHOP): PlainObject {
  const spec = { containers: [{ name: "c", image: "i" }] };
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace, labels }, spec };
}

const namespaceOf = (name: string, labels: PlainObject = {}): PlainObject => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels },
});

const OBJECTS: readonly PlainObject[] = [
  namespaceOf(SHOP, { team: "a" }),
  namespaceOf("excluded", { two: "yes" }),
  namespaceOf("wild-one"),
  ...Array.from({ length: 25 }, (_, i) => podOf(`many-${i}`, { many: "yes" })),
  podOf("long", { long: "yes" }),
  podOf("two", { two: "yes", "example.com/part": "web" }),
  podOf("implied-itself", { implied: "yes" }),
  podOf("hidden", { two: "yes" }, "excluded"),
  podOf("hidden", { two: "yes" }, "wild-one"),
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "a role?#", labels: { two: "yes" } },
    rules: [],
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: SHOP, labels: { original: "yes" } },
    spec: {
      selector: { matchLabels: { a: "b" } },
      template: {
        metadata: { labels: { a: "b", implied: "yes" } },
        spec: { containers: [{ name: "c", image: "i" }] },
      },
    },
  },
  // A kind that is in no preferred version of its group.
  {
    apiVersion: "mutations.gatekeeper.sh/v1alpha1",
    kind: "AssignImage",
    metadata: { name: "image", labels: { two: "yes" } },
    spec: {
      applyTo: [{ groups: [""], versions: ["v1"], kinds: ["Pod"] }],
      location: "spec.containers[name:*].image",
      parameters: { assignTag: ":v1" },
    },
  },
];

const LABELLED = template(
  "Labelled",
  `package labelled
   violation[{"msg": msg, "details": {"big": 12345678901234567890, "half": 1.5, "list": [1, "a", null]}}] {
     input.review.object.metadata.labels[input.parameters.key]
     msg := sprintf("%v %v", [input.parameters.text, input.review.object.metadata.name])
   }`,
  { parameters: { type: "object", properties: { text: { type: "string" }, key: { type: "string" } } } },
);

const TWICE = template(
  "Twice",
  `package twice
   violation[{"msg": "same", "details": {"i": i}}] { input.review.object.metadata.labels.two; i := [1, 2][_] }
   violation[{"msg": "no details"}] { input.review.object.metadata.labels.two }`,
);

const labelled = (name: string, key: string, text: string, more: PlainObject = {}): PlainObject =>
  constraint("Labelled", name, { parameters: { key, text }, ...more });

const POLICIES: readonly PlainObject[] = [
  {
    apiVersion: "config.gatekeeper.sh/v1alpha1",
    kind: "Config",
    metadata: { name: "config", namespace: "gatekeeper-system" },
    spec: {
      match: [
        { excludedNamespaces: ["excluded", "wild-*"], processes: ["audit"] },
        { excludedNamespaces: [SHOP], processes: ["webhook"] },
      ],
    },
  },
  LABELLED,
  TWICE,
  labelled("many", "many", "one of many:"),
  // 200 bytes of prefix and 60 letters: cut where no character is.
  labelled("long", "long", `${"x".repeat(193)}${"y".repeat(60)}`),
  labelled("emoji", "long", `x${"😀".repeat(80)}`, { enforcementAction: "warn" }),
  labelled("tried", "two", "tried", { enforcementAction: "dryrun" }),
  labelled("clean", "nobody", "never"),
  labelled("scoped", "two", "scoped", {
    enforcementAction: "scoped",
    scopedEnforcementActions: [{ action: "warn", enforcementPoints: [{ name: "audit.gatekeeper.sh" }] }],
  }),
  labelled("elsewhere", "two", "webhook alone", {
    enforcementAction: "scoped",
    scopedEnforcementActions: [{ action: "deny", enforcementPoints: [{ name: "validation.gatekeeper.sh" }] }],
  }),
  labelled("implied", "implied", "implied", { match: { kinds: [{ apiGroups: [""], kinds: ["Pod"] }] } }),
  labelled("generated", "implied", "generated", { match: { source: "Generated" } }),
  labelled("original", "original", "original", { match: { source: "Original" } }),
  labelled("selected", "two", "selected", { match: { namespaceSelector: { matchLabels: { team: "a" } } } }),
  {
    ...constraint("Twice", "twice"),
    metadata: { name: "twice", annotations: { note: "hello" } },
  },
  {
    apiVersion: "expansion.gatekeeper.sh/v1beta1",
    kind: "ExpansionTemplate",
    metadata: { name: "pods-of-deployments" },
    spec: {
      applyTo: [{ groups: ["apps"], versions: ["v1"], kinds: ["Deployment"] }],
      templateSource: "spec.template",
      generatedGVK: { group: "", version: "v1", kind: "Pod" },
      enforcementAction: "warn",
    },
  },
];

/** What one audit said, without what differs between any two runs. */
interface Said {
  readonly statuses: Readonly<Record<string, PlainObject>>;
  readonly violationLines: readonly string[];
  readonly constraintLines: readonly string[];
  readonly started: PlainObject;
  readonly finished: PlainObject;
  readonly events: readonly string[];
  readonly metrics: readonly string[];
}

describe.skipIf(skipped !== undefined)("an audit beside a real Gatekeeper's", { timeout: 240_000 }, () => {
  let plane: ControlPlane;
  let api: KubeApi;

  beforeAll(async () => {
    plane = await startControlPlane();
    api = createKubeApi({ connection: await connectToCluster({ kubeconfig: plane.kubeconfig }), qps: 0 });
    await installKinds(plane);
    mkdirSync(join(plane.folder, "pages"));
    const flags = ["--operation=generate", "--operation=status", "--shutdown-delay=0"];
    const generator = await startManager(plane, { podName: "generator", register: false, flags });
    await apply(plane, OBJECTS);
    const policies = new ClusterPolicies(plane, api);
    for (const policy of POLICIES) await policies.apply(policy);
    await policies.settled();
    await generator.stop();
  }, 180_000);

  afterAll(async () => {
    await api?.close();
    await plane?.stop();
  }, 60_000);

  it.each([
    ["with its usual flags", []],
    [
      "without pages and lists, with Events where the objects are",
      ["--audit-chunk-size=0", "--constraint-violations-limit=0", "--audit-events-involved-namespace=true"],
    ],
  ])("says the same %s", async (_, flags) => {
    const ours = await saidBy("ours", command(), flags);
    const theirs = await saidBy("theirs", [gatekeeper ?? ""], flags);
    expect(ours.statuses).toEqual(theirs.statuses);
    expect(ours.violationLines).toEqual(theirs.violationLines);
    // Where no violation is listed Gatekeeper has no line for the constraint; a log without it would mislead.
    const isListed = theirs.constraintLines.length > 0;
    if (isListed) expect(ours.constraintLines).toEqual(theirs.constraintLines);
    expect([isListed, ours.constraintLines.length]).toEqual([!flags.join().includes("limit=0"), 10]);
    expect(ours.started).toEqual(theirs.started);
    expect(ours.finished).toEqual(theirs.finished);
    expect(ours.events).toEqual(theirs.events);
    expect(ours.metrics).toEqual(theirs.metrics);
  });

  async function saidBy(name: string, program: Program, flags: readonly string[]): Promise<Said> {
    await kubectl(plane, ["delete", "events", "--all", "-A"]);
    const manager = await startManager(plane, {
      podName: `audit-${name}`,
      register: false,
      program,
      flags: [
        "--operation=audit",
        "--operation=status",
        "--shutdown-delay=0",
        `--audit-interval=${INTERVAL}`,
        "--emit-audit-events",
        `--api-cache-dir=${plane.folder}/pages`,
        ...flags,
      ],
    });
    try {
      const started = Math.floor(Date.now() / 1000) * 1000;
      const lines = async (): Promise<readonly PlainObject[]> =>
        Promise.resolve(linesOfLastRun(manager.process.output(), started));
      await expect.poll(lines, { timeout: PATIENCE_MS, interval: 300 }).not.toEqual([]);
      const logged = await lines();
      const run = textAt(logged[0], "audit_id");
      const statuses = await expectStatuses(run);
      const events = await eventsOnceAll(logged.filter(isOfType("violation_audited")).length);
      return {
        statuses,
        violationLines: textsOf(logged.filter(isOfType("violation_audited")).map(withoutTimes)),
        constraintLines: textsOf(logged.filter(isOfType("constraint_audited")).map(withoutTimes)),
        started: withoutTimes(logged.find(isOfType("audit_started")) ?? {}),
        finished: finishedOf(logged),
        events,
        metrics: (await manager.metrics())
          .split("\n")
          .filter((line) => /^gatekeeper_(?:violations|audit_last\w+|audit_duration\w+)/.test(line))
          .map((line) => line.replace(/^(gatekeeper_audit\S*) .*/, "$1"))
          .toSorted(),
      };
    } finally {
      await manager.stop();
    }
  }

  /** Of every constraint, once each has the results of this run or a later one. */
  async function expectStatuses(run: string): Promise<Said["statuses"]> {
    const constraints = async (): Promise<readonly PlainObject[]> => {
      const list = parseJson(await kubectl(plane, ["get", "constraints", "-o", "json"]));
      return (list.ok ? listAt(list.value, "items") : []) as readonly PlainObject[];
    };
    const stamps = async (): Promise<boolean> =>
      (await constraints()).every((each) => textAt(each, "status", "auditTimestamp") >= run);
    await expect.poll(stamps, { timeout: PATIENCE_MS, interval: 300 }).toBe(true);
    return Object.fromEntries(
      (await constraints()).map((each) => {
        const {
          auditTimestamp: _at,
          byPod: _byPod,
          conditions: _ours,
          ...status
        } = objectAt(each, "status") ?? {};
        const { kind, name } = objectMeta(each);
        return [`${kind}/${name}`, status];
      }),
    );
  }

  /** Each violation has its Event; those that say the same are one. */
  async function eventsOnceAll(violations: number): Promise<readonly string[]> {
    const read = async (): Promise<readonly PlainObject[]> => {
      const list = parseJson(await kubectl(plane, ["get", "events", "-A", "-o", "json"]));
      const items = (list.ok ? listAt(list.value, "items") : []) as readonly PlainObject[];
      return items.filter((event) => textAt(event, "reason") === "AuditViolation");
    };
    // Three objects break `Twice` twice with one message.
    await expect
      .poll(async () => (await read()).length, { timeout: PATIENCE_MS, interval: 300 })
      .toBe(violations - 3);
    return textsOf((await read()).map(eventAsSaid));
  }
});

/** The lines of the last run that has ended, begun after that time; none where none has. */
function linesOfLastRun(output: string, after: number): readonly PlainObject[] {
  const all: readonly PlainObject[] = output.split("\n").flatMap((line) => {
    const parsed = line.startsWith("{") ? parseJson(line) : undefined;
    return parsed?.ok === true ? [objectAt(parsed.value) ?? {}] : [];
  });
  const ended = all.findLast(isOfType("audit_finished"));
  const run = textAt(ended, "audit_id");
  // The first audit may have begun before everything was known; and its first lines may be cut off.
  if (ended === undefined || Date.parse(run) <= after + (INTERVAL + 1) * 1000) return [];
  const lines = all.filter((line) => textAt(line, "audit_id") === run);
  return lines.some(isOfType("audit_started")) ? lines : [];
}

function isOfType(type: string): (line: PlainObject) => boolean {
  return (line) => textAt(line, "event_type") === type;
}

function withoutTimes({ ts: _ts, audit_id: _id, ...line }: PlainObject): PlainObject {
  return line;
}

/** With a duration that Go can read. */
function finishedOf(lines: readonly PlainObject[]): PlainObject {
  const { duration, ...line } = withoutTimes(lines.find(isOfType("audit_finished")) ?? {});
  expect(duration).toMatch(/^(?:\d+m)?[\d.]+(?:ms|s)$/);
  return line;
}

function eventAsSaid(event: PlainObject): PlainObject {
  const { auditTimestamp: _at, ...annotations } = objectAt(event, "metadata", "annotations") ?? {};
  return {
    annotations,
    namespace: textAt(event, "metadata", "namespace"),
    type: textAt(event, "type"),
    message: textAt(event, "message"),
    involvedObject: event["involvedObject"] ?? null,
    source: event["source"] ?? null,
    reportingComponent: textAt(event, "reportingComponent"),
  };
}

/** As text, in an order of their own: the two list and tell in different ones. */
function textsOf(values: readonly PlainObject[]): readonly string[] {
  return values.map((value) => JSON.stringify(sorted(value))).toSorted();
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
