import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { repositoryRoot } from "../test-data.ts";

/** A server in a process of its own, so that its CPU time can be read apart from the load's. */
export interface ServerProcess {
  readonly url: URL;
  readonly ca: string;
  /** Seconds of CPU the process has used so far. */
  cpuSeconds(): number;
  residentMiB(): number;
  stop(): Promise<void>;
}

/** Starts a TypeScript file of the tree and waits for the line that names its URL (`… https://HOST:PORT…`). */
export async function startServer(
  file: string,
  args: readonly string[],
  caFile: string,
): Promise<ServerProcess> {
  const child = spawn(
    process.execPath,
    ["--conditions=@portcullis/source", join(repositoryRoot, file), ...args],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const url = await firstUrl(child);
  return {
    url: new URL(url),
    ca: readFileSync(caFile, "utf8"),
    cpuSeconds: () => cpuSecondsOf(child.pid as number),
    residentMiB: () => residentOf(child.pid as number),
    stop: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}

function firstUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /https:\/\/[^\s/]+:\d+/.exec(output)?.[0];
      if (url) resolve(url);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
  });
}

/** Linux tells a process's user and system time in hundredths of a second. */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function residentOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
}

export interface LoadResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMicrosPerRequest: number;
}

/** Sends bodies in turn over keep-alive connections and reads what the server spent on them. */
export async function load(
  server: ServerProcess,
  bodies: readonly string[],
  { connections = 8, requests = 2000 } = {},
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ca: server.ca });
  const buffers = bodies.map((body) => Buffer.from(body));
  const latencies: number[] = [];
  let next = 0;
  const worker = async () => {
    while (next < requests) {
      const body = buffers[next++ % buffers.length] as Buffer;
      const started = performance.now();
      await post(agent, server.url, body);
      latencies.push(performance.now() - started);
    }
  };
  const run = () => Promise.all(Array.from({ length: connections }, worker));
  // Warm up: connections, code, caches.
  await run();
  next = 0;
  latencies.length = 0;
  const cpu = server.cpuSeconds();
  const started = performance.now();
  await run();
  const seconds = (performance.now() - started) / 1000;
  const used = server.cpuSeconds() - cpu;
  agent.destroy();
  latencies.sort((a, b) => a - b);
  const at = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] as number;
  return {
    requests,
    requestsPerSecond: requests / seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    cpuMicrosPerRequest: (used * 1e6) / requests,
  };
}

/** One POST to `/v1/admit`; resolves with the answer's text. */
export function post(agent: Agent, url: URL, body: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": body.length };
    const sent = request(new URL("/v1/admit", url), { method: "POST", agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve(Buffer.concat(chunks).toString()));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
