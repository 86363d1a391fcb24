import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { cp, mkdtemp, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { repositoryRoot } from "../test-data.ts";

// `portcullis serve --local` as a process: what a newcomer runs first.

let folder: string;
let cache: string;
let running: Command | undefined;

beforeEach(async () => {
  const root = await mkdtemp(join(tmpdir(), "portcullis-"));
  folder = join(root, "policies");
  cache = join(root, "cache");
  await cp(join(repositoryRoot, "examples"), folder, { recursive: true });
});
afterEach(async () => {
  running?.process.kill("SIGKILL");
  running = undefined;
  await rm(join(folder, ".."), { recursive: true });
});

interface Command {
  readonly process: ChildProcess;
  stdout: string;
  stderr: string;
  readonly exit: Promise<number | null>;
  /** Resolves when stdout and stderr together match. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
}

function portcullis(...args: readonly string[]): Command {
  const entry = join(repositoryRoot, "server/src/cli/main.ts");
  const child = spawn(process.execPath, ["--conditions=@portcullis/source", entry, ...args], {
    env: { ...process.env, XDG_CACHE_HOME: cache, NODE_OPTIONS: "" },
  });
  const command: Command = {
    process: child,
    stdout: "",
    stderr: "",
    exit: new Promise((resolve) => child.once("close", resolve)),
    async until(pattern) {
      const deadline = Date.now() + 20_000;
      for (;;) {
        const match = pattern.exec(command.stdout + command.stderr);
        if (match) return match;
        if (Date.now() > deadline) throw new Error(`no ${pattern} in:\n${command.stdout}\n${command.stderr}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
  child.stdout.on("data", (data: Buffer) => (command.stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (command.stderr += data.toString()));
  running = command;
  return command;
}

interface Answer {
  readonly response: {
    readonly allowed: boolean;
    readonly status: { readonly code: number; readonly message?: string };
  };
}

async function ask(url: string, body: string): Promise<Answer> {
  const ca = await readFile(join(cache, "portcullis/ca.crt"), "utf8");
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", connection: "close" };
    const sent = request(url, { method: "POST", ca, headers }, (response) => {
      let text = "";
      response.on("data", (data: Buffer) => (text += data.toString()));
      response.on("end", () => resolve(JSON.parse(text) as Answer));
    });
    sent.once("error", reject).end(body);
  });
}

/** The bodies of the curl lines that the start prints. */
function bodies(output: string): { readonly allowed: string; readonly denied: string } {
  const find = (outcome: string): string =>
    (new RegExp(`: ${outcome}\\):\\n  curl .* -d '(.*)'\\n`).exec(output)?.[1] ?? "").replaceAll(
      "'\\''",
      "'",
    );
  return { allowed: find("allowed"), denied: find("denied") };
}

describe("portcullis serve --local", () => {
  it("serves the requests that it prints, takes changes over within a second, and stops cleanly", async () => {
    const command = portcullis("serve", "--local", folder, "--port", "0", "-health-addr=127.0.0.1:0");
    const url = (await command.until(/serving on (\S+)/))[1] as string;
    await command.until(/violations of/);
    const { allowed, denied } = bodies(command.stdout);
    expect((await ask(url, allowed)).response).toMatchObject({ allowed: true });
    const denial = (await ask(url, denied)).response;
    expect(denial).toMatchObject({ allowed: false, status: { code: 403 } });
    expect(denial.status.message).toMatch(/^\[[\w-]+\] ./);

    const health = (await command.until(/health and metrics on (\S+)/))[1] as string;
    expect(await (await fetch(`${health}/readyz`)).text()).toBe("ok");
    expect(await (await fetch(`${health}/metrics`)).text()).toContain('admission_status="deny"');

    const started = Date.now();
    await unlink(join(folder, "constraints/constraints.yaml"));
    await command.until(/removed K8s/);
    expect(Date.now() - started).toBeLessThan(1000);
    expect((await ask(url, denied)).response.allowed).toBe(true);
    await writeFile(join(folder, "broken.yaml"), "a: b: c\n");
    await command.until(/broken\.yaml:1:4: invalid YAML[^]*\^[^]*hint: /);

    const stopping = Date.now();
    command.process.kill("SIGTERM");
    expect(await command.exit).toBe(0);
    expect(Date.now() - stopping).toBeLessThan(5000);
  });

  it("answers a request that was on its way when the signal came", async () => {
    const command = portcullis("serve", "--local", folder, "--port", "0", "--audit-interval=0");
    const url = (await command.until(/serving on (\S+)/))[1] as string;
    await command.until(/stop with/);
    const { denied } = bodies(command.stdout);
    const ca = await readFile(join(cache, "portcullis/ca.crt"), "utf8");
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(denied) };
    const answer = new Promise<string>((resolve, reject) => {
      const sent = request(url, { method: "POST", ca, headers }, (response) => {
        response.on("data", (data: Buffer) => resolve(data.toString()));
      });
      sent.once("error", reject);
      sent.write(denied.slice(0, 20), () => {
        command.process.kill("SIGTERM");
        // As from a terminal with a launcher in between: the same signal once more.
        command.process.kill("SIGTERM");
        void command.until(/SIGTERM: /).then(() => setTimeout(() => sent.end(denied.slice(20)), 200));
      });
    });
    expect((JSON.parse(await answer) as Answer).response.allowed).toBe(false);
    expect(await command.exit).toBe(0);
  });

  it("uses its CA again; says so when the port is taken, and ends", async () => {
    const first = portcullis("serve", "--local", folder, "--port", "0");
    const port = (await first.until(/serving on \S+:(\d+)/))[1] as string;
    const ca = await readFile(join(cache, "portcullis/ca.crt"), "utf8");
    const second = portcullis("serve", "--local", folder, "--port", port);
    expect(await second.exit).toBe(1);
    expect(second.stderr).toContain(
      `127.0.0.1:${port} is in use; choose another --port (0 picks a free one)`,
    );
    expect(await readFile(join(cache, "portcullis/ca.crt"), "utf8")).toBe(ca);
    first.process.kill("SIGINT");
    expect(await first.exit).toBe(0);
  });

  it("--once exits 1 for a denied object, and --format json prints one object and nothing else", async () => {
    const command = portcullis("serve", "--local", folder, "--once", "--format", "json");
    expect(await command.exit).toBe(1);
    const report = JSON.parse(command.stdout) as {
      runId: string;
      constraints: { totalViolations: number }[];
      errors: [];
    };
    expect(Object.keys(report)).toEqual(["runId", "constraints", "errors"]);
    expect(report.errors).toEqual([]);
    expect(report.constraints.some((row) => row.totalViolations > 0)).toBe(true);
    expect(command.stderr).toBe("");
  });

  it("--once exits 0 when nothing is denied, and 2 when that is not certain", async () => {
    await unlink(join(folder, "constraints/constraints.yaml"));
    expect(await portcullis("serve", "--local", folder, "--once").exit).toBe(0);
    await writeFile(join(folder, "broken.yaml"), "a: b: c\n");
    expect(await portcullis("serve", "--local", folder, "--once").exit).toBe(2);
  });
});
