import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../test-data.ts";
import type { LoadTarget } from "./load.ts";
import { cpuSecondsOf } from "./process-usage.ts";

/** A server in a process of its own, so that its CPU time can be read apart from the load's. */
export interface ServerProcess extends LoadTarget {
  stop(): Promise<void>;
}

/**
 * Starts a TypeScript file of the tree and waits for the line that names its URL (`… https://HOST:PORT…`). `caFile` is read
 * then. `PORTCULLIS_BENCH_NODE_FLAGS` adds flags to Node, say `--cpu-prof`.
 */
export async function startServer(
  file: string,
  args: readonly string[],
  { caFile }: { readonly caFile: string },
): Promise<ServerProcess> {
  const flags = (process.env["PORTCULLIS_BENCH_NODE_FLAGS"] ?? "").split(" ").filter((flag) => flag !== "");
  const child = spawn(
    process.execPath,
    ["--conditions=@portcullis/source", ...flags, join(repositoryRoot, file), ...args],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const url = await firstUrl(child);
  return {
    url: new URL(url),
    ca: readFileSync(caFile, "utf8"),
    cpuSeconds: () => cpuSecondsOf(child.pid as number),
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
