import { decodeExpansionTemplate } from "@portcullis/engine";
import { constraint, namespace, pod, template } from "@portcullis/engine/testing";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { NAMESPACES, PODS, SERVICES, sweepOnce, testCluster, testPool } from "../testing/cluster.ts";
import type { Swept, TestCluster } from "../testing/cluster.ts";
import type { ClusterAuditOptions } from "./cluster-audit.ts";

const DENIES = {
  group: "constraints.gatekeeper.sh",
  version: "v1beta1",
  kind: "DenyAll",
  plural: "denyall",
  namespaced: false,
  hasStatus: true,
};
const DEPLOYMENTS = {
  group: "apps",
  version: "v1",
  kind: "Deployment",
  plural: "deployments",
  namespaced: true,
};
const OTHER_PODS = { group: "other", version: "v1", kind: "Pod", plural: "pods", namespaced: true };

const pool = testPool();
afterAll(() => pool.close());

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await testCluster(pool, [PODS, SERVICES, NAMESPACES, DEPLOYMENTS, OTHER_PODS, DENIES]);
  for (let i = 0; i < 7; i++) cluster.server.put(pod(`p-${i}`));
  cluster.client.addTemplate(
    template("DenyAll", 'package p\nviolation[{"msg": "no"}] { input.review.kind.kind == "Pod" }'),
  );
  cluster.client.addConstraint(constraint("DenyAll", "deny"));
});
afterEach(() => cluster.stop());

function run(options: Partial<ClusterAuditOptions> = {}, onPage?: () => void): Promise<Swept> {
  return sweepOnce(cluster.audit(options), onPage);
}

function onlyKinds(kinds: readonly string[], apiGroups = [""]): void {
  cluster.client.addConstraint(constraint("DenyAll", "deny", { match: { kinds: [{ apiGroups, kinds }] } }));
}

const violated = ({ violations }: Swept) => violations.map(({ status }) => status.name).sort();
const paths = () => cluster.server.calls.map(({ path }) => path);
const allPods = ["p-0", "p-1", "p-2", "p-3", "p-4", "p-5", "p-6"];
const isPods = ({ path }: { readonly path: string }) => path === "/api/v1/pods";

describe("an audit of a cluster", () => {
  it("finds everything, page by page", async () => {
    const swept = await run();
    expect(violated(swept)).toEqual(allPods);
    expect(swept.report.errors).toEqual([]);
    expect(cluster.server.calls.filter(isPods)).toHaveLength(3);
  });

  it("asks for all objects of a kind at once where pages have no size", async () => {
    expect(violated(await run({ pageSize: 0 }))).toEqual(allPods);
    expect(cluster.server.calls.filter(isPods)).toHaveLength(1);
  });

  it("asks for fewer objects a page where they are large", async () => {
    const data = "x".repeat(1024 * 1024);
    const large = Array.from({ length: 40 }, (_, i) => ({ ...pod(`large-${i}`), data }));
    cluster.server.putAll(PODS, large);
    for (const pageSize of [0, 500]) {
      cluster.server.forgetCalls();
      const audit = cluster.audit({ pageSize });
      const swept = await sweepOnce(audit);
      expect([swept.violations.length, swept.report.errors]).toEqual([47, []]);
      // 500, 62, 7: the first two are given up, and nothing is lost or met twice.
      const asked = cluster.server.calls.filter(isPods).length;
      expect(asked).toBeGreaterThan(5);
      // What is remembered is listed by versions alone; where much has changed, its pages would be as large.
      for (let i = 0; i < 40; i++) cluster.server.put({ ...pod(`large-${i}`), data, changed: 1 });
      expect((await sweepOnce(audit)).violations).toHaveLength(47);
    }
  }, 60_000);

  describe("of the kinds that constraints name", () => {
    it("asks for these alone, by group and kind", async () => {
      onlyKinds(["Pod"]);
      expect(violated(await run())).toEqual(allPods);
      expect(paths()).not.toContain("/api/v1/services");
      expect(paths()).not.toContain("/apis/other/v1/pods");
    });

    it("asks for all where one constraint names none", async () => {
      onlyKinds(["Service"]);
      cluster.client.addConstraint(constraint("DenyAll", "open"));
      expect(violated(await run())).toEqual(allPods);
      expect(paths()).toContain("/api/v1/namespaces");
    });

    it("asks for those too that imply one of them", async () => {
      onlyKinds(["Pod"]);
      cluster.policies.expansion.upsert(
        decodeExpansionTemplate({
          apiVersion: "expansion.gatekeeper.sh/v1beta1",
          kind: "ExpansionTemplate",
          metadata: { name: "pods" },
          spec: {
            applyTo: [{ groups: ["apps"], versions: ["v1"], kinds: ["Deployment"] }],
            templateSource: "spec.template",
            generatedGVK: { group: "", version: "v1", kind: "Pod" },
          },
        }),
      );
      const metadata = { name: "d", namespace: "default" };
      cluster.server.put({ apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { template: {} } });
      cluster.server.put({
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { ...metadata, name: "odd" },
        spec: {},
      });
      const swept = await run();
      expect(violated(swept)).toEqual(["d", ...allPods]);
      expect(swept.violations.find(({ status }) => status.name === "d")?.message).toBe(
        "[Implied by pods] no",
      );
      expect(swept.report.errors).toEqual([
        {
          message: 'Deployment default/odd: could not find source field "spec.template" in resource odd',
          scope: { group: "apps", kind: "Deployment", namespace: "default", name: "odd" },
        },
      ]);
    });
  });

  it("leaves out what the Config excludes for the process audit", async () => {
    cluster.server.put(pod("system", { namespace: "kube-system" }));
    cluster.config = { spec: { match: [{ excludedNamespaces: ["kube-*"], processes: ["audit"] }] } };
    const swept = await run();
    expect(violated(swept)).toEqual(allPods);
    expect(swept.report.objects).toBe(7);
  });

  it("judges by the labels of Namespaces", async () => {
    cluster.server.put(namespace("red", { colour: "red" }));
    cluster.server.put(pod("in-red", { namespace: "red" }));
    cluster.client.addConstraint(
      constraint("DenyAll", "deny", { match: { namespaceSelector: { matchLabels: { colour: "red" } } } }),
    );
    expect(violated(await run())).toEqual(["in-red"]);
  });

  it("looks at copied objects where it is told to, and asks the server for nothing", async () => {
    cluster.synced = [pod("copied"), pod("other", { namespace: "x" })];
    const swept = await run({ fromCache: true });
    expect(violated(swept)).toEqual(["copied", "other"]);
    expect(cluster.server.calls).toEqual([]);
  });

  it("leaves out kinds that no constraint can match, whether it lists them or has copies", async () => {
    onlyKinds(["Pod"]);
    const listed = await run();
    cluster.synced = [namespace("default"), ...allPods.map((name) => pod(name))];
    const copied = await run({ fromCache: true });
    expect([listed, copied].map(({ report }) => report.objects)).toEqual([7, 7]);
    expect(violated(copied)).toEqual(allPods);
  });
});

