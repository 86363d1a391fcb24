import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LIBRARY, type Program } from "./generate/program.ts";
import { inCommonWords, type Outcome } from "./outcome.ts";
import { interrogate } from "./questions.ts";

/** An OPA server that judges programs of one version, one at a time. */
export interface OpaEvaluator {
  /** Undefined where OPA needs longer than a few seconds. */
  readonly outcome: (program: Program) => Promise<Outcome | undefined>;
  readonly close: () => void;
}

interface Reply {
  readonly status: number;
  readonly body: ReplyBody;
}

interface ReplyBody {
  /** Of a query. */
  readonly result?: readonly { readonly x?: string; readonly out?: string }[];
  readonly message?: string;
  readonly errors?: readonly OpaError[];
}

interface OpaError {
  readonly code: string;
  readonly message: string;
  readonly location?: { readonly file: string; readonly row: number; readonly col: number };
}

const PATIENCE_MS = 5_000;
const START_ATTEMPTS = 200;

class TooLong extends Error {}

/** It has panicked, or run out of stack. */
export class OpaDied extends Error {}

/** Starts `opa run --server` on a socket of its own. Programs of the other version need another server. */
export async function startOpa(
  binary: string,
  version: Program["version"],
  strictErrors = false,
): Promise<OpaEvaluator> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-differential-"));
  const socketPath = join(folder, "opa.sock");
  const flags = ["--addr", `unix://${socketPath}`, "--log-level", "error", "--skip-version-check"];
  const child = spawn(
    binary,
    ["run", "--server", ...flags, ...(version === "v0" ? ["--v0-compatible"] : [])],
    {
      stdio: "ignore",
    },
  );
  const close = (): void => {
    stop(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = (method: string, path: string, body: string): Promise<Reply> =>
    exchange({ agent, socketPath, method, path }, body);

  for (let attempt = 0; ; attempt++) {
    try {
      await send("GET", "/health", "");
      break;
    } catch (error) {
      if (attempt === START_ATTEMPTS || child.exitCode !== null) throw error;
      await sleep(50);
    }
  }
  await put(send, "lib", LIBRARY);

  let installed: readonly string[] = [];
  return {
    close,
    async outcome(program) {
      try {
        await clear(send, installed);
        installed = program.modules.map(({ name }) => name);
        await send("PUT", "/v1/data/base", program.base);
        return await interrogate(
          program,
          {
            async compile() {
              for (const { name, source } of program.modules) {
                const errors = await put(send, name, source);
                if (errors !== "") return errors;
              }
              return "";
            },
            ask: (document, strict) => ask(send, program, document, strict),
            async solve(query) {
              const { status, body } = await sendQuery(send, program, query);
              return status === 200
                ? (body.result ?? []).map(({ out }) => String(out)).join("\n")
                : errorLines(body);
            },
          },
          strictErrors,
        );
      } catch (error) {
        if (error instanceof TooLong) return undefined;
        if (isCutOff(error)) throw new OpaDied();
        throw error;
      }
    },
  };
}

type Send = (method: string, path: string, body: string) => Promise<Reply>;

async function put(send: Send, name: string, source: string): Promise<string> {
  const { status, body } = await send("PUT", `/v1/policies/${name}`, source);
  return status === 200 ? "" : errorLines(body);
}

/** Takes the last program out, the users of a module before it. */
async function clear(send: Send, names: readonly string[]): Promise<void> {
  for (const name of names.toReversed()) await send("DELETE", `/v1/policies/${name}`, "");
}

async function ask(
  send: Send,
  program: Program,
  document: string,
  strict: boolean,
): Promise<{ readonly answer: string; readonly failed: boolean }> {
  if (strict) {
    const path = `/v1/${document.replaceAll(".", "/")}?strict-builtin-errors=true`;
    const { status, body } = await send("POST", path, `{"input": ${program.input}}`);
    return status === 200
      ? { answer: "no error", failed: false }
      : { answer: errorLines(body), failed: true };
  }
  const { status, body } = await sendQuery(send, program, `x = sprintf("%v", [${document}])`);
  if (status !== 200) return { answer: errorLines(body), failed: true };
  return { answer: body.result?.[0]?.x ?? "undefined", failed: false };
}

function sendQuery(send: Send, { input }: Program, query: string): Promise<Reply> {
  return send("POST", "/v1/query", `{"query": ${JSON.stringify(query)}, "input": ${input}}`);
}

function errorLines({ errors, message }: ReplyBody): string {
  if (!errors) return message ?? "an error without a message";
  const lines = errors
    .map(
      ({ location: at, code, message: text }) =>
        `${at ? `${at.file}:${at.row}:${at.col}: ` : ""}${code}: ${text}`,
    )
    .join("\n");
  return inCommonWords(lines);
}

function exchange(
  options: {
    readonly agent: Agent;
    readonly socketPath: string;
    readonly method: string;
    readonly path: string;
  },
  body: string,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { ...options, headers: { "content-length": Buffer.byteLength(body) } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          const parsed: unknown = text.trim() === "" ? {} : JSON.parse(text);
          resolve({ status: incoming.statusCode ?? 0, body: parsed as ReplyBody });
        });
      },
    );
    outgoing.setTimeout(PATIENCE_MS, () => outgoing.destroy(new TooLong("OPA takes too long")));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function isCutOff(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return ["ECONNRESET", "ECONNREFUSED", "ENOENT", "EPIPE"].includes(String(code));
}

function stop(child: ChildProcess): void {
  child.removeAllListeners();
  child.kill("SIGKILL");
}
