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
  let inARow = 0;
  const publish = async (line: string): Promise<readonly string[]> => {
    if (inARow >= GIVE_UP_AFTER) return [GIVEN_UP];
    let failure: Failure | undefined;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      failure = await post(line, options);
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
    end: publish,
  };
}

interface Failure {
  readonly message: string;
  /** Worth another attempt. */
  readonly mayPass: boolean;
}

async function post(
  line: string,
  { target, channel, sidecar, signal, timeoutMs = 5000 }: DaprSinkOptions,
): Promise<Failure | undefined> {
  const topic = channel.split("/").map(encodeURIComponent).join("/");
  try {
    const answer = await fetch(
      `${sidecar.url}/v1.0/publish/${encodeURIComponent(target.component)}/${topic}`,
      {
        method: "POST",
        body: line,
        // Not of JSON: then the data of the event would be an object, and subscribers of Gatekeeper's expect a text.
        headers: {
          "content-type": "text/plain",
          ...(sidecar.token !== "" && { "dapr-api-token": sidecar.token }),
        },
        redirect: "error",
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      },
    );
    const text = await beginningOf(answer);
    if (answer.ok) return undefined;
    const message = `the sidecar answered ${answer.status}${text === "" ? "" : ` ${text}`}`;
    return { message, mayPass: answer.status >= 500 || answer.status === 429 };
  } catch (error) {
    return { message: reasonOf(error, timeoutMs), mayPass: !signal.aborted };
  }
}

const READ_BYTES = 512;

/** What an answer says at its beginning; the rest is not waited for. */
async function beginningOf({ body }: Response): Promise<string> {
  if (!body) return "";
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= READ_BYTES) break;
  }
  return text.slice(0, READ_BYTES).trim();
}

function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, message, cause } = error as Error;
  if (name === "TimeoutError") return `no answer within ${timeoutMs} ms`;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