describe("an audit goes on", () => {
  it("where the server has forgotten the state of the list, and meets nothing twice", async () => {
    let pages = 0;
    const swept = await run({ pageSize: 1 }, () => {
      if (++pages !== 1) return;
      cluster.server.put(pod("p-9"));
      cluster.server.compact();
    });
    expect(violated(swept)).toEqual([...allPods, "p-9"]);
    expect(swept.report.errors).toEqual([]);
  });

  it("with the other kinds where one cannot be listed, and tells", async () => {
    cluster.server.failNext(
      { kind: "status", code: 403, reason: "Forbidden" },
      ({ path }) => path === "/api/v1/services",
    );
    const swept = await run();
    expect(violated(swept)).toEqual(allPods);
    expect(swept.report.errors).toEqual([
      {
        message: expect.stringMatching(/^could not list Service: /) as string,
        scope: { group: "", kind: "Service" },
      },
    ]);
  });

  it.each([
    ["busy", { kind: "status", code: 503, reason: "ServiceUnavailable" }],
    ["overrun", { kind: "status", code: 429, reason: "TooManyRequests", retryAfterSeconds: 0 }],
    ["broken", { kind: "reset" }],
    ["cut off", { kind: "truncate" }],
    ["confused", { kind: "garbage" }],
  ] as const)("where the server is %s", async (_what, fault) => {
    for (let i = 0; i < 3; i++) cluster.server.failNext(fault, isPods);
    const swept = await run();
    expect(violated(swept)).toEqual(allPods);
    expect(swept.report.errors).toEqual([]);
  });

  it("with the other kinds where one is answered with nonsense each time", async () => {
    for (let i = 0; i < 5; i++) cluster.server.failNext({ kind: "garbage" }, isPods);
    cluster.server.put({ ...pod("s"), kind: "Service" });
    const swept = await run();
    expect(swept.report.errors.map(({ scope }) => scope)).toEqual([{ group: "", kind: "Pod" }]);
    expect(swept.report.objects).toBe(1);
  });

  it("when the server is back after an outage", async () => {
    let restarted: Promise<void> | undefined;
    const swept = await run({ pageSize: 1 }, () => {
      restarted ??= cluster.server
        .stop()
        .then(() => new Promise((resolve) => setTimeout(resolve, 300)))
        .then(() => cluster.server.start());
    });
    await restarted;
    expect(violated(swept)).toEqual(allPods);
    expect(swept.report.errors).toEqual([]);
  });

  it("and says that it is incomplete where the server stays away", async () => {
    let stopped: Promise<void> | undefined;
    const patience = { outageMs: 50, firstPauseMs: 1, longestPauseMs: 10 };
    const swept = await run({ patience, pageSize: 1 }, () => {
      stopped ??= cluster.server.stop();
    });
    await stopped;
    await cluster.server.start();
    expect(swept.violations.length).toBeLessThan(7);
    expect(swept.report.errors.map(({ scope }) => scope?.kind)).toContain("Pod");
  });

  it("where a kind goes while it is listed: what is gone breaks nothing", async () => {
    const swept = await run({ pageSize: 1 }, () => cluster.server.unserve(PODS));
    expect(swept.report.errors).toEqual([]);
    expect(violated(swept).every((name) => allPods.includes(name))).toBe(true);
  });

  it("with the policies it began with where a template goes meanwhile", async () => {
    const swept = await run({ pageSize: 1 }, () => cluster.client.removeTemplate("denyall"));
    expect(violated(swept)).toEqual(allPods);
    expect(swept.report.constraints.map(({ totalViolations }) => totalViolations)).toEqual([7]);
  });

  it("where a Namespace cannot be read, which costs what is in it", async () => {
    for (const name of ["a", "b"]) cluster.server.put(pod(name, { namespace: "lost" }));
    const { namespace: find } = cluster.policies;
    const lost = (name: string) => (name === "lost" ? Promise.reject(new Error("no answer")) : find(name));
    const swept = await run({ policies: { ...cluster.policies, namespace: lost } });
    expect(violated(swept)).toEqual(allPods);
    expect(swept.report.errors).toEqual([{ message: "Pod lost/a: no answer", scope: { namespace: "lost" } }]);
    expect(swept.report.errorCount).toBe(1);
  });

  it("where a Namespace goes with all that is in it: what is gone breaks nothing", async () => {
    cluster.server.put(pod("a-first"));
    for (const name of ["a", "b"]) cluster.server.put(pod(name, { namespace: "leaving" }));
    cluster.server.put(pod("orphan", { namespace: "torn" }));
    const { namespace: find } = cluster.policies;
    const left = (name: string) =>
      name === "leaving" || name === "torn" ? Promise.resolve(undefined) : find(name);
    const swept = await run({ pageSize: 0, policies: { ...cluster.policies, namespace: left } }, () => {});
    // Nothing has left yet: both are in disorder.
    expect(swept.report.errors.map(({ message }) => message)).toEqual([
      "Pod leaving/a: namespace leaving not found",
      "Pod torn/orphan: namespace torn not found",
    ]);
    const leaving = (name: string) => {
      if (name === "leaving")
        for (const each of ["a", "b"]) cluster.server.remove(PODS, { namespace: name, name: each });
      return left(name);
    };
    const after = await run({ pageSize: 0, policies: { ...cluster.policies, namespace: leaving } });
    expect(after.report.errors.map(({ message }) => message)).toEqual([
      "Pod torn/orphan: namespace torn not found",
    ]);
    expect(violated(after)).toEqual(["a-first", ...allPods]);
  });

  it("where a template takes too long for one object", async () => {
    cluster.client.addTemplate(
      template(
        "Slow",
        `package p
violation[{"msg": "slow"}] {
  input.review.name == "p-3"
  xs := numbers.range(1, 3000)
  count([1 | xs[_] + xs[_] + xs[_] == -1]) > 0
}`,
      ),
    );
    cluster.client.addConstraint(constraint("Slow", "slow"));
    const impatient = testPool({ threads: 1, reviewTimeoutMs: 3_000 });
    const swept = await run({ pool: impatient });
    await impatient.close();
    expect(violated(swept)).toEqual(allPods);
    expect(swept.report.errors).toMatchObject([{ scope: { kind: "Pod", name: "p-3" } }]);
  });

  it("where a template always takes too long: others judge everything, and it is given up soon", async () => {
    cluster.client.addTemplate(
      template(
        "AlwaysSlow",
        `package p
violation[{"msg": "slow"}] {
  xs := numbers.range(1, 3000)
  count([1 | xs[_] + xs[_] + xs[_] == -1]) > 0
}`,
      ),
    );
    cluster.client.addConstraint(constraint("AlwaysSlow", "slow"));
    const impatient = testPool({ threads: 1, reviewTimeoutMs: 2_000 });
    const audit = cluster.audit({ pool: impatient });
    for (let sweeps = 0; sweeps < 2; sweeps++) {
      const { report, ...swept } = await sweepOnce(audit);
      expect(violated({ report, ...swept })).toEqual(allPods);
      expect(report.errors.map(({ scope }) => scope)).toMatchObject([
        ...Array.from({ length: 3 }, () => ({ kind: "Pod", constraintKind: "AlwaysSlow" })),
        { constraintKind: "AlwaysSlow" },
      ]);
    }
    await impatient.close();
  }, 60_000);

  it("with 50,000 violations of one constraint, all counted", async () => {
    cluster.server.putAll(
      PODS,
      Array.from({ length: 50_000 }, (_, i) => pod(`many-${i}`)),
    );
    const { report } = await run({ pageSize: 500 });
    expect(report.constraints).toMatchObject([{ totalViolations: 50_007 }]);
    expect(report.constraints[0]?.violations).toHaveLength(20);
  }, 60_000);
});
