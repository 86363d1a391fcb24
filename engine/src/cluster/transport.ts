import { request } from "undici";
import type { Dispatcher } from "undici";
import type { Connection, Credentials } from "./connection.ts";
import { answered, failed, noAnswer } from "./kube-error.ts";
import type { KubeError, KubeResult } from "./kube-error.ts";
import { rateLimit } from "./rate-limit.ts";
import { sleep } from "./sleep.ts";
import { errorOfAnswer } from "./status-error.ts";

/** One HTTP request to the API server. */
export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With query. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs: number;
  /** Of the answer, where it is read as bytes. */
  readonly maxBytes?: number;
  /** Neither waits for the rate limit nor counts for it. */
  readonly unlimited?: boolean;
}

export type Body = Dispatcher.ResponseData["body"];

export interface TransportOptions {
  readonly connection: Connection;
  readonly perSecond: number;
  readonly burst: number;
  readonly userAgent: string;
}

/** An answer with its media type. */
export interface TypedBytes {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

type Read<T> = (body: Body, type: string) => Promise<T>;

/** How often a call is sent again that the server did not take (429, or 503 with Retry-After), or a GET on a dead socket. */
const MAX_ATTEMPTS = 4;

/** Sends calls: credentials, rate limit, time limit, and the failures that another try mends at once. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #limit;
  #requests = 0;
  readonly #closed = new AbortController();

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#limit = rateLimit(options.perSecond, options.burst);
  }

  /** HTTP requests sent so far, watches and repetitions among them. */
  get requests(): number {
    return this.#requests;
  }

  /** The text of a successful answer. */
  text(call: Call): Promise<KubeResult<string>> {
    return this.#whole(call, (body) => body.text());
  }

  /** A successful answer as it came. */
  bytes(call: Call): Promise<KubeResult<TypedBytes>> {
    const { maxBytes } = call;
    return this.#whole(call, async (body, type) => ({
      type,
      bytes: maxBytes === undefined ? new Uint8Array(await body.arrayBuffer()) : await atMost(maxBytes, body),
    }));
  }

  async #whole<T>(call: Call, read: Read<T>): Promise<KubeResult<T>> {
    const limit = timeLimit([call.signal, this.#closed.signal]);
    const outcome = await this.#send(call, read, limit);
    limit.end();
    return outcome;
  }

  /** The open body of a successful answer; the time limit ends with its headers, `signal` ends it at any time. */
  async stream(call: Call): Promise<KubeResult<Body>> {
    const limit = timeLimit([call.signal, this.#closed.signal]);
    const outcome = await this.#send(call, async (body) => body, limit);
    if (outcome.ok) {
      limit.stopClock();
      outcome.value.once("close", () => limit.end());
    } else limit.end();
    return outcome;
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#options.connection.close();
  }

  async #send<T>(call: Call, read: Read<T>, limit: TimeLimit): Promise<KubeResult<T>> {
    // URLs would take them for steps up the path; Kubernetes allows no such names.
    if (/\/\.\.?(?=[/?]|$)/.test(call.path)) {
      return failed({
        code: 400,
        reason: "BadRequest",
        message: `${call.path}: a name is "." or ".."`,
        retryable: false,
      });
    }
    let renew = false;
    for (let attempt = 1; ; attempt++) {
      const wait = call.unlimited ? 0 : this.#limit.reserve();
      if (wait > 0 && !(await sleep(wait, limit.signal))) return failed(cancelled(call));
      const credentials = await this.#options.connection.credentials(renew);
      if (!credentials.ok) return credentials;
      limit.startClock(call.timeoutMs);
      const outcome = await this.#once(call, credentials.value, read, limit);
      if (outcome.ok || attempt >= MAX_ATTEMPTS) return outcome;
      const pause = pauseBeforeNext(call, outcome.error, renew, attempt);
      if (pause === undefined) return outcome;
      limit.stopClock();
      renew = outcome.error.code === 401;
      if (pause > 0 && !(await sleep(pause, limit.signal))) return failed(cancelled(call));
    }
  }

  async #once<T>(
    call: Call,
    { headers, dispatcher }: Credentials,
    read: Read<T>,
    limit: TimeLimit,
  ): Promise<KubeResult<T>> {
    this.#requests++;
    try {
      const answer = await request(`${this.#options.connection.server}${call.path}`, {
        method: call.method,
        dispatcher,
        headers: {
          accept: call.accept ?? "application/json",
          "user-agent": this.#options.userAgent,
          ...(call.contentType !== undefined && { "content-type": call.contentType }),
          ...headers,
        },
        signal: limit.signal,
        // Our own limit: undici's would end a quiet watch.
        headersTimeout: 0,
        bodyTimeout: 0,
        ...(call.body !== undefined && { body: call.body }),
      });
      if (answer.statusCode >= 200 && answer.statusCode < 300) {
        return answered(await read(answer.body, String(answer.headers["content-type"] ?? "")));
      }
      const retryAfter = answer.headers["retry-after"];
      const text = await answer.body.text();
      return failed(
        errorOfAnswer(answer.statusCode, text, retryAfter === undefined ? undefined : `${retryAfter}`),
      );
    } catch (error) {
      if (limit.timedOut) {
        return failed(noAnswer("TimedOut", `${call.method} ${call.path}: no answer in ${call.timeoutMs} ms`));
      }
      if (limit.signal.aborted) return failed(cancelled(call));
      if (error instanceof TooLongError)
        return failed(noAnswer("TooLong", `${call.method} ${call.path}: ${error.message}`));
      return failed(noAnswer("ConnectionFailed", `${call.method} ${call.path}: ${textOf(error)}`));
    }
  }
}

