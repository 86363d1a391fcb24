import { Registry } from "prom-client";
import { expect, it } from "vitest";
import type { SweepReport } from "../sweep.ts";
import { auditMetrics } from "./metrics.ts";

const RUN = { runId: "2026-01-02T03:04:05Z", startedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 500) };
const row = (enforcementAction: string, byAction: Readonly<Record<string, number>>) => ({
  group: "constraints.gatekeeper.sh",
  version: "v1beta1",
  kind: "K8sTest",
  name: enforcementAction,
  enforcementAction,
  totalViolations: Object.values(byAction).reduce((sum, count) => sum + count, 0),
  denied: 0,
  byAction,
  violations: [],
});
const REPORT: SweepReport = {
  runId: RUN.runId,
  constraints: [row("deny", { deny: 3, warn: 2 }), row("scoped", { scoped: 1 }), row("x", { x: 4 })],
  errors: [{ message: "m", scope: {} }],
  errorCount: 7,
  objects: 10,
  seconds: 90,
};

/** The values of a metric's series, by their labels. */
async function valuesOf(registry: Registry, name: string): Promise<Record<string, number>> {
  const text = await registry.getSingleMetricAsString(name);
  const lines = text.split("\n").filter((line) => line.startsWith(name));
  return Object.fromEntries(
    lines.map((line) => {
      const [, series = "", value = ""] = /^(\S+) (\S+)$/.exec(line) ?? [];
      return [series.slice(name.length), Number(value)];
    }),
  );
}

it("counts what Gatekeeper counts, under its names", async () => {
  const registry = new Registry();
  const metrics = auditMetrics({ registry });
  await metrics.started?.(RUN);
  await metrics.finished?.(RUN, REPORT);
  // By the action of each violation, as Gatekeeper: an ExpansionTemplate can bring another one than the constraint's.
  expect(await valuesOf(registry, "gatekeeper_violations")).toEqual({
    '{enforcement_action="deny"}': 3,
    '{enforcement_action="warn"}': 2,
    '{enforcement_action="dryrun"}': 0,
    '{enforcement_action="scoped"}': 1,
    '{enforcement_action="unrecognized"}': 4,
  });
  const startSeconds = RUN.startedAt / 1000;
  expect(await valuesOf(registry, "gatekeeper_audit_last_run_time")).toEqual({ "": startSeconds });
  expect(await valuesOf(registry, "gatekeeper_audit_last_run_end_time")).toEqual({ "": startSeconds + 90 });
  expect(await valuesOf(registry, "gatekeeper_audit_duration_seconds")).toMatchObject({
    '_bucket{le="60"}': 0,
    '_bucket{le="180"}': 1,
    '_bucket{le="19200"}': 1,
    _sum: 90,
    _count: 1,
  });
});

it("says how far a run is, and how it ended", async () => {
  const registry = new Registry();
  const summary = () => ({
    runId: RUN.runId,
    seconds: 90,
    objects: 10,
    violations: 10,
    new: 4,
    resolved: 2,
    unjudged: 1,
    errors: 7,
    incomplete: true,
  });
  const metrics = auditMetrics({ registry, summary });
  await metrics.started?.(RUN);
  metrics.progress?.(RUN, {
    kindsDone: 2,
    kinds: 5,
    objects: 100,
    objectsExpected: 400,
    share: 0.25,
    secondsElapsed: 1,
    secondsLeft: 3,
  });
  expect(await valuesOf(registry, "portcullis_audit_running")).toEqual({ "": 1 });
  expect(await valuesOf(registry, "portcullis_audit_kinds")).toEqual({
    '{state="done"}': 2,
    '{state="all"}': 5,
  });
  expect(await valuesOf(registry, "portcullis_audit_objects")).toEqual({
    '{state="read"}': 100,
    '{state="expected"}': 400,
  });
  expect(await valuesOf(registry, "portcullis_audit_progress_ratio")).toEqual({ "": 0.25 });
  expect(await valuesOf(registry, "portcullis_audit_estimated_rest_seconds")).toEqual({ "": 3 });
  await metrics.finished?.(RUN, REPORT);
  expect(await valuesOf(registry, "portcullis_audit_running")).toEqual({ "": 0 });
  expect(await valuesOf(registry, "portcullis_audit_progress_ratio")).toEqual({ "": 1 });
  expect(await valuesOf(registry, "portcullis_audit_errors")).toEqual({ "": 7 });
  expect(await valuesOf(registry, "portcullis_audit_violation_changes")).toEqual({
    '{state="new"}': 4,
    '{state="resolved"}': 2,
    '{state="unjudged"}': 1,
  });
});

it("counts statuses and Events that were lost, and runs that broke off", async () => {
  const registry = new Registry();
  const metrics = auditMetrics({ registry });
  metrics.countStatus("written");
  metrics.countStatus("retried");
  metrics.countLostEvents(12);
  await metrics.started?.(RUN);
  await metrics.broken?.(RUN, new Error("x"));
  expect(await valuesOf(registry, "portcullis_audit_status_writes_total")).toEqual({
    '{outcome="written"}': 1,
    '{outcome="retried"}': 1,
    '{outcome="lost"}': 0,
    '{outcome="gone"}': 0,
  });
  expect(await valuesOf(registry, "portcullis_audit_lost_events_total")).toEqual({ "": 12 });
  expect(await valuesOf(registry, "portcullis_audit_broken_runs_total")).toEqual({ "": 1 });
  expect(await valuesOf(registry, "portcullis_audit_running")).toEqual({ "": 0 });
});
