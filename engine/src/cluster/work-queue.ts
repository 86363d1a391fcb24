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
