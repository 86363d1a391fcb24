import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { History } from "./history.ts";
import { fileReports, reportFileProblem } from "./report/file-reports.ts";
import { memoryReports } from "./report/memory-reports.ts";
import type { ReportStore } from "./report/report-store.ts";
import type { SweepError } from "./sweep-error.ts";
import type { SweepReport } from "./sweep.ts";
import { violationsOf } from "./violation.ts";
import type { Violation } from "./violation.ts";

const violation = (name: string, message = "no", namespace = "shop"): Violation =>
  violationsOf({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace } }, [
    {
      constraint: {
        group: "constraints.gatekeeper.sh",
        version: "v1beta1",
        kind: "K8sTest",
        name: "c",
        object: {},
      },
      msg: message,
      details: {},
      enforcementAction: "deny",
      actions: ["deny"],
    },
  ])[0] as Violation;

const runId = (minute: number): string => `2026-01-02T03:${String(minute).padStart(2, "0")}:00Z`;

function reportOf(minute: number, errors: readonly SweepError[] = []): SweepReport {
  return {
    runId: runId(minute),
    constraints: [],
    errors,
    errorCount: errors.length,
    objects: 7,
    seconds: 1,
  };
}

/** A run in that minute. */
async function run(
  history: History,
  minute: number,
  found: readonly Violation[],
  errors: readonly SweepError[] = [],
): Promise<readonly SweepError[]> {
  const about = { runId: runId(minute), startedAt: 0 };
  await history.started(about);
  for (const each of found) await history.found(about, [each]);
  return history.finished(about, reportOf(minute, errors));
}

async function linesOf(history: History): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  for await (const line of (await history.lines()) ?? [])
    lines.push(JSON.parse(line) as Record<string, unknown>);
  return lines;
}

/** Each violation of the last report: name, state, minutes of first and last sighting. */
async function states(history: History): Promise<readonly string[]> {
  const violations = (await linesOf(history)).filter(({ type }) => type === "violation");
  return violations.map(({ object, state, firstSeen, lastSeen }) => {
    const minute = (text: unknown): number => Number(String(text).slice(14, 16));
    return `${(object as { name: string }).name} ${String(state)} ${minute(firstSeen)} ${minute(lastSeen)}`;
  });
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "portcullis-history-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const stores: readonly (readonly [string, () => ReportStore])[] = [
  ["in memory", () => memoryReports()],
  ["in a file", () => fileReports(join(folder, "deep", "report.jsonl"), 2)],
];

describe.each(stores)("the history of an audit, %s", (_, store) => {
  it("says of each violation when it was first and last seen, and what is gone", async () => {
    const history = new History({ store: store() });
    await run(history, 1, [violation("a"), violation("b")]);
    expect(await states(history)).toEqual(["a new 1 1", "b new 1 1"]);
    expect(history.changes).toBeUndefined();

    await run(history, 2, [violation("a"), violation("c")]);
    expect(await states(history)).toEqual(["a known 1 2", "c new 2 2", "b resolved 1 1"]);
    const { appeared, resolved } = history.changes!;
    expect([appeared.count, ...appeared.listed.map(({ object }) => object.name)]).toEqual([1, "c"]);
    expect([resolved.count, ...resolved.listed.map(({ object }) => object.name)]).toEqual([1, "b"]);

    await run(history, 3, [violation("b"), violation("c")]);
    expect(await states(history)).toEqual(["b new 3 3", "c known 2 3", "a resolved 1 2"]);
  });

  it("has the whole result, and how it ended", async () => {
    const history = new History({ store: store() });
    const long = "é\u2028".repeat(400);
    const error = { message: "could not list Job.batch", scope: { group: "batch", kind: "Job" } };
    await run(history, 1, [violation("a", long)], [error]);
    expect(await linesOf(history)).toEqual([
      { type: "run", format: 1, runId: runId(1) },
      {
        type: "violation",
        id: violation("a", long).id,
        state: "new",
        firstSeen: runId(1),
        lastSeen: runId(1),
        constraint: { group: "constraints.gatekeeper.sh", version: "v1beta1", kind: "K8sTest", name: "c" },
        enforcementAction: "deny",
        actions: ["deny"],
        object: { group: "", version: "v1", kind: "Pod", namespace: "shop", name: "a" },
        message: long,
        details: {},
      },
      { type: "error", ...error },
      {
        type: "summary",
        runId: runId(1),
        seconds: 1,
        objects: 7,
        violations: 1,
        new: 1,
        resolved: 0,
        unjudged: 0,
        errors: 1,
        incomplete: true,
      },
    ]);
  });

  it("does not take for mended what could not be judged", async () => {
    const history = new History({ store: store() });
    const inShop = { message: "namespace shop not found", scope: { namespace: "shop" } };
    await run(history, 1, [violation("a"), violation("b", "no", "lab"), violation("c")]);
    await run(history, 2, [violation("c")], [inShop]);
    expect(await states(history)).toEqual(["c known 1 2", "a unjudged 1 1", "b resolved 1 1"]);
    await run(history, 3, [violation("c")], [inShop]);
    expect(await states(history)).toEqual(["c known 1 3", "a unjudged 1 1"]);
    await run(history, 4, [violation("a")]);
    expect(await states(history)).toEqual(["a known 1 4", "c resolved 1 3"]);
  });

  it("keeps the last report where a run breaks off", async () => {
    const history = new History({ store: store() });
    await run(history, 1, [violation("a")]);
    const about = { runId: runId(2), startedAt: 0 };
    await history.started(about);
    await history.found(about, [violation("b")]);
    await history.broken();
    expect(await states(history)).toEqual(["a new 1 1"]);
    await run(history, 3, [violation("a"), violation("b")]);
    expect(await states(history)).toEqual(["a known 1 3", "b new 3 3"]);
  });

  it("lists a hundred changes and counts them all", async () => {
    const history = new History({ store: store() });
    await run(history, 1, []);
    const many = Array.from({ length: 1500 }, (_, i) => violation(`p-${i}`));
    await run(history, 2, many);
    expect([history.changes?.appeared.count, history.changes?.appeared.listed.length]).toEqual([1500, 100]);
    await run(history, 3, []);
    expect([history.changes?.resolved.count, history.changes?.resolved.listed.length]).toEqual([1500, 100]);
    expect(await states(history)).toHaveLength(1500);
    await run(history, 4, []);
    expect(await states(history)).toEqual([]);
  });

  it("counts a violation that is met twice once", async () => {
    const history = new History({ store: store() });
    await run(history, 1, [violation("a"), violation("a")]);
    expect(await states(history)).toEqual(["a new 1 1"]);
    expect(history.summary?.violations).toBe(1);
  });
});

