import { readFileSync } from "node:fs";
import { join } from "node:path";
import { constraint, template } from "@portcullis/engine/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { apply, installKinds, kubectl, startManager } from "../testbed/manager.ts";
import type { Manager } from "../testbed/manager.ts";
import { childrenOf } from "../testbed/processes.ts";
import { pause, until } from "./cluster-policies.ts";
import { verdictOf } from "./kubectl-verdict.ts";

const missing = whyNoControlPlane();
if (missing !== undefined) console.log(`the process of the audit: ${missing}`);

const SECONDS = 1000;

describe.skipIf(missing !== undefined)("a manager that does everything", { timeout: 180 * SECONDS }, () => {
  let plane: ControlPlane;
  let manager: Manager;
  let report: string;

  beforeAll(async () => {
    plane = await startControlPlane();
    await installKinds(plane);
    report = join(plane.folder, "audit.jsonl");
    manager = await startManager(plane, {
      flags: ["--audit-interval=1", `--audit-report=${report}`, "--shutdown-delay=0"],
    });
    await apply(plane, [
      template("K8sNoSecrets", 'package p\nviolation[{"msg": "no secret is allowed"}] { true }'),
    ]);
    await until("the kind", async () => (await plane.kubectl(["get", "k8snosecrets"])).code === 0);
    await kubectl(plane, ["create", "secret", "generic", "there-before", "-n", "default"]);
    const match = { kinds: [{ apiGroups: [""], kinds: ["Secret"] }] };
    await apply(plane, [constraint("K8sNoSecrets", "none", { match })]);
    await kubectl(plane, ["wait", "--for=condition=Ready", "k8snosecrets/none", "--timeout=60s"]);
    await until("an audit", async () => (await violations()) === "1");
  }, 180 * SECONDS);

  afterAll(async () => {
    await manager?.stop();
    await plane?.stop();
  });

  const field = (path: string): Promise<string> =>
    kubectl(plane, ["get", "k8snosecrets/none", "-o", `jsonpath={.status.${path}}`]);
  const violations = (): Promise<string> => field("totalViolations");

  async function verdict(): Promise<string> {
    const args = ["create", "secret", "generic", "s", "--dry-run=server", "-n", "default"];
    return verdictOf(await plane.kubectl(args)).verdict;
  }

  it("admits and audits in two processes, with one pod status and one place for metrics", async () => {
    const [audit = 0, ...others] = childrenOf(manager.process.pid);
    expect(others).toEqual([]);
    expect(readFileSync(`/proc/${audit}/cmdline`, "utf8")).toContain("audit-process");
    expect(await verdict()).toBe("deny");
    const names = await kubectl(plane, ["get", "constraintpodstatuses", "-A", "-o", "name"]);
    expect(names.trim().split("\n")).toHaveLength(1);
    const metrics = await manager.metrics();
    expect(metrics).toMatch(/^gatekeeper_violations\{enforcement_action="deny"\} 1$/m);
    expect(metrics).toMatch(/^gatekeeper_audit_duration_seconds_count [1-9]/m);
    expect(metrics).toMatch(/^portcullis_audit_status_writes_total\{outcome="written"\} [1-9]/m);
    expect(metrics).toMatch(/^process_start_time_seconds \d+/m);
  });

  it("goes on admitting when the audit is killed, and has another one go on with its history", async () => {
    const [first = 0] = childrenOf(manager.process.pid);
    const seen = firstSeen();
    process.kill(first, "SIGKILL");
    await until("another one", async () => {
      expect(await verdict()).toBe("deny");
      expect(await manager.readyz()).toBe(200);
      const [next = first] = childrenOf(manager.process.pid);
      return next !== first;
    });
    const before = await field("auditTimestamp");
    await until("an audit of the other one", async () => (await field("auditTimestamp")) > before);
    // The status is written ahead of the report.
    await until("its report", () => Promise.resolve(runOf() > before));
    expect(firstSeen()).toEqual(seen);
    expect(seen).toHaveLength(1);
  });

  it("stays ready while the audit does not answer", async () => {
    const [audit = 0] = childrenOf(manager.process.pid);
    process.kill(audit, "SIGSTOP");
    try {
      for (let i = 0; i < 5; i++) {
        expect(await verdict()).toBe("deny");
        expect(await manager.readyz()).toBe(200);
        await pause(200);
      }
      // What it counted last is told in its place.
      expect(await manager.metrics()).toMatch(/^gatekeeper_violations\{enforcement_action="deny"\} 1$/m);
    } finally {
      process.kill(audit, "SIGCONT");
    }
  });

  it("leaves no process behind when it is told to stop", async () => {
    const [audit = 0] = childrenOf(manager.process.pid);
    await manager.stop();
    expect(manager.process.ended).toBe("exit code 0");
    expect(() => process.kill(audit, 0)).toThrow("ESRCH");
  });

  const lines = (): readonly Record<string, unknown>[] =>
    readFileSync(report, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  /** The run of the last report. */
  const runOf = (): string => String(lines()[0]?.["runId"]);

  /** Since when each of its violations is there. */
  const firstSeen = (): readonly unknown[] =>
    lines()
      .filter(({ type }) => type === "violation")
      .map(({ id, firstSeen: first }) => [id, first]);
});
