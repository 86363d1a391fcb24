import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

/** A program that a test has started. */
export interface TestProcess {
  readonly name: string;
  readonly pid: number;
  /** The last 64 KiB of what it wrote to both outputs. */
  output(): string;
  /** Exit code or signal; undefined while it runs. */
  readonly ended: string | undefined;
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL when that has not ended it in time; settles when it is gone. */
  stop(graceMs?: number): Promise<void>;
}

const OUTPUT_LIMIT = 64 * 1024;
const running = new Set<ChildProcess>();

// Nothing that a test started outlives it, however it ends.
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export interface StartOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

export function startProcess(
  name: string,
  file: string,
  args: readonly string[],
  options: StartOptions = {},
): TestProcess {
  const child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let output = "";
  let ended: string | undefined;
  const gone = new Promise<void>((resolve) => {
    const end = (how: string) => {
      ended ??= how;
      running.delete(child);
      resolve();
    };
    child.once("error", (error) => end(error.message));
    child.once("exit", (code, signal) => end(signal ?? `exit code ${code}`));
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output = (output + text).slice(-OUTPUT_LIMIT)));
  }
  return {
    name,
    pid: child.pid ?? 0,
    output: () => output,
    get ended() {
      return ended;
    },
    signal: (signal) => void child.kill(signal),
    async stop(graceMs = 500) {
      child.kill("SIGTERM");
      // A stopped process (SIGSTOP) takes no notice of SIGTERM.
      const kill = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await gone;
      clearTimeout(kill);
    },
  };
}

/** Waits until the check holds; throws with what the process wrote when it ends before, or takes too long. */
export async function untilReady(
  process: TestProcess,
  check: () => Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await check().catch(() => false))) {
    const why = process.ended ?? (performance.now() > deadline ? `not ready in ${timeoutMs} ms` : undefined);
    if (why !== undefined) {
      throw new Error(`${process.name}: ${why}\n${process.output().slice(-4000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Process ids of a process' children, as Linux lists them. */
export function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}

/** Ports of loopback that nobody listens on at the moment. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
