import { numberFromText } from "@portcullis/interpreter";
import { expect, it } from "vitest";
import type { SweepReport } from "../sweep.ts";
import { goDuration, logReport } from "./log.ts";

it.each([
  [0.0125, "12.5ms"],
  [3.25, "3.25s"],
  [62.5, "1m2.5s"],
  [3600, "1h0m0s"],
])("%d seconds are %s", (seconds, text) => expect(goDuration(seconds)).toBe(text));

it("writes the events of a run as Gatekeeper does", () => {
  const constraint = {
    group: "constraints.gatekeeper.sh",
    version: "v1beta1",
    kind: "K8sTest",
    name: "c",
    object: {
      metadata: { annotations: { a: "b", "kubectl.kubernetes.io/last-applied-configuration": "{}" } },
    },
  };
  const violation = {
    status: { group: "", version: "v1", kind: "Pod", name: "p", message: "no", enforcementAction: "deny" },
    constraint,
    object: { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "n" } },
    details: { size: numberFromText("1.0") },
    actions: ["deny"],
  };
  const { object: _, ...row } = constraint;
  const report: SweepReport = {
    runId: "2026-01-02T03:04:05Z",
    constraints: [
      { ...row, enforcementAction: "deny", totalViolations: 1, violations: [violation] },
      { ...row, name: "clean", enforcementAction: "deny", totalViolations: 0, violations: [] },
    ],
    errors: [],
    objects: 1,
    all: [violation],
    seconds: 2,
  };
  const events: [string, Readonly<Record<string, unknown>>][] = [];
  logReport(report, (message, fields) => void events.push([message, fields]));
  expect(events.map(([message, fields]) => [fields["event_type"], message])).toEqual([
    ["audit_started", "auditing constraints and violations"],
    ["violation_audited", "no"],
    ["constraint_audited", "audit results for constraint"],
    ["audit_finished", "auditing is complete"],
  ]);
  expect(events[1]?.[1]).toMatchObject({
    process: "audit",
    audit_id: "2026-01-02T03:04:05Z",
    details: { size: 1 },
    constraint_annotations: { a: "b" },
    resource_namespace: "n",
    resource_labels: {},
  });
  expect(events[2]?.[1]).toMatchObject({ constraint_name: "c", constraint_violations: "1" });
  expect(events[3]?.[1]).toMatchObject({ duration: "2s" });
});
