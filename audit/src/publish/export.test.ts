import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DiskTarget, ExportTarget, Publishing } from "@portcullis/engine/cluster";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuditListener, AuditRun } from "../audit-listener.ts";
import type { SweepError } from "../sweep-error.ts";
import type { SweepReport } from "../sweep.ts";
import { violationsOf } from "../violation.ts";
import type { Violation } from "../violation.ts";
import { violationExport } from "./export.ts";
import { daprSink } from "./export-dapr.ts";

let folder: string;
let target: ExportTarget | undefined;
let published: Publishing[];
let exporting: AuditListener;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "exports-"));
  target = disk("one");
  published = [];
  exporting = listener();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const disk = (name: string, maxAuditResults = 3): DiskTarget => ({
  driver: "disk",
  path: join(folder, name),
  maxAuditResults,
  closedConnectionTtlMs: 60_000,
});
const listener = (channel = "channel"): AuditListener =>
  violationExport({
    connection: { target: () => target, published: (how) => void published.push(how) },
    name: "audit-connection",
    channel,
    sidecar: { url: "http://127.0.0.1:1", token: "" },
    signal: new AbortController().signal,
    onProblem: (message) => expect.unreachable(message),
  });

const CONSTRAINT = {
  group: "constraints.gatekeeper.sh",
  version: "v1beta1",
  kind: "K8sTest",
  name: "c",
  object: { metadata: { annotations: { a: "b", "kubectl.kubernetes.io/last-applied-configuration": "{}" } } },
};
const found = (msg: string): readonly Violation[] =>
  violationsOf({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "d", namespace: "n" } }, [
    { constraint: CONSTRAINT, msg, details: {}, enforcementAction: "scoped", actions: ["deny", "warn"] },
  ]);
const run = (minute: number): AuditRun => {
  const startedAt = Date.UTC(2026, 0, 2, 3, minute, 5);
  return { runId: `${new Date(startedAt).toISOString().slice(0, 19)}Z`, startedAt };
};
const REPORT = { errors: [], errorCount: 0 } as unknown as SweepReport;

/** A whole run with such violations; what could not be told. */
async function audited(minute = 4, messages: readonly string[] = ["no"]): Promise<readonly SweepError[]> {
  await exporting.started?.(run(minute));
  for (const message of messages) await exporting.found?.(run(minute), found(message));
  return (await exporting.finished?.(run(minute), REPORT)) ?? [];
}
const files = (name: string): readonly string[] => readdirSync(join(folder, name, "channel")).sort();
const linesOf = (...path: readonly string[]): readonly unknown[] =>
  readFileSync(join(folder, ...path), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);

describe("violations that are exported to a folder", () => {
  it("stand between the start of a run and its end, in a file that is renamed when it is whole", async () => {
    await exporting.started?.(run(4));
    await exporting.found?.(run(4), [...found("x".repeat(300)), ...found("b")]);
    expect(files("one")).toEqual(["2026-01-02T03_04_05Z.txt"]);
    expect(await exporting.finished?.(run(4), REPORT)).toEqual([]);
    expect(files("one")).toEqual(["2026-01-02T03_04_05Z.log"]);
    const id = "2026-01-02T03:04:05Z";
    const violation = {
      id,
      details: {},
      eventType: "violation_audited",
      group: "constraints.gatekeeper.sh",
      version: "v1beta1",
      kind: "K8sTest",
      name: "c",
      message: `${"x".repeat(253)}...`,
      enforcementAction: "scoped",
      enforcementActions: ["deny", "warn"],
      constraintAnnotations: { a: "b" },
      resourceGroup: "apps",
      resourceAPIVersion: "v1",
      resourceKind: "Deployment",
      resourceNamespace: "n",
      resourceName: "d",
    };
    expect(linesOf("one", "channel", "2026-01-02T03_04_05Z.log")).toEqual([
      { id, message: "audit is started" },
      violation,
      { ...violation, message: "b" },
      { id, message: "audit is completed" },
    ]);
    expect(published).toMatchObject([{ source: "audit", active: true, errors: [] }]);
  });

  it("are kept of so many runs as the Connection says, beside what others put there", async () => {
    target = disk("one", 2);
    await audited(1);
    writeFileSync(join(folder, "one", "channel", "admission-1.log"), "");
    writeFileSync(join(folder, "one", "channel", "2026-01-01T00_00_00Z.txt"), "of a process that was killed");
    for (const minute of [2, 3]) await audited(minute);
    expect(files("one")).toEqual(["2026-01-02T03_02_05Z.log", "2026-01-02T03_03_05Z.log", "admission-1.log"]);
    target = disk("one", 0);
    await audited(4);
    expect(files("one")).toEqual(["admission-1.log"]);
  });

  it("end where the run breaks: nothing more comes of it", async () => {
    await exporting.started?.(run(4));
    await exporting.broken?.(run(4), new Error("bug"));
    expect(linesOf("one", "channel", "2026-01-02T03_04_05Z.log").at(-1)).toMatchObject({
      message: "audit is completed",
    });
  });

  it("go where the Connection points to when the run begins; the former folder is left as it was found", async () => {
    await audited(1);
    await exporting.started?.(run(2));
    target = disk("two");
    await exporting.finished?.(run(2), REPORT);
    expect(files("one")).toHaveLength(2);
    await audited(3);
    expect(existsSync(join(folder, "one"))).toBe(false);
    expect(files("two")).toEqual(["2026-01-02T03_03_05Z.log"]);
    writeFileSync(join(folder, "two", "mine"), "");
    target = undefined;
    await audited(4);
    expect(readdirSync(join(folder, "two"))).toEqual(["mine"]);
  });

  it("are lost where there is no Connection, which is told and breaks nothing", async () => {
    target = undefined;
    expect(await audited(4, ["a", "b"])).toEqual([
      {
        message:
          "2 of 2 violations were not exported to Connection audit-connection: there is no usable Connection audit-connection",
      },
    ]);
    expect(published).toMatchObject([
      { active: false, errors: ["there is no usable Connection audit-connection"] },
    ]);
  });

  it.each([
    ["a file is where the folder should be", () => writeFileSync(join(folder, "one"), ""), /ENOTDIR|EEXIST/],
    [
      "the channel would lead elsewhere",
      () => void (exporting = listener("../x")),
      /is not the name of a folder/,
    ],
  ])("are lost where %s, which is told once", async (_, spoil, why) => {
    spoil();
    const [error, ...others] = await audited(4, ["a", "b"]);
    expect(error?.message).toMatch(/^2 of 2 violations were not exported to Connection audit-connection: /);
    expect(error?.message).toMatch(why);
    expect(others).toEqual([]);
    expect(published[0]?.errors.length).toBeGreaterThan(0);
  });
});