class TooLongError extends Error {
  override readonly name = "TooLongError";
}

/** A body in a buffer of its own; one that is longer is left where it is. Throws {@link TooLongError}. */
async function atMost(maxBytes: number, body: Body): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    length += piece.byteLength;
    // Leaving the loop closes the socket.
    if (length > maxBytes) throw new TooLongError(`the answer has more than ${maxBytes} bytes`);
    pieces.push(piece);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}

/** The wait before the same call is sent again; undefined: hand the failure to the caller. */
function pauseBeforeNext(
  call: Call,
  error: KubeError,
  renewed: boolean,
  attempt: number,
): number | undefined {
  if (error.code === 401 && !renewed) return 0;
  // Kubernetes has not begun to work on these.
  if ((error.code === 429 || error.code === 503) && error.retryAfterSeconds !== undefined) {
    return error.retryAfterSeconds <= 5 ? error.retryAfterSeconds * 1000 : undefined;
  }
  // A kept-alive socket that the server has closed meanwhile: harmless to try again for reads, once.
  if (error.reason === "ConnectionFailed" && call.method === "GET" && attempt === 1) return 0;
  return undefined;
}

interface TimeLimit {
  readonly signal: AbortSignal;
  readonly timedOut: boolean;
  startClock(ms: number): void;
  stopClock(): void;
  /** Nothing of it stays behind: the given signals live as long as the process. */
  end(): void;
}

function timeLimit(signals: readonly (AbortSignal | undefined)[]): TimeLimit {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const sources = signals.filter((signal) => signal !== undefined);
  for (const signal of sources) {
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  }
  let timer: NodeJS.Timeout | undefined;
  let timedOut = false;
  return {
    signal: controller.signal,
    get timedOut() {
      return timedOut;
    },
    startClock(ms) {
      timer = setTimeout(() => {
        timedOut = true;
        abort();
      }, ms);
    },
    stopClock: () => clearTimeout(timer),
    end() {
      clearTimeout(timer);
      for (const signal of sources) signal.removeEventListener("abort", abort);
    },
  };
}

function cancelled(call: Call): KubeError {
  return noAnswer("Cancelled", `${call.method} ${call.path}: cancelled`);
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Refused connections to several addresses come as an AggregateError without a message.
  const code = (error as { code?: string }).code;
  return error.message || code || error.name;
}
