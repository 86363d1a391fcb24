import { valueAt } from "@portcullis/engine";
import { createKubeApi, plainConnection } from "@portcullis/engine/cluster";
import type { KubeApi } from "@portcullis/engine/cluster";
import { constraint, createFakeApiServer } from "@portcullis/engine/testing";
import type { CallFault, FakeApiServer, FakeCall } from "@portcullis/engine/testing";
import type { PlainObject } from "@portcullis/interpreter";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SweepError } from "../sweep-error.ts";
import type { SweepReport } from "../sweep.ts";
import { Tally } from "../tally.ts";
import { violationsOf } from "../violation.ts";
import { constraintStatuses } from "./constraint-statuses.ts";
import type { StatusOutcome } from "./constraint-statuses.ts";

const DENIES = {
  group: "constraints.gatekeeper.sh",
  version: "v1beta1",
  kind: "DenyAll",
  plural: "denyall",
  namespaced: false,
  hasStatus: true,
};
const RUN = { runId: "2026-01-02T03:04:05Z", startedAt: 0 };

let server: FakeApiServer;
let api: KubeApi;
let outcomes: StatusOutcome[];
let remarks: string[];
beforeEach(async () => {
  server = await createFakeApiServer({ resources: [DENIES] });
  api = createKubeApi({ connection: plainConnection({ server: server.url }) });
  outcomes = [];
  remarks = [];
});
afterEach(async () => {
  await api.close();
  await server.stop();
});

/** A run that found so many violations of each constraint. */
function report(found: Readonly<Record<string, number>>): SweepReport {
  const info = (name: string) => ({
    group: "constraints.gatekeeper.sh",
    version: "v1beta1",
    kind: "DenyAll",
    name,
    object: {},
  });
  const all = Object.keys(found).map((name) => ({ ...info(name), enforcementAction: "deny", revision: 1 }));
  const tally = new Tally(all);
  for (const [name, count] of Object.entries(found)) {
    for (let i = 0; i < count; i++) {
      const object = { apiVersion: "v1", kind: "Pod", metadata: { name: `p-${i}`, namespace: "shop" } };
      const result = {
        constraint: info(name),
        msg: "no",
        details: {},
        enforcementAction: "deny",
        actions: ["deny"],
      };
      for (const violation of violationsOf(object, [result])) tally.add(violation);
    }
  }
  return { runId: RUN.runId, constraints: tally.close(), errors: [], errorCount: 0, objects: 9, seconds: 1 };
}

async function write(
  found: Readonly<Record<string, number>>,
  signal = new AbortController().signal,
): Promise<readonly SweepError[]> {
  const listener = constraintStatuses({
    api,
    signal,
    onOutcome: (outcome) => void outcomes.push(outcome),
    onRemark: (remark) => void remarks.push(remark),
    pauseMs: 1,
  });
  return (await listener.finished?.(RUN, report(found))) ?? [];
}

const status = (name: string): PlainObject => valueAt(server.get(DENIES, { name }), "status") as PlainObject;
const isPatch =
  (name: string) =>
  ({ method, path }: FakeCall): boolean =>
    method === "PATCH" && path.includes(`/${name}/`);
const fail = (code: number, reason: string): CallFault => ({ kind: "status", code, reason });

describe("the statuses of constraints", () => {
  it("have the run, the count and the violations, and keep what others wrote", async () => {
    server.put({ ...constraint("DenyAll", "a"), status: { byPod: [{ id: "manager" }] } });
    expect(await write({ a: 2 })).toEqual([]);
    const violation = {
      group: "",
      version: "v1",
      kind: "Pod",
      namespace: "shop",
      message: "no",
      enforcementAction: "deny",
    };
    expect(status("a")).toEqual({
      auditTimestamp: RUN.runId,
      totalViolations: 2,
      violations: [
        { ...violation, name: "p-1" },
        { ...violation, name: "p-0" },
      ],
      byPod: [{ id: "manager" }],
    });
  });

  it("are written of constraints that nothing violates, and lose their violations when all are mended", async () => {
    for (const name of ["a", "clean"]) server.put(constraint("DenyAll", name));
    await write({ a: 2, clean: 0 });
    expect(status("clean")).toEqual({ auditTimestamp: RUN.runId, totalViolations: 0 });
    await write({ a: 0, clean: 0 });
    expect(status("a")).toEqual({ auditTimestamp: RUN.runId, totalViolations: 0 });
  });

  it.each([
    [409, "Conflict"],
    [503, "ServiceUnavailable"],
    [403, "Forbidden"],
    [422, "Invalid"],
  ])("are written again after %d %s", async (code, reason) => {
    for (const name of ["a", "b"]) server.put(constraint("DenyAll", name));
    for (let i = 0; i < 4; i++) server.failNext(fail(code, reason), isPatch("a"));
    expect(await write({ a: 1, b: 1 })).toEqual([]);
    expect([status("a"), status("b")].map((each) => each["totalViolations"])).toEqual([1, 1]);
    expect(outcomes.filter((outcome) => outcome === "written")).toHaveLength(2);
    expect(outcomes.filter((outcome) => outcome === "retried").length).toBeGreaterThan(0);
  });

  it("that cannot be written are told and counted, and hold up no other", async () => {
    for (const name of ["a", "b"]) server.put(constraint("DenyAll", name));
    for (let i = 0; i < 50; i++) server.failNext(fail(403, "Forbidden"), isPatch("a"));
    expect(await write({ a: 1, b: 1 })).toEqual([
      { message: expect.stringMatching(/^could not write the status of DenyAll\/a: .*Forbidden/) as string },
    ]);
    expect(status("b")["totalViolations"]).toBe(1);
    expect(outcomes.toSorted()).toEqual(["lost", ...Array<string>(4).fill("retried"), "written"]);
  });

  it("of constraints that are gone are nobody's business", async () => {
    expect(await write({ a: 1 })).toEqual([]);
    expect(outcomes).toEqual(["gone"]);
  });

  it("hold fewer violations where the server takes no more, and say so; the count stays exact", async () => {
    server.put(constraint("DenyAll", "a"));
    for (let i = 0; i < 2; i++) server.failNext(fail(413, "RequestEntityTooLarge"), isPatch("a"));
    expect(await write({ a: 9 })).toEqual([]);
    expect(status("a")).toMatchObject({
      totalViolations: 9,
      violations: [{ name: "p-1" }, { name: "p-0" }],
    });
    expect(remarks).toEqual([
      expect.stringMatching(/^the status of DenyAll\/a lists 4 violations instead of 9: /),
      expect.stringMatching(/^the status of DenyAll\/a lists 2 violations instead of 4: /),
    ]);
  });

  it("are told where the process ends before they are written", async () => {
    server.put(constraint("DenyAll", "a"));
    const [error] = await write({ a: 1 }, AbortSignal.abort());
    expect(error?.message).toBe("could not write the status of DenyAll/a: the process was told to stop");
  });
});