/** What a sidecar was sent, and what it answers. */
interface Sidecar {
  readonly url: string;
  readonly got: {
    readonly path: string;
    readonly type: string;
    readonly token: string;
    readonly body: string;
  }[];
  /** Of each message; undefined never answers. */
  answer: (body: string, nth: number) => number | undefined;
  readonly server: Server;
}

async function startSidecar(): Promise<Sidecar> {
  const got: Sidecar["got"] = [];
  const bodyOf = async (request: IncomingMessage): Promise<string> => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    return body;
  };
  const take = async (request: IncomingMessage): Promise<number | undefined> => {
    const body = await bodyOf(request);
    const { headers, url = "" } = request;
    const type = headers["content-type"] ?? "";
    got.push({ path: url, type, token: String(headers["dapr-api-token"] ?? ""), body });
    return sidecar.answer(body, got.length);
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const status = await take(request);
    if (status === undefined) return;
    response.writeHead(status).end(status === 204 ? "" : `{"message":"${"no ".repeat(1000)}"}`);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const sidecar: Sidecar = { url: `http://127.0.0.1:${port}`, got, answer: () => 204, server };
  return sidecar;
}

describe("violations that are published through Dapr", () => {
  let sidecar: Sidecar;
  let ending: AbortController;
  beforeEach(async () => {
    sidecar = await startSidecar();
    ending = new AbortController();
  });
  afterEach(() => {
    sidecar.server.closeAllConnections();
    sidecar.server.close();
  });
  const sink = (timeoutMs = 1000) =>
    daprSink({
      target: { driver: "dapr", component: "pub sub" },
      channel: "a/b c",
      sidecar: { url: sidecar.url, token: "secret" },
      signal: ending.signal,
      timeoutMs,
      pauseMs: 1,
    });

  it("are a message each, the JSON as a text, with the token that the sidecar wants", async () => {
    const to = sink();
    expect(await to.begin("start")).toEqual([]);
    expect(await to.add(["a", "b", "c"])).toEqual([]);
    expect(await to.end("end")).toEqual([]);
    const [first] = sidecar.got;
    expect(first).toEqual({
      path: "/v1.0/publish/pub%20sub/a/b%20c",
      type: "text/plain",
      token: "secret",
      body: "start",
    });
    const bodies = sidecar.got.map(({ body }) => body);
    expect([bodies[0], bodies.slice(1, -1).sort(), bodies.at(-1)]).toEqual(["start", ["a", "b", "c"], "end"]);
  });

  it("are sent again where the sidecar is in trouble, and only there", async () => {
    sidecar.answer = (body, nth) => (body === "bad" ? 404 : nth < 3 ? 500 : 204);
    expect(await sink().begin("start")).toEqual([]);
    expect(sidecar.got).toHaveLength(3);
    const [error] = await sink().begin("bad");
    expect(error).toMatch(/^could not publish to Dapr: the sidecar answered 404 \{"message":"no no/);
    expect(error?.length).toBeLessThan(700);
    expect(sidecar.got).toHaveLength(4);
  });

  it("are given up where nothing arrives any more", async () => {
    sidecar.answer = () => 500;
    const errors = await sink().add(Array.from({ length: 1000 }, String));
    expect(errors).toHaveLength(1000);
    expect(errors).toContain("given up: 5 records in a row could not be published");
    // Eight at once, three times each.
    expect(sidecar.got.length).toBeLessThanOrEqual(24 + 12);
  });

  it("do not wait for a sidecar that hangs", async () => {
    sidecar.answer = () => undefined;
    expect(await sink(20).begin("start")).toEqual(["could not publish to Dapr: no answer within 20 ms"]);
    setTimeout(() => ending.abort(), 20);
    expect(await sink(60_000).begin("start")).toHaveLength(1);
  });

  it("do not arrive where there is no sidecar", async () => {
    target = { driver: "dapr", component: "c" };
    const [error] = await audited();
    expect(error?.message).toMatch(
      /^1 of 1 violations were not exported .*: could not publish to Dapr: .*ECONNREFUSED|bad port/,
    );
  });
});
