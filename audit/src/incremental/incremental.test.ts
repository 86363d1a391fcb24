import { fc, test } from "@fast-check/vitest";
import { constraint, namespace, pod, template } from "@portcullis/engine/testing";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ClusterAudit } from "../cluster/cluster-audit.ts";
import { PODS, SERVICES, NAMESPACES, sweepOnce, testCluster, testPool } from "../testing/cluster.ts";
import type { Swept, TestCluster } from "../testing/cluster.ts";

// An incremental audit must find what an audit of everything finds, whatever has changed between two runs.

const pool = testPool();
const fullPool = testPool({ threads: 1 });
afterAll(() => Promise.all([pool.close(), fullPool.close()]));

const TEMPLATES = {
  Labelled:
    'package p\nviolation[{"msg": msg}] { msg := sprintf("%v has no label", [input.review.name]); not input.review.object.metadata.labels.app }',
  Named:
    'package p\nviolation[{"msg": msg, "details": {"n": input.parameters.n}}] { startswith(input.review.name, input.parameters.start); msg := "name" }',
  Unique: `package p
violation[{"msg": msg}] {
  other := data.inventory.namespace[ns].v1.Service[name]
  other.metadata.labels.app == input.review.object.metadata.labels.app
  ns != input.review.object.metadata.namespace
  msg := sprintf("as %v/%v", [ns, name])
}`,
  Paired: `package p
violation[{"msg": "pair"}] { data.inventory.namespace[input.review.object.metadata.namespace].v1.Pod[input.review.name] }`,
  Green: `package p
violation[{"msg": ns}] { data.inventory.cluster["v1"].Namespace[ns].metadata.labels.colour == "green" }`,
  Crowd: `package p
violation[{"msg": msg}] { n := count([1 | data.inventory.namespace[_][_][_][_]]); n > 3; msg := sprintf("%v", [n]) }`,
} as const;

type Step =
  | {
      readonly do: "put";
      readonly kind: "Pod" | "Service";
      readonly ns: string;
      readonly name: string;
      readonly app: string;
    }
  | { readonly do: "remove"; readonly kind: "Pod" | "Service"; readonly ns: string; readonly name: string }
  | { readonly do: "namespace"; readonly ns: string; readonly colour: string }
  | { readonly do: "template"; readonly name: keyof typeof TEMPLATES; readonly gone: boolean }
  | {
      readonly do: "constraint";
      readonly kind: keyof typeof TEMPLATES;
      readonly match: number;
      readonly gone: boolean;
    }
  | { readonly do: "exclude"; readonly namespaces: readonly string[] }
  | { readonly do: "audit" };

const ns = fc.constantFrom("a", "b", "c");
const name = fc.constantFrom("x1", "x2", "y1", "y2");
const kind = fc.constantFrom("Pod" as const, "Service" as const);
const templateName = fc.constantFrom(...(Object.keys(TEMPLATES) as (keyof typeof TEMPLATES)[]));
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("put" as const),
      kind,
      ns,
      name,
      app: fc.constantFrom("", "red", "blue"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("remove" as const), kind, ns, name }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("namespace" as const), ns, colour: fc.constantFrom("", "green") }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("template" as const), name: templateName, gone: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("constraint" as const),
      kind: templateName,
      match: fc.nat({ max: 3 }),
      gone: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("exclude" as const), namespaces: fc.subarray(["a", "b*"]) }),
  },
  { weight: 3, arbitrary: fc.constant({ do: "audit" as const }) },
);

const MATCHES = [
  {},
  { kinds: [{ apiGroups: [""], kinds: ["Pod"] }] },
  { kinds: [{ apiGroups: ["*"], kinds: ["Service"] }] },
  { namespaceSelector: { matchLabels: { colour: "green" } } },
];

