import { Agent, request } from "node:https";
import type { Socket } from "node:net";
import { connect } from "node:tls";
import { callbackify } from "node:util";
import type { AdmissionAnswer } from "../webhook.ts";
import type { Service } from "../testbed/service.ts";
import { QUESTIONS } from "./questions.ts";
import type { Question } from "./questions.ts";

/** What came of the requests of a while. */
export interface Tally {
  requests: number;
  /** Answers that are not the right ones. */
  wrong: number;
  /** Requests that nobody answered with an AdmissionReview. */
  unanswered: number;
  /** Requests whose connection broke before its answer came, and that were sent once more. */
  broken: number;
  /** Requests that were not sent, because too many waited for their answers: the machine is too slow for the rate. */
  held: number;
  slowestMs: number;
  /** What was wrong, the first few times. */
  readonly faults: string[];
}

export interface LoadOptions {
  readonly service: Service;
  readonly serverName: string;
  /** The CA bundle that the API server trusts at the moment, in PEM. */
  readonly bundle: () => string;
  readonly perSecond: number;
}

/** As the chart's webhook configurations with some room: the machine also runs everything that is being broken. */
const TIMEOUT_MS = 10_000;
const CONNECTIONS = 16;
const UNDER_WAY_AT_MOST = 64;
const FAULTS_KEPT = 5;

/**
 * Asks at a steady rate, as an API server does: over kept-alive connections to a Service, trusting the CA bundle of the
 * webhook configurations. A connection that is refused goes to another replica, as a Service leads there. A request whose
 * connection breaks before its answer begins is sent a second time and counted as broken; nothing else is tried again.
 */
export class Load {
  readonly #options: LoadOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #underWay = new Set<Promise<void>>();
  readonly #started = performance.now();
  #sent = 0;
  #held = 0;
  #agent: Agent | undefined;
  #trusted = "";
  #tally = emptyTally();
  /** Other answers that are right for a question while something changes. */
  #alsoRight: { readonly question: Question; readonly fault: Question["fault"] } | undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#catchUp(), 5);
  }

  /** What was counted since the last time. Requests under way count for the next one. */
  take(): Tally {
    const taken = this.#tally;
    this.#tally = emptyTally();
    return taken;
  }

  /** From now on another answer to a question is right as well; without arguments none is. */
  alsoAccept(question?: Question, fault?: Question["fault"]): void {
    this.#alsoRight = question && fault && { question, fault };
  }

  /** Asks no more; settles with the last answer. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#underWay);
    this.#agent?.destroy();
  }

  #catchUp(): void {
    const due = Math.floor(((performance.now() - this.#started) / 1000) * this.#options.perSecond);
    while (this.#sent + this.#held < due) {
      if (this.#underWay.size >= UNDER_WAY_AT_MOST) {
        this.#held++;
        this.#tally.held++;
        continue;
      }
      const asking = this.#ask(this.#sent++).finally(() => this.#underWay.delete(asking));
      this.#underWay.add(asking);
    }
  }

  async #ask(n: number): Promise<void> {
    const question = QUESTIONS[n % QUESTIONS.length] as Question;
    const alsoRight = this.#alsoRight;
    const started = performance.now();
    try {
      const answer = await this.#answer(question, n);
      const fault = question.fault(answer, n);
      const isExcused = [alsoRight, this.#alsoRight].some(
        (also) => also?.question === question && !also.fault(answer, n),
      );
      if (fault !== undefined && !isExcused) this.#count("wrong", `${question.name}: ${fault}`);
    } catch (error) {
      this.#count("unanswered", `${question.name}: ${String(error)}`);
    }
    this.#tally.requests++;
    this.#tally.slowestMs = Math.max(this.#tally.slowestMs, performance.now() - started);
  }

  async #answer(question: Question, n: number): Promise<AdmissionAnswer> {
    const body = question.body(n);
    try {
      return await post(this.#connections(), question.path, body);
    } catch (error) {
      if (!(error instanceof BrokenConnection)) throw error;
      this.#count("broken", `${question.name}: ${error.message}`);
      return post(this.#connections(), question.path, body);
    }
  }

  /** Connections of another bundle are others: those under way end as they are. */
  #connections(): Agent {
    const bundle = this.#options.bundle();
    if (this.#agent && this.#trusted === bundle) return this.#agent;
    const { service, serverName } = this.#options;
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const make = callbackify(() => connectTls(service, serverName, bundle));
    Object.assign(agent, { createConnection: (_: unknown, done: Parameters<typeof make>[0]) => make(done) });
    this.#agent = agent;
    this.#trusted = bundle;
    return agent;
  }

  #count(what: "wrong" | "unanswered" | "broken", fault: string): void {
    this.#tally[what]++;
    if (this.#tally.faults.length < FAULTS_KEPT) this.#tally.faults.push(`${what}: ${fault}`);
  }
}

function emptyTally(): Tally {
  return { requests: 0, wrong: 0, unanswered: 0, broken: 0, held: 0, slowestMs: 0, faults: [] };
}

/** The connection stood, the request was sent, and the other side went away without a byte of an answer. */
class BrokenConnection extends Error {}

async function connectTls(service: Service, servername: string, ca: string): Promise<Socket> {
  const socket = await service.connect();
  return new Promise((resolve, reject) => {
    const secured = connect({ socket, servername, ca, minVersion: "TLSv1.3" });
    secured.once("error", (error) => {
      socket.destroy();
      reject(error);
    });
    secured.once("secureConnect", () => {
      secured.removeAllListeners("error");
      resolve(secured);
    });
  });
}

/** Posts an AdmissionReview; rejects with whatever keeps the answer from being one. */
export function post(agent: Agent, path: string, body: string, port = 443): Promise<AdmissionAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const options = { host: "127.0.0.1", port, method: "POST", path: `${path}?timeout=10s`, agent, headers };
    let isConnected = false;
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).toString();
        try {
          resolve(answerIn(response.statusCode, text));
        } catch (error) {
          reject(error);
        }
      });
    });
    const timer = setTimeout(() => {
      sent.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`));
    }, TIMEOUT_MS);
    sent.once("socket", () => (isConnected = true));
    sent.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const broke = error.code === "ECONNRESET" || error.code === "EPIPE";
      reject(isConnected && broke ? new BrokenConnection(error.message) : error);
    });
    sent.end(body);
  });
}

function answerIn(status: number | undefined, text: string): AdmissionAnswer {
  const review = JSON.parse(text) as { kind?: string; response?: AdmissionAnswer };
  if (status === 200 && review.kind === "AdmissionReview" && review.response?.uid === "test")
    return review.response;
  throw new Error(`no AdmissionReview: HTTP ${status} ${text.slice(0, 200)}`);
}
