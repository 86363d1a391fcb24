// npm run fuzz:endpoints [-- --runs N --seed S --from N --connections N]
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { getOwn, parseJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { libraryFolder } from "../bench/library-folder.ts";
import { randomChoices } from "../differential/generate/choices.ts";
import { repositoryRoot } from "../test-data.ts";
import { startProcess } from "../testbed/processes.ts";
import { post } from "./load.ts";
import { fuzzRequest } from "./mutate-review.ts";
import type { FuzzRequest } from "./mutate-review.ts";
import { CLUSTER } from "./policies.ts";
import { QUESTIONS } from "./questions.ts";
import type { Question } from "./questions.ts";
import { reviews } from "./review-corpus.ts";

const HELP = `Sends bytes and mutated AdmissionReviews over TLS to /v1/admit, /v1/admitlabel and /v1/mutate of a running server. Every
answer must be an AdmissionReview, a body that is no JSON must never be allowed, nothing may be answered with a panic, and the
process must live and still judge rightly afterwards.

  npm run fuzz:endpoints                               100,000 requests
  npm run fuzz:endpoints -- --runs 1000000 --seed 7    the same seed gives the same requests
  npm run fuzz:endpoints -- --seed 7 --from 4711 --runs 1    one of them

Exits 1 when something was wrong.`;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    connections: { type: "string", default: "4" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const TIMEOUT_MS = 30_000;
const [runs, seed, from] = [Number(values.runs), Number(values.seed), Number(values.from)];
const folder = mkdtempSync(join(tmpdir(), "portcullis-fuzz-"));
const certificates = join(folder, "certificates");
const server = startServer();
const corpus = reviews();
const counts = new Map<string, number>();
const failures = new Map<string, number>();
let slowest = { ms: 0, number: 0 };
let next = from;
let good = false;
try {
  const port = await portOf();
  const agent = new Agent({
    keepAlive: true,
    maxSockets: Number(values.connections),
    ca: readFileSync(join(certificates, "ca.crt"), "utf8"),
  });
  const before = new Map<Question, string>();
  for (const question of QUESTIONS) before.set(question, await answerTo(question, agent, port));
  const telling = setInterval(() => {
    console.error(
      `fuzz: ${next - from} of ${runs}, ${total(failures)} failed, the slowest took ${Math.round(slowest.ms)} ms`,
    );
  }, 10_000);
  await Promise.all(
    Array.from({ length: Number(values.connections) }, async () => {
      while (next < from + runs && server.ended === undefined) await one(next++, agent, port);
    }),
  );
  clearInterval(telling);
  if (server.ended !== undefined)
    count(failures, `the server ended: ${server.ended}\n${server.output().slice(-2000)}`);
  else for (const [question, answer] of before) await stillTheSame(question, answer, agent, port);
  agent.destroy();
  for (const [what, times] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`${String(times).padStart(9)}  ${what}`);
  console.log(
    `seed ${seed}: ${next - from} requests, ${total(failures)} failed, the slowest (${slowest.number}) took ${Math.round(slowest.ms)} ms, ` +
      `the server ${server.ended === undefined ? "lives" : "is gone"}`,
  );
  good = failures.size === 0;
} finally {
  await server.stop(2000);
  rmSync(folder, { recursive: true, force: true });
}
process.exit(good ? 0 : 1);

/** The local server, with policies of every kind: examples, those of the reliability tests, the library where it is. */
function startServer(): ReturnType<typeof startProcess> {
  const policies = join(folder, "policies");
  mkdirSync(policies);
  cpSync(join(repositoryRoot, "examples"), join(policies, "examples"), { recursive: true });
  // There is one Config only.
  rmSync(join(policies, "examples", "config.yaml"));
  for (const [i, object] of CLUSTER.flat().entries())
    writeFileSync(join(policies, `reliability-${i}.json`), JSON.stringify(object));
  const library = libraryFolder(Number.MAX_SAFE_INTEGER);
  if (library) cpSync(library.path, join(policies, "library"), { recursive: true });
  else console.error("fuzz: no test data: without the policies of the library");
  const args = ["serve", `--local=${policies}`, "--host=127.0.0.1", "--port=0", `--cert-dir=${certificates}`];
  return startProcess("portcullis", process.execPath, [
    "--conditions=@portcullis/source",
    "--no-warnings",
    join(repositoryRoot, "server/src/cli/main.ts"),
    ...args,
    "--audit-interval=0",
    "--log-denies=false",
  ]);
}

async function portOf(): Promise<number> {
  for (;;) {
    const port = /https:\/\/127\.0\.0\.1:(\d+)/.exec(server.output())?.[1];
    if (port !== undefined) return Number(port);
    if (server.ended !== undefined) throw new Error(`the server ended: ${server.ended}\n${server.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function one(number: number, agent: Agent, port: number): Promise<void> {
  const asked = fuzzRequest(randomChoices(seed * 1_000_003 + number), corpus);
  const started = performance.now();
  const outcome = await send(asked, agent, port).then(
    (answer) => judged(asked, answer),
    (error: unknown) => ({ fault: `no answer: ${String(error)}` }),
  );
  const took = performance.now() - started;
  if (took > slowest.ms) slowest = { ms: took, number };
  if ("fault" in outcome) {
    if (count(failures, outcome.fault) > 1) return;
    console.log(
      `request ${number} of seed ${seed} (${asked.how}, ${asked.path}, ${asked.body.length} bytes): ${outcome.fault}`,
    );
    console.log(`  ${JSON.stringify(asked.body.subarray(0, 3000).toString())}\n`);
  } else
    count(counts, `${asked.path.replace(/\?.*/, "").padEnd(15)} ${asked.how.padEnd(10)} ${outcome.verdict}`);
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function send({ path, contentType, body }: FuzzRequest, agent: Agent, port: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      "content-length": body.length,
      ...(contentType !== "" && { "content-type": contentType }),
    };
    const sent = request({ host: "127.0.0.1", port, method: "POST", path, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      });
    });
    const timer = setTimeout(() => sent.destroy(new Error(`none in ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
    sent.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end(body);
  });
}

/** What is wrong with an answer, or what it says. */
function judged(
  asked: FuzzRequest,
  { status, text }: Answer,
): { readonly fault: string } | { readonly verdict: string } {
  if (status !== 200) return { fault: `HTTP ${status}: ${text.slice(0, 300)}` };
  const parsed = parseJson(text);
  const response = parsed.ok ? member(parsed.value, "response") : undefined;
  const allowed = member(response, "allowed");
  const code = member(member(response, "status"), "code");
  const message = member(member(response, "status"), "message");
  if (typeof allowed !== "boolean" || typeof code !== "number" || typeof member(response, "uid") !== "string")
    return { fault: `no AdmissionReview: ${text.slice(0, 300)}` };
  if (typeof message === "string" && message.startsWith("panic:")) return { fault: message.slice(0, 300) };
  const question = parseJson(asked.body.toString());
  if (allowed && !question.ok) return { fault: `allowed what is no JSON: ${text}` };
  const uid = question.ok ? member(member(question.value, "request"), "uid") : undefined;
  if (code !== 400 && code !== 413 && typeof uid === "string" && uid !== member(response, "uid"))
    return { fault: `the answer to another question: ${text.slice(0, 300)}` };
  return { verdict: `${allowed ? "allowed" : "refused"} ${code}` };
}

function member(value: Value | undefined, key: string): Value | undefined {
  const isObject =
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isObject ? getOwn(value as PlainObject, key) : undefined;
}

async function answerTo(question: Question, agent: Agent, port: number): Promise<string> {
  return JSON.stringify(await post(agent, question.path, question.body(0), port));
}

async function stillTheSame(question: Question, before: string, agent: Agent, port: number): Promise<void> {
  const answer = await answerTo(question, agent, port);
  if (answer === before) return;
  const fault = `afterwards, ${question.name}: ${answer} instead of ${before}`;
  console.log(fault);
  count(failures, fault);
}

function count(table: Map<string, number>, key: string): number {
  const times = (table.get(key) ?? 0) + 1;
  table.set(key, times);
  return times;
}

function total(table: ReadonlyMap<string, number>): number {
  return [...table.values()].reduce((sum, times) => sum + times, 0);
}