function apply(cluster: TestCluster, given: Step): void {
  const { server, client } = cluster;
  switch (given.do) {
    case "put": {
      const { ns: inside, app } = given;
      const object = {
        ...pod(given.name, { namespace: inside, labels: app === "" ? {} : { app } }),
        kind: given.kind,
      };
      client.addData(server.put(object));
      return;
    }
    case "remove": {
      const where = { namespace: given.ns, name: given.name };
      server.remove(given.kind === "Pod" ? PODS : SERVICES, where);
      client.removeData({ apiVersion: "v1", kind: given.kind, metadata: where });
      return;
    }
    case "namespace":
      client.addData(server.put(namespace(given.ns, given.colour === "" ? {} : { colour: given.colour })));
      return;
    case "template":
      if (given.gone) client.removeTemplate(given.name.toLowerCase());
      else client.addTemplate(template(given.name, TEMPLATES[given.name]));
      return;
    case "constraint": {
      const { kind: constraintKind, match } = given;
      if (given.gone) client.removeConstraint(constraintKind, "c");
      else {
        const parameters = { start: match % 2 === 0 ? "x" : "y", n: match };
        client.addConstraint(constraint(constraintKind, "c", { match: MATCHES[match] ?? {}, parameters }));
      }
      return;
    }
    case "exclude":
      cluster.config = { spec: { match: [{ excludedNamespaces: given.namespaces, processes: ["audit"] }] } };
      return;
    case "audit":
  }
}

/** What must be the same: all but the time. */
function essence({ report, violations }: Swept) {
  const { seconds: _seconds, ...rest } = report;
  return { report: rest, violations };
}

test.prop([fc.array(step, { maxLength: 25 }), fc.constantFrom(0, 2_000, 1_000_000)], { numRuns: 60 })(
  "an incremental audit finds what a full one finds",
  async (steps, memoryBytes) => {
    const cluster = await testCluster(pool);
    try {
      for (const each of Object.keys(TEMPLATES) as (keyof typeof TEMPLATES)[]) {
        apply(cluster, { do: "template", name: each, gone: false });
        apply(cluster, { do: "constraint", kind: each, match: 0, gone: false });
      }
      const incremental = cluster.audit({ memoryBytes });
      const full = cluster.audit({ pool: fullPool, fullEvery: 1 });
      for (const each of [...steps, { do: "audit" } as const, { do: "audit" } as const]) {
        if (each.do !== "audit") apply(cluster, each);
        else expect(essence(await sweepOnce(incremental))).toEqual(essence(await sweepOnce(full)));
      }
    } finally {
      await cluster.stop();
    }
  },
  120_000,
);

