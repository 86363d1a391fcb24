import { auditMetrics } from "@portcullis/audit";
import type { SweepReport } from "@portcullis/audit";
import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { HeardMetrics, tellingMetrics } from "./audit-news.ts";
import type { AuditNews } from "./audit-news.ts";

// What an audit tells goes over a channel as JSON; what is counted must be what it would have counted itself.

const RUN = { runId: "2030-01-01T00:00:00Z", startedAt: Date.UTC(2030, 0, 1) };
const REPORT: SweepReport = {
  runId: RUN.runId,
  constraints: [
    {
      group: "constraints.gatekeeper.sh",
      version: "v1beta1",
      kind: "K",
      name: "k",
      enforcementAction: "deny",
      totalViolations: 5,
      denied: 3,
      byAction: { deny: 3, warn: 2 },
      violations: [],
    },
  ],
  errors: [{ message: "a page could not be read", scope: {} }],
  errorCount: 1,
  objects: 10,
  seconds: 2,
};
const SUMMARY = {
  runId: RUN.runId,
  seconds: 2,
  objects: 10,
  violations: 5,
  new: 2,
  resolved: 1,
  unjudged: 0,
  errors: 1,
  incomplete: true,
};

/** Everything that an audit may tell, and what is said in the end. */
function tellAll(metrics: ReturnType<typeof tellingMetrics>): void {
  void metrics.started?.(RUN);
  metrics.progress?.(RUN, {
    kinds: 4,
    kindsDone: 1,
    objects: 5,
    share: 0.25,
    secondsElapsed: 2,
    secondsLeft: 6,
  });
  metrics.countStatus("written");
  metrics.countStatus("lost");
  metrics.countLostEvents(7);
  void metrics.finished?.(RUN, REPORT);
  void metrics.started?.(RUN);
  void metrics.broken?.(RUN, new Error("the API server is gone"));
}

function hearing(registry: Registry): {
  readonly heard: HeardMetrics;
  readonly say: (news: AuditNews) => void;
} {
  const heard = new HeardMetrics((summary) => auditMetrics({ registry, summary }));
  return { heard, say: (news) => heard.hear(JSON.parse(JSON.stringify(news)) as AuditNews) };
}

it("counts what it hears as the audit itself would", async () => {
  const [there, here] = [new Registry(), new Registry()];
  tellAll(auditMetrics({ registry: here, summary: () => SUMMARY }));
  const { say } = hearing(there);
  tellAll(tellingMetrics(say, () => SUMMARY));
  expect(await there.metrics()).toBe(await here.metrics());
  expect(await there.metrics()).toContain('gatekeeper_violations{enforcement_action="deny"} 3');
});

it("an audit that ends without a word broke its run, and what the one before found stays", async () => {
  const registry = new Registry();
  const { heard, say } = hearing(registry);
  const metrics = tellingMetrics(say, () => SUMMARY);
  void metrics.started?.(RUN);
  void metrics.finished?.(RUN, REPORT);
  heard.ended();
  expect(await registry.metrics()).toContain("portcullis_audit_broken_runs_total 0");
  void metrics.started?.(RUN);
  heard.ended();
  heard.ended();
  const text = await registry.metrics();
  expect(text).toContain("portcullis_audit_broken_runs_total 1");
  expect(text).toContain("portcullis_audit_running 0");
  expect(text).toContain('gatekeeper_violations{enforcement_action="warn"} 2');
});
