import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { sumOf } from "../processes/merged-metrics.ts";
import { startShards } from "./supervisor.ts";
import type { Shards } from "./supervisor.ts";

/** Real processes start, hang and die here; a busy machine makes all of it slow. */
const SLOW = { timeout: 120_000 };
const EXEC = ["--conditions=@portcullis/source", "--no-warnings"];

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

interface Running {
  readonly shards: Shards;
  /** Of the processes that were started, in that order. */
  readonly pids: readonly number[];
  /** One answer, over a connection of its own: the process id of who gave it. */
  readonly ask: (agent?: Agent) => Promise<number>;
}

async function running(count: number, hangMs: number): Promise<Running> {
  const pids: number[] = [];
  const shards = startShards({
    count,
    start() {
      const child = fork(join(import.meta.dirname, "testing/plain-shard.ts"), { execArgv: EXEC });
      pids.push(child.pid as number);
      return child;
    },
    log: { debug: () => {}, info: () => {}, error: () => {} },
    hangMs,
  });
  // One that a test has stopped takes notice of SIGKILL alone.
  opened.push(() => shards.stop());
  const server = createServer({ pauseOnConnect: true }, (socket) => shards.give(socket));
  const port = await listening(server);
  await until(() => shards.missing().length === 0);
  return { shards, pids, ask: (agent) => answerOf(port, agent) };
}

/** Agents with one connection each, which they keep. */
function keptConnections(): readonly Agent[] {
  const agents = Array.from({ length: 6 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  opened.push(() => agents.forEach((agent) => agent.destroy()));
  return agents;
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

function answerOf(port: number, agent?: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, agent: agent ?? false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      answer.once("end", () => resolve(Number(text)));
    }).once("error", reject);
  });
}

async function until(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 10));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("several processes behind one port", SLOW, () => {
  it("share the connections, and all requests of one connection go to one process", async () => {
    const { pids, ask } = await running(2, 60_000);
    const agents = keptConnections();
    const first = await Promise.all(agents.map((agent) => ask(agent)));
    expect(new Set(first)).toEqual(new Set(pids));
    expect(await Promise.all(agents.map((agent) => ask(agent)))).toEqual(first);
  });

  it("one that hangs gets no connection, is killed, and another one takes its place", async () => {
    const { shards, pids, ask } = await running(2, 3_000);
    const [hanging = 0, other = 0] = pids;
    process.kill(hanging, "SIGSTOP");
    // Those it can have been offered before this was known, too, are answered.
    for (let i = 0; i < 10; i++) expect(await ask()).toBe(other);
    expect(shards.missing()).toEqual([]);
    await until(() => pids.length === 3 && !isAlive(hanging));
    await until(() => shards.waitingFor().length === 0);
    // It is offered connections once it has answered the primary: soon, but not at a moment that can be waited for.
    const answering = new Set<number>();
    while (answering.size < 2) answering.add(await ask());
    expect(answering).toEqual(new Set([other, pids[2]]));
  });

  it("a connection that only a hanging process could answer is answered by its successor", async () => {
    const { pids, ask } = await running(1, 1_500);
    process.kill(pids[0] as number, "SIGSTOP");
    expect(await ask()).toBe(pids[1]);
  });

  it("one that dies is replaced, and what it has counted stays counted", async () => {
    const { shards, pids, ask } = await running(1, 60_000);
    await ask();
    await ask();
    expect(countOf(await shards.metrics())).toBe(2);
    process.kill(pids[0] as number, "SIGKILL");
    await until(() => pids.length === 2);
    expect(await ask()).toBe(pids[1]);
    expect(countOf(await shards.metrics())).toBe(3);
  });

  it("stopping answers what is in flight and leaves no process", async () => {
    const { shards, pids, ask } = await running(2, 60_000);
    const agent = new Agent({ keepAlive: true });
    opened.push(() => agent.destroy());
    await ask(agent);
    await shards.stop();
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it("end with the primary process, however that ends", async () => {
    const script = join(import.meta.dirname, "testing/plain-primary.ts");
    const primary = spawn(process.execPath, [...EXEC, script], { stdio: ["ignore", "pipe", "inherit"] });
    opened.push(() => primary.kill("SIGKILL"));
    const [line] = (await once(primary.stdout.setEncoding("utf8"), "data")) as [string];
    const { port, pids } = JSON.parse(line) as { readonly port: number; readonly pids: readonly number[] };
    expect(pids).toContain(await answerOf(port));
    primary.kill("SIGKILL");
    await until(() => !pids.some(isAlive));
    await expect(answerOf(port)).rejects.toThrow("ECONNREFUSED");
  });
});

function countOf(metrics: Awaited<ReturnType<Shards["metrics"]>>): number {
  const [counter] = sumOf(metrics);
  return counter?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;
}