describe("an incremental audit", () => {
  let cluster: TestCluster;
  let audit: ClusterAudit;
  beforeEach(async () => {
    cluster = await testCluster(pool, [PODS, SERVICES, NAMESPACES]);
    cluster.client.addTemplate(template("Named", TEMPLATES.Named));
    cluster.client.addConstraint(constraint("Named", "c", { parameters: { start: "p", n: 1 } }));
    for (let i = 0; i < 40; i++) cluster.server.put(pod(`p-${i}`));
    audit = cluster.audit({ pageSize: 20 });
    await sweepOnce(audit);
    cluster.server.forgetCalls();
  });
  afterEach(() => cluster.stop());

  const calls = () =>
    cluster.server.calls
      .filter(({ path }) => path.includes("/pods"))
      .map(({ path, accept }) => (accept.includes("as=Partial") ? `${path} versions` : path));
  const listed = ["/api/v1/pods versions", "/api/v1/pods versions"];

  it("asks for no object that has not changed", async () => {
    const { violations } = await sweepOnce(audit);
    expect(violations).toHaveLength(40);
    expect(calls()).toEqual(listed);
  });

  it("fetches the few that have changed, and what is new", async () => {
    cluster.server.put(pod("p-3", { labels: { app: "x" } }));
    cluster.server.put(pod("q-new"));
    const { violations } = await sweepOnce(audit);
    expect(violations.find(({ status }) => status.name === "p-3")?.object.labels).toBe('{"app":"x"}');
    expect(calls().toSorted()).toEqual([
      "/api/v1/namespaces/default/pods/p-3",
      "/api/v1/namespaces/default/pods/q-new",
      ...listed,
      "/api/v1/pods versions",
    ]);
  });

  it("lists a page anew where much of it has changed", async () => {
    for (let i = 10; i < 20; i++) cluster.server.put(pod(`p-${i}`, { labels: { app: "x" } }));
    await sweepOnce(audit);
    expect(calls().toSorted()).toEqual(["/api/v1/pods", ...listed]);
  });

  it("judges everything anew when policies have changed, and each so-many-th time", async () => {
    cluster.client.addConstraint(constraint("Named", "c", { parameters: { start: "p-1", n: 1 } }));
    expect((await sweepOnce(audit)).violations).toHaveLength(11);
    expect(calls()).toEqual(["/api/v1/pods", "/api/v1/pods"]);
    const often = cluster.audit({ pageSize: 20, fullEvery: 2 });
    const isFull: boolean[] = [];
    for (let run = 0; run < 5; run++) {
      await sweepOnce(often);
      isFull.push(often.cost.isFull);
    }
    expect(isFull).toEqual([true, false, true, false, true]);
  });

  it("judges again by a referential template where a kind that it reads has changed, and there alone", async () => {
    cluster.client.addTemplate(template("Unique", TEMPLATES.Unique));
    const inPods = { match: { kinds: [{ apiGroups: [""], kinds: ["Pod"] }] } };
    cluster.client.addConstraint(constraint("Unique", "c", inPods));
    const put = (kind: string) =>
      cluster.client.addData({ ...pod("x", { namespace: "other", labels: { app: "x" } }), kind });
    put("Service");
    await sweepOnce(audit);
    cluster.server.forgetCalls();
    put("ConfigMap");
    await sweepOnce(audit);
    expect(calls()).toEqual(listed);
    cluster.server.forgetCalls();
    cluster.client.removeData({
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace: "other", name: "x" },
    });
    await sweepOnce(audit);
    expect(calls().toSorted()).toEqual(["/api/v1/pods", "/api/v1/pods", ...listed]);
  });

  it("judges always what depends on the time or on others", async () => {
    cluster.client.addTemplate(template("Now", 'package p\nviolation[{"msg": "now"}] { time.now_ns() > 5 }'));
    cluster.client.addConstraint(constraint("Now", "c"));
    await sweepOnce(audit);
    cluster.server.forgetCalls();
    await sweepOnce(audit);
    expect(calls()).toEqual(["/api/v1/pods", "/api/v1/pods"]);
  });

  it("forgets what is gone", async () => {
    for (let i = 0; i < 40; i++) cluster.server.remove(PODS, { namespace: "default", name: `p-${i}` });
    expect((await sweepOnce(audit)).violations).toEqual([]);
    expect(audit.remembered.objects).toBe(0);
  });

  it("keeps to its memory", async () => {
    const small = cluster.audit({ pageSize: 20, memoryBytes: 5_000 });
    for (let run = 0; run < 3; run++) {
      expect((await sweepOnce(small)).violations).toHaveLength(40);
      expect(small.remembered.bytes).toBeLessThanOrEqual(5_000);
    }
    expect(small.remembered.objects).toBeGreaterThan(0);
  });

  it("judges again what could not be judged", async () => {
    cluster.server.put(pod("p-lost", { namespace: "lost" }));
    const { namespace: find } = cluster.policies;
    let answers = false;
    const policies = {
      ...cluster.policies,
      namespace: (each: string) =>
        each === "lost" && !answers ? Promise.reject(new Error("no answer")) : find(each),
    };
    const doubtful = cluster.audit({ policies });
    expect((await sweepOnce(doubtful)).report.errorCount).toBe(1);
    answers = true;
    const { report, violations } = await sweepOnce(doubtful);
    expect(report.errorCount).toBe(0);
    expect(violations).toHaveLength(41);
  });
});
