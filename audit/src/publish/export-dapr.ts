import { Agent, request } from "node:http";
import type { IncomingMessage } from "node:http";
import { sleep } from "@portcullis/engine/cluster";
import type { DaprTarget } from "@portcullis/engine/cluster";
import type { ExportSink } from "./export-sink.ts";

/** The Dapr sidecar of a Pod. */
export interface DaprSidecar {
  /** Base of its HTTP API. */
  readonly url: string;
  /** What it wants to see before it does anything; empty where it wants nothing. */
  readonly token: string;
}

/** As Dapr tells its applications: `DAPR_HTTP_PORT`, `DAPR_API_TOKEN`. */
export function daprSidecar(env: Readonly<Record<string, string | undefined>>): DaprSidecar {
  return { url: `http://127.0.0.1:${env["DAPR_HTTP_PORT"] ?? "3500"}`, token: env["DAPR_API_TOKEN"] ?? "" };
}

export interface DaprSinkOptions {
  readonly target: DaprTarget;
  /** The topic. */
  readonly channel: string;
  readonly sidecar: DaprSidecar;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
  /** Milliseconds that one attempt may take; default 5 s. */
  readonly timeoutMs?: number;
  /** Milliseconds before the second attempt, and twice as long before the third; default 200. */
  readonly pauseMs?: number;
}

const ATTEMPTS = 3;
const AT_ONCE = 8;
/** So many records in a row that did not arrive end the publishing of a run: a sidecar that hangs must not hold up the audit. */
const GIVE_UP_AFTER = 5;
const GIVEN_UP = `given up: ${GIVE_UP_AFTER} records in a row could not be published`;

/**
 * Publishes the records of a run, a message each, through the HTTP API of the Dapr sidecar. Subscribers get what Gatekeeper
 * sends them: a CloudEvent whose data is a text, the JSON of the record. Between the first message and the last one there is no
 * order.
 */
export function daprSink(options: DaprSinkOptions): ExportSink {
  const { signal, pauseMs = 200 } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let inARow = 0;
  const publish = async (line: string): Promise<readonly string[]> => {
    if (inARow >= GIVE_UP_AFTER) return [GIVEN_UP];
    let failure: Failure | undefined;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      failure = await post(line, agent, options);
      if (!failure?.mayPass || attempt === ATTEMPTS) break;
      if (!(await sleep(pauseMs * attempt, signal))) break;
    }
    inARow = failure ? inARow + 1 : 0;
    return failure ? [`could not publish to Dapr: ${failure.message}`] : [];
  };
  return {
    begin: publish,
    async add(lines) {
      const left = [...lines];
      const errors: string[] = [];
      const publisher = async (): Promise<void> => {
        for (let line = left.shift(); line !== undefined; line = left.shift())
          errors.push(...(await publish(line)));
      };
      await Promise.all(Array.from({ length: AT_ONCE }, publisher));
      return errors;
    },
    async end(line) {
      const errors = await publish(line);
      agent.destroy();
      return errors;
    },
  };
}

interface Failure {
  readonly message: string;
  /** Worth another attempt. */
  readonly mayPass: boolean;
}

/** Answers what went wrong, within the time of an attempt. */
function post(line: string, agent: Agent, options: DaprSinkOptions): Promise<Failure | undefined> {
  const { target, channel, sidecar, signal, timeoutMs = 5000 } = options;
  const topic = channel.split("/").map(encodeURIComponent).join("/");
  const { promise, resolve } = Promise.withResolvers<Failure | undefined>();
  const failed = (error: unknown): void =>
    resolve({ message: (error as Error).message, mayPass: !signal.aborted });
  try {
    const asked = request(`${sidecar.url}/v1.0/publish/${encodeURIComponent(target.component)}/${topic}`, {
      method: "POST",
      agent,
      signal,
      // Not of JSON: then the data of the event would be an object, and subscribers of Gatekeeper's expect a text.
      headers: {
        "content-type": "text/plain",
        "content-length": Buffer.byteLength(line),
        ...(sidecar.token !== "" && { "dapr-api-token": sidecar.token }),
      },
    });
    const late = setTimeout(() => asked.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    asked.once("close", () => clearTimeout(late));
    asked.on("error", failed);
    asked.once("response", (answer) => {
      answer.on("error", failed);
      void beginningOf(answer).then((text) => resolve(failureOf(answer.statusCode ?? 0, text)), failed);
    });
    asked.end(line);
  } catch (error) {
    // An address that is none.
    failed(error);
  }
  return promise;
}

function failureOf(status: number, text: string): Failure | undefined {
  if (status >= 200 && status < 300) return undefined;
  const message = `the sidecar answered ${status}${text === "" ? "" : ` ${text}`}`;
  return { message, mayPass: status >= 500 || status === 429 };
}

const READ_BYTES = 512;

/** What an answer says at its beginning; the rest is not waited for. */
async function beginningOf(answer: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of answer.setEncoding("utf8") as AsyncIterable<string>) {
    text += part;
    if (text.length >= READ_BYTES) break;
  }
  return text.slice(0, READ_BYTES).trim();
}
