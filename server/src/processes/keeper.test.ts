import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { afterEach, expect, it, vi } from "vitest";
import type { LogFields } from "../observability/log.ts";
import { Keeper } from "./keeper.ts";
import { KeptProcess } from "./kept-process.ts";

// What becomes of processes that end, whatever they do; those behind a port are in `shards/`.

const SLOW = { timeout: 60_000 };
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 50_000, interval: 10 });

/** Programs by what they do. */
const NEVER_READY = "process.exit(3)";
const READY_ONCE = `process.send({ kind: "alive", missing: [] }, () => process.exit(4))`;
const SILENT = `process.send({ kind: "alive", missing: [] }); setInterval(() => {}, 1000)`;
const STUBBORN = `process.on("message", ({ kind }) => kind === "stop" && process.exit(0)); ${SILENT}`;

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

interface Line {
  readonly message: string;
  readonly fields: LogFields | undefined;
}

function keeping(program: string, hangMs = 60_000): { readonly keeper: Keeper<KeptProcess>; lines: Line[] } {
  const lines: Line[] = [];
  const note = (message: string, fields?: LogFields): void => void lines.push({ message, fields });
  const keeper = new Keeper({
    count: 1,
    start: () => new KeptProcess(running(program)),
    name: "the process",
    fields: (number) => ({ number }),
    log: { debug: note, info: note, error: note },
    hangMs,
  });
  opened.push(async () => {
    for (const process of keeper.processes) process.kill();
    await keeper.stop();
  });
  return { keeper, lines };
}

function running(program: string): ChildProcess {
  return spawn(process.execPath, ["-e", program], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
}

const waits = (lines: readonly Line[]): readonly unknown[] =>
  lines.flatMap(({ fields }) => (fields && "wait_ms" in fields ? [fields["wait_ms"]] : []));

it("one that never comes up is given more and more time", SLOW, async () => {
  const { keeper, lines } = keeping(NEVER_READY);
  await eventually(() => expect(waits(lines)).toHaveLength(4));
  expect(waits(lines)).toEqual([100, 200, 400, 800]);
  expect(lines[1]).toEqual({
    message: "the process has ended; another one takes its place",
    fields: { number: 0, pid: expect.any(Number) as number, error: "exit code 3", wait_ms: 100 },
  });
  expect(keeper.waitingFor(0)).toEqual(["its process"]);
});

it("one that had been ready is replaced at once", SLOW, async () => {
  const { lines } = keeping(READY_ONCE);
  await eventually(() => expect(waits(lines)).toHaveLength(2));
  expect(waits(lines)).toEqual([0, 0]);
  expect(lines.map(({ message }) => message)).toContain("the process is back");
});

it("one that has become silent is killed and replaced", SLOW, async () => {
  const { lines } = keeping(SILENT, 1_000);
  await eventually(() => expect(waits(lines).length).toBeGreaterThan(0));
  expect(lines.map(({ message }) => message)).toContain("the process hangs");
  expect(lines.find(({ fields }) => fields?.["error"] !== undefined)?.fields).toMatchObject({
    error: "SIGKILL",
  });
});

it("none that is told to stop is replaced", SLOW, async () => {
  const { keeper, lines } = keeping(STUBBORN);
  await eventually(() => expect(keeper.waitingFor(0)).toEqual([]));
  await keeper.stop();
  expect([...keeper.processes]).toEqual([]);
  expect(waits(lines)).toEqual([]);
});
