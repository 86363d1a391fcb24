import {
  decodeExpansionTemplate,
  ExpansionSystem,
  MutationSystem,
  processExcluder,
} from "@portcullis/engine";
import type { Client, Response, Result } from "@portcullis/engine";
import { describe, expect, it, vi } from "vitest";
import type { AuditListener } from "./audit-listener.ts";
import { History } from "./history.ts";
import type { AuditedObject } from "./object-source.ts";
import { judgedHere } from "./judged-here.ts";
import { reportJson } from "./publish/json.ts";
import { reportTable } from "./publish/table.ts";
import type { SweepDeps } from "./sweep.ts";
import { runAudit } from "./run-audit.ts";
import type { Violation } from "./violation.ts";
import { AuditWorker } from "./worker.ts";

const constraint = {
  group: "constraints.gatekeeper.sh",
  version: "v1beta1",
  kind: "K8sTest",
  name: "c",
  object: {},
  enforcementAction: "deny",
  revision: 1,
};
const violation = (msg: string): Result => ({
  constraint,
  msg,
  details: {},
  enforcementAction: "deny",
  actions: ["deny"],
});
const pod = (name: string, namespace = "shop"): AuditedObject => ({
  object: { apiVersion: "v1", kind: "Pod", metadata: { name, namespace } },
  origin: `${name}.yaml:1`,
});

/** A client with one constraint that answers as it is told. */
function clientOf(review: Client["review"]): Client {
  const settle: Client["settle"] = (work) => Promise.resolve(work({ review }));
  return { constraints: () => [constraint], review, settle } as unknown as Client;
}

/** Violates for every object whose name starts with `bad`. */
function deps(
  objects: readonly AuditedObject[],
  over: Partial<Parameters<typeof judgedHere>[0] & SweepDeps> = {},
): SweepDeps {
  const review: Client["review"] = ({ request }): Response => {
    const name = String(request["name"]);
    if (name === "broken") {
      const error = { code: "evaluation_failed", message: "cannot judge", retryable: false } as const;
      return { results: [], errors: [error] };
    }
    return { results: name.startsWith("bad") ? [violation(`${name} is bad`)] : [], errors: [] };
  };
  const judged = judgedHere({
    client: clientOf(review),
    expansion: new ExpansionSystem(new MutationSystem({ newId: () => "" })),
    source: {
      // eslint-disable-next-line typescript/require-await
      async *pages() {
        yield objects;
      },
      namespace: (name) => Promise.resolve(name === "gone" ? undefined : { metadata: { name } }),
    },
    excluder: processExcluder(),
    ...over,
  });
  return { ...judged, ...over };
}

const at = new Date("2026-01-02T03:04:05.678Z");
/** A sweep with every violation that it found. */
async function run(given: SweepDeps, history?: History) {
  const all: Violation[] = [];
  const listener: AuditListener = { found: (_, violations) => void all.push(...violations) };
  const { report } = await runAudit(given, [listener, ...(history ? [history] : [])], at, { signal: never });
  return { report, all };
}

const never = new AbortController().signal;