describe("the file of an audit", () => {
  const path = (): string => join(folder, "report.jsonl");
  const problems: string[] = [];
  beforeEach(() => void problems.splice(0));
  const start = (older = 2): History =>
    new History({ store: fileReports(path(), older), onProblem: (message) => void problems.push(message) });

  it("lets the next process go on where the last one ended", async () => {
    await run(start(), 1, [violation("a"), violation("b")]);
    const next = start();
    await run(next, 2, [violation("a")]);
    expect(await states(next)).toEqual(["a known 1 2", "b resolved 1 1"]);
    expect(next.changes?.resolved.count).toBe(1);
    expect(problems).toEqual([]);
  });

  it("is not changed by a process that dies in the middle", async () => {
    await run(start(), 1, [violation("a")]);
    const dying = start();
    await dying.started({ runId: runId(2), startedAt: 0 });
    await dying.found({ runId: runId(2), startedAt: 0 }, [violation("b")]);
    const next = start();
    await run(next, 3, [violation("a")]);
    expect(await states(next)).toEqual(["a known 1 3"]);
    expect(readdirSync(folder).sort()).toEqual(["report.jsonl", "report.jsonl.1"]);
  });

  it.each([
    ["cut off", (text: string) => text.slice(0, -20), /it has no end/],
    ["not ours", () => "hello\nworld\n", /it does not begin as a report does/],
    ["empty", () => "", /it has no end/],
    [
      "damaged in the middle",
      (text: string) => text.replace('"state":"new"', '"state":"n'),
      /line 2 is damaged/,
    ],
    ["of a later format", (text: string) => text.replace('"format":1', '"format":2'), /does not begin/],
  ])("that is %s is told, and history begins anew", async (_, damage, said) => {
    await run(start(), 1, [violation("a"), violation("b")]);
    writeFileSync(path(), damage(readFileSync(path(), "utf8")));
    const next = start();
    await run(next, 2, [violation("a")]);
    expect(problems).toEqual([
      expect.stringMatching(/^the last audit report cannot be used, history begins anew: /),
    ]);
    expect(problems[0]).toMatch(said);
    expect(await states(next)).toEqual(["a new 2 2"]);
    await run(next, 3, []);
    expect(await states(next)).toEqual(["a resolved 2 2"]);
  });

  it("is rotated: so many older ones stay, the youngest first", async () => {
    const history = start(2);
    for (const minute of [1, 2, 3, 4]) await run(history, minute, [violation("a")]);
    const runs = readdirSync(folder)
      .sort()
      .map((name) => `${name} ${readFileSync(join(folder, name), "utf8").split("\n", 1)[0] ?? ""}`);
    expect(runs.map((line) => line.replace(/\{.*T03:(\d+).*/, "$1"))).toEqual([
      "report.jsonl 04",
      "report.jsonl.1 03",
      "report.jsonl.2 02",
    ]);
    expect(statSync(path()).mode & 0o007).toBe(0);
  });

  it("keeps no older ones where none are wanted", async () => {
    const history = start(0);
    for (const minute of [1, 2]) await run(history, minute, [violation("a")]);
    expect(readdirSync(folder)).toEqual(["report.jsonl"]);
  });

  it("that cannot be written is told; the run is incomplete, and the next one compares with the last that was", async () => {
    const history = start();
    await run(history, 1, [violation("a")]);
    rmSync(folder, { recursive: true });
    writeFileSync(folder, "a file where the folder was");
    expect(await run(history, 2, [violation("b")])).toEqual([
      { message: "the report of this run could not be written" },
    ]);
    expect(problems).toEqual([
      expect.stringMatching(/^the audit report cannot be written: .*(?:EEXIST|ENOTDIR)/),
    ]);
    rmSync(folder);
    const next = await run(history, 3, [violation("a"), violation("b")]);
    expect(next).toEqual([]);
    expect(await states(history)).toEqual(["a known 1 3", "b new 3 3"]);
  });

  it("that is a folder or a device is refused, and stays where it is", async () => {
    mkdirSync(path());
    writeFileSync(join(path(), "mine"), "");
    await run(start(), 1, [violation("a")]);
    expect(problems).toEqual([
      `the last audit report cannot be used, history begins anew: ${path()} is no regular file`,
      `the audit report cannot be written: ${path()} is no regular file`,
    ]);
    expect(readdirSync(folder)).toEqual(["report.jsonl"]);
    expect(readdirSync(path())).toEqual(["mine"]);
    expect(await reportFileProblem("/dev/stdout")).toBe("/dev/stdout is no regular file");
    expect(await reportFileProblem(join(folder, "new"))).toBeUndefined();
  });
});
