import { backoff } from "./backoff.ts";
import { rateLimit } from "./rate-limit.ts";

export interface WorkQueueOptions {
  /** Brings the state of a key about. It is never run for the same key twice at the same time. A throw is a failure too. */
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<Reconciled>;
  /** Called for each failure, with the wait before the next attempt. */
  readonly onFailure?: (failure: WorkFailure) => void;
  /** How many keys are worked on at the same time; default 1. */
  readonly concurrency?: number;
  /** The wait after the first failure of a key; doubled by each further one, with jitter. Default 100 ms. */
  readonly backoffMs?: number;
  /** The longest wait. Default 60 s. */
  readonly maxBackoffMs?: number;
  /** Attempts after failures, all keys together, per second; default 10, in bursts of up to 100. New keys are not held up. */
  readonly retriesPerSecond?: number;
}

export type Reconciled =
  | typeof RECONCILED
  /** Done for now; look again after that time, unless the key comes up earlier. */
  | { readonly ok: true; readonly againInMs?: number }
  /** Try again, later each time. */
  | { readonly ok: false; readonly message: string };

export const RECONCILED = Object.freeze({ ok: true } as const);

export interface WorkFailure {
  readonly key: string;
  readonly message: string;
  /** Failures in a row, from 1. */
  readonly attempts: number;
  readonly retryInMs: number;
  /** What `reconcile` threw, where it threw. */
  readonly thrown?: unknown;
}

/** Keys that wait for work, each at most once. A key that is added while it is worked on is worked on again afterwards. */
export interface WorkQueue {
  /** Work on the key as soon as possible; ends a wait after a failure. Ignored after `stop`. */
  add(key: string): void;
  addAfter(key: string, delayMs: number): void;
  /** Keys that wait or are worked on. Those waiting for a later time are not counted. */
  readonly busy: number;
  /** Settles as soon as no key waits or is worked on. */
  whenIdle(): Promise<void>;
  /** Starts nothing new, signals what is under way to end, settles when it has. */
  stop(): Promise<void>;
}

/** An empty queue; it works as soon as keys come. */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  return new Queue(options);
}

const RETRY_BURST = 100;

class Queue implements WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #limit;
  readonly #stopped = new AbortController();
  /** In the order in which they came; a Set keeps each once. */
  readonly #waiting = new Set<string>();
  readonly #working = new Map<string, Promise<void>>();
  /** Added while being worked on. */
  readonly #again = new Set<string>();
  readonly #later = new Map<string, { readonly timer: NodeJS.Timeout; readonly at: number }>();
  readonly #failures = new Map<string, number>();
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#limit = rateLimit(options.retriesPerSecond ?? 10, RETRY_BURST);
  }

  get busy(): number {
    return this.#waiting.size + this.#working.size;
  }

  add(key: string): void {
    if (this.#stopped.signal.aborted) return;
    this.#forget(key);
    if (this.#working.has(key)) this.#again.add(key);
    else this.#waiting.add(key);
    // Later: a caller may add many keys, some twice, and holds locks of its own meanwhile.
    queueMicrotask(() => this.#fill());
  }

  addAfter(key: string, delayMs: number): void {
    if (this.#stopped.signal.aborted) return;
    const at = performance.now() + delayMs;
    const planned = this.#later.get(key);
    // The earlier of two plans holds.
    if (planned !== undefined && planned.at <= at) return;
    this.#forget(key);
    this.#later.set(key, { timer: setTimeout(() => this.add(key), delayMs), at });
  }

  whenIdle(): Promise<void> {
    if (this.busy === 0) return Promise.resolve();
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    for (const key of this.#later.keys()) this.#forget(key);
    this.#waiting.clear();
    this.#again.clear();
    await Promise.all(this.#working.values());
    this.#noteIdle();
  }

  #fill(): void {
    for (const key of this.#waiting) {
      if (this.#working.size >= (this.#options.concurrency ?? 1)) return;
      this.#waiting.delete(key);
      // Known to be worked on before the work begins, which may add the key at once.
      const work = Promise.withResolvers<void>();
      this.#working.set(key, work.promise);
      void this.#work(key).then(work.resolve);
    }
  }

  async #work(key: string): Promise<void> {
    const outcome = await this.#attempt(key);
    this.#working.delete(key);
    if (this.#again.delete(key)) this.#waiting.add(key);
    if (outcome.ok) {
      this.#failures.delete(key);
      if ("againInMs" in outcome && outcome.againInMs !== undefined) this.addAfter(key, outcome.againInMs);
    } else this.#retry(key, outcome);
    this.#fill();
    this.#noteIdle();
  }

  async #attempt(key: string): Promise<Reconciled & { readonly thrown?: unknown }> {
    try {
      return await this.#options.reconcile(key, this.#stopped.signal);
    } catch (thrown) {
      return { ok: false, message: thrown instanceof Error ? thrown.message : String(thrown), thrown };
    }
  }

  #retry(key: string, { message, thrown }: { readonly message: string; readonly thrown?: unknown }): void {
    if (this.#stopped.signal.aborted) return;
    const attempts = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, attempts);
    const { backoffMs = 100, maxBackoffMs = 60_000 } = this.#options;
    const wait = backoff(attempts, { firstMs: backoffMs, longestMs: maxBackoffMs });
    const retryInMs = this.#waiting.has(key) ? 0 : Math.max(wait, this.#limit.reserve());
    this.#options.onFailure?.({ key, message, attempts, retryInMs, ...(thrown !== undefined && { thrown }) });
    if (!this.#waiting.has(key)) this.addAfter(key, retryInMs);
  }

  #forget(key: string): void {
    clearTimeout(this.#later.get(key)?.timer);
    this.#later.delete(key);
  }

  #noteIdle(): void {
    if (this.busy > 0) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}