describe("a sweep", () => {
  it("reports violations, and what could not be judged, and goes on", async () => {
    const { report } = await run(
      deps([pod("bad-1"), pod("x", "gone"), pod("broken"), pod("fine"), pod("bad-2")]),
    );
    expect(report.runId).toBe("2026-01-02T03:04:05Z");
    expect(report.constraints[0]).toMatchObject({ name: "c", totalViolations: 2 });
    expect(report.errors).toEqual([
      { message: "x.yaml:1: Pod gone/x: namespace gone not found", scope: { namespace: "gone" } },
      {
        message: "broken.yaml:1: Pod shop/broken: cannot judge",
        scope: { group: "", kind: "Pod", namespace: "shop", name: "broken" },
      },
    ]);
    expect(report.errorCount).toBe(2);
  });

  it("leaves out what the Config excludes for the process audit", async () => {
    const excluder = processExcluder({
      spec: { match: [{ excludedNamespaces: ["kube-*"], processes: ["audit"] }] },
    });
    const { all } = await run(deps([pod("bad-1", "kube-system"), pod("bad-2")], { excluder }));
    expect(all.map(({ status }) => status.name)).toEqual(["bad-2"]);
  });

  it("judges what an object implies as the object's own", async () => {
    const expansion = new ExpansionSystem(new MutationSystem({ newId: () => "" }));
    expansion.upsert(
      decodeExpansionTemplate({
        apiVersion: "expansion.gatekeeper.sh/v1beta1",
        metadata: { name: "pods" },
        spec: {
          applyTo: [{ groups: ["apps"], versions: ["v1"], kinds: ["Deployment"] }],
          templateSource: "spec.template",
          generatedGVK: { group: "", version: "v1", kind: "Pod" },
        },
      }),
    );
    const deployment = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "bad", namespace: "shop" },
      spec: { template: { spec: {} } },
    };
    const { all } = await run(deps([{ object: deployment }], { expansion }));
    expect(all.map(({ status }) => `${status.kind} ${status.name}: ${status.message}`)).toEqual([
      "Deployment bad: [Implied by pods] bad-pod is bad",
      "Deployment bad: bad is bad",
    ]);
  });

  it("is one JSON object for scripts", async () => {
    const { report } = await run(deps([pod("bad-1"), pod("broken")]));
    expect(JSON.parse(reportJson(report, [{ file: "f", line: 1, column: 2, message: "no" }]))).toEqual({
      runId: "2026-01-02T03:04:05Z",
      constraints: [
        {
          kind: "K8sTest",
          name: "c",
          enforcementAction: "deny",
          totalViolations: 1,
          violations: [
            {
              group: "",
              version: "v1",
              kind: "Pod",
              name: "bad-1",
              namespace: "shop",
              message: "bad-1 is bad",
              enforcementAction: "deny",
            },
          ],
        },
      ],
      errors: [
        { file: "f", line: 1, column: 2, message: "no" },
        { message: "broken.yaml:1: Pod shop/broken: cannot judge" },
      ],
    });
  });

  it("is a table for people, which says what changed since the last one", async () => {
    const history = new History();
    await run(deps([pod("bad-1"), pod("bad-2")]), history);
    expect(history.changes).toBeUndefined();
    const { report } = await run(deps([pod("bad-2"), pod("bad-\u001b3")], { violationsLimit: 1 }), history);
    expect(reportTable({ ...report, seconds: 0.002 }, history.changes)).toBe(
      [
        "CONSTRAINT  ACTION  OBJECT           WHERE          MESSAGE",
        "K8sTest/c   deny    Pod shop/bad- 3  bad- 3.yaml:1  bad- 3 is bad",
        "",
        "K8sTest/c: 1 more, not shown",
        "audit 2026-01-02T03:04:05Z: 2 objects, 1 constraint, 2 violations of 1 constraint (2 ms)",
        "since the last run: 1 new, 1 resolved",
        "  + Pod shop/bad- 3 (bad- 3.yaml:1): [K8sTest/c] bad- 3 is bad (deny)",
        "  - Pod shop/bad-1 (bad-1.yaml:1): [K8sTest/c] bad-1 is bad (deny)",
      ].join("\n"),
    );
  });
});

describe("the worker", () => {
  it("joins a run that is going on, and stops it", async () => {
    const published: string[] = [];
    const worker = new AuditWorker({
      prepare: () => deps([pod("bad-1")]),
      listeners: [
        {
          found: (_, violations) => void published.push(`found ${violations.length}`),
          finished: () => void published.push("finished"),
          broken: () => void published.push("broken"),
        },
      ],
      onError: (error) => published.push(String(error)),
      intervalSeconds: 0,
    });
    const [one, two] = await Promise.all([worker.runNow(), worker.runNow()]);
    expect(one).toBe(two);
    await worker.runNow();
    expect(published).toEqual(["found 1", "finished", "found 1", "finished"]);
    const running = worker.runNow();
    await worker.stop();
    expect(await running).toBeUndefined();
    expect(published.slice(4)).toEqual(["broken"]);
  });

  it("runs each interval, also one that is longer than Node's timers", async () => {
    vi.useFakeTimers();
    const day = 24 * 3600;
    const started: number[] = [];
    const worker = new AuditWorker({
      prepare: () => deps([]),
      listeners: [{ started: () => void started.push(Date.now() / 1000 / day) }],
      onError: () => {},
      intervalSeconds: 60 * day,
    });
    const begin = Date.now() / 1000 / day;
    try {
      worker.start();
      for (let passed = 0; passed < 130; passed++) await vi.advanceTimersByTimeAsync(day * 1000);
      expect(started.map((at) => Math.round(at - begin))).toEqual([60, 120]);
    } finally {
      vi.useRealTimers();
      await worker.stop();
    }
  });
});
