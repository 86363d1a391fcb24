import { numberFromText } from "@portcullis/interpreter";
import { expect, it } from "vitest";
import type { SweepReport } from "../sweep.ts";
import { violationsOf } from "../violation.ts";
import { auditLog } from "./log.ts";

const RUN = { runId: "2026-01-02T03:04:05Z", startedAt: Date.UTC(2026, 0, 2, 3, 4, 5) };

it("writes the events of a run as Gatekeeper does", async () => {
  const constraint = {
    group: "constraints.gatekeeper.sh",
    version: "v1beta1",
    kind: "K8sTest",
    name: "c",
    object: {
      metadata: { annotations: { a: "b", "kubectl.kubernetes.io/last-applied-configuration": "{}" } },
    },
  };
  const violations = violationsOf(
    { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "n", labels: { app: "x" } } },
    [
      {
        constraint,
        msg: "no".repeat(200),
        details: { size: numberFromText("1.0") },
        enforcementAction: "scoped",
        actions: ["deny", "warn"],
      },
    ],
  );
  const { object: _, ...row } = constraint;
  const report: SweepReport = {
    runId: RUN.runId,
    constraints: [
      {
        ...row,
        enforcementAction: "scoped",
        totalViolations: 1,
        denied: 1,
        byAction: { scoped: 1 },
        violations,
      },
      {
        ...row,
        name: "clean",
        enforcementAction: "deny",
        totalViolations: 0,
        denied: 0,
        byAction: {},
        violations: [],
      },
    ],
    errors: [],
    errorCount: 0,
    objects: 1,
    seconds: 2,
  };
  const events: Readonly<Record<string, unknown>>[] = [];
  const log = auditLog({
    info: (msg, fields) => void events.push({ msg, ...fields }),
    error: (msg, fields) => void events.push({ level: "error", msg, ...fields }),
  });
  await log.started?.(RUN);
  await log.found?.(RUN, violations);
  await log.finished?.(RUN, report);
  const common = { logger: "controller", process: "audit", semantic: true, audit_id: RUN.runId };
  const aboutConstraint = {
    constraint_group: "constraints.gatekeeper.sh",
    constraint_api_version: "v1beta1",
    constraint_kind: "K8sTest",
    constraint_name: "c",
    constraint_namespace: "",
    constraint_action: "scoped",
  };
  expect(events).toEqual([
    { ...common, msg: "auditing constraints and violations", event_type: "audit_started" },
    {
      ...common,
      ...aboutConstraint,
      msg: `${"no".repeat(126)}n...`,
      event_type: "violation_audited",
      details: expect.anything() as unknown,
      constraint_enforcement_actions: ["deny", "warn"],
      constraint_annotations: { a: "b" },
      resource_group: "",
      resource_api_version: "v1",
      resource_kind: "Pod",
      resource_namespace: "n",
      resource_name: "p",
      resource_labels: { app: "x" },
    },
    {
      ...common,
      ...aboutConstraint,
      msg: "audit results for constraint",
      event_type: "constraint_audited",
      constraint_status: "enforced",
      constraint_violations: "1",
    },
    { ...common, msg: "auditing is complete", event_type: "audit_finished", duration: "2s" },
  ]);
  expect(JSON.stringify(events[1]?.["details"])).toBe('{"size":1.0}');
});

it("says how far a run is: once it can tell, then every ten seconds", () => {
  const lines: unknown[] = [];
  const log = auditLog({ info: (_, fields) => void lines.push(fields), error: () => {} });
  const common = { logger: "controller", process: "audit", semantic: true, audit_id: RUN.runId };
  log.progress?.(RUN, { kindsDone: 0, kinds: 3, objects: 0, secondsElapsed: 0.5 });
  for (const secondsElapsed of [1, 2, 10.5, 11, 12]) {
    log.progress?.(RUN, {
      kindsDone: 1,
      kinds: 3,
      kind: "Pod",
      objects: 500,
      objectsExpected: 2000,
      share: 0.25,
      secondsElapsed,
      secondsLeft: secondsElapsed * 3,
    });
  }
  const about = { event_type: "audit_progress", kinds_done: 1, kinds: 3, kind: "Pod", objects: 500 };
  expect(lines).toEqual([
    { ...common, ...about, objects_expected: 2000, elapsed: "1s", estimated_rest: "3s" },
    { ...common, ...about, objects_expected: 2000, elapsed: "11s", estimated_rest: "33s" },
  ]);
});

it.each([
  [false, "audit_stats", "audit review request stats"],
  [true, "audit_cache_stats", "audit from cache review request stats"],
])("says what templates took (from the cache: %s)", async (fromCache, type, msg) => {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const info = (message: string, fields: object): void => void lines.push({ msg: message, ...fields });
  await auditLog({ info, error: () => {} }, { fromCache, stats: true }).finished?.(RUN, {
    runId: RUN.runId,
    constraints: [],
    errors: [],
    errorCount: 0,
    objects: 0,
    seconds: 1,
    stats: [{ kind: "K8sTest", nanoseconds: 1200, constraints: 3 }],
  });
  expect(lines[0]).toMatchObject({
    msg,
    event_type: type,
    process: "audit",
    audit_id: RUN.runId,
    execution_stats: [
      {
        scope: "template",
        statsFor: "K8sTest",
        stats: [
          { name: "templateRunTimeNS", value: 1200, description: expect.any(String) as string },
          { name: "constraintCount", value: 3 },
        ],
      },
    ],
  });
});

it("says what a run could not judge, and how much more there is of it", async () => {
  const errors: unknown[] = [];
  const log = auditLog({ info: () => {}, error: (msg, fields) => void errors.push([msg, fields["error"]]) });
  await log.finished?.(RUN, {
    runId: RUN.runId,
    constraints: [],
    errors: Array.from({ length: 101 }, (_, i) => ({ message: `could not list kind ${i}`, scope: {} })),
    errorCount: 5000,
    objects: 0,
    seconds: 1,
  });
  expect(errors).toHaveLength(101);
  expect(errors[0]).toEqual(["the audit is incomplete", "could not list kind 0"]);
  expect(errors[100]).toEqual(["the audit is incomplete", "4900 more errors"]);
});
