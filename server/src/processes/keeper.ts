import type { Log, LogFields } from "../observability/log.ts";
import type { KeptProcess } from "./kept-process.ts";
import { sumOf } from "./merged-metrics.ts";
import type { MetricSnapshot } from "./protocol.ts";

export interface KeeperOptions<P extends KeptProcess<never>> {
  /** How many processes there are to be. */
  readonly count: number;
  /** Starts the process with this number. */
  readonly start: (number: number) => P;
  /** What such a process is called in the log: "a shard". */
  readonly name: string;
  /** What its lines in the log say of it besides its process id. */
  readonly fields: (number: number) => LogFields;
  readonly log: Log;
  /** A process that was ready and has been silent for so long hangs. */
  readonly hangMs: number;
  readonly onMessage?: (process: P, message: unknown, number: number) => void;
  /** It has ended and was not told to; another one will take its place. */
  readonly onEnd?: (process: P) => void;
}

/** How often it is looked for processes that hang. */
const LOOK_MS = 100;
/** What a process may take from its start until it is ready for the first time, which loads all policies. */
const START_MS = 120_000;
const METRICS_MS = 1_000;
const STOP_MS = 12_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;

/**
 * Keeps processes running: one that ends or hangs is replaced, at once when it had done its work, after growing waits when it
 * never came up. The metrics of those that have ended go on counting.
 */
export class Keeper<P extends KeptProcess<never>> {
  readonly #options: KeeperOptions<P>;
  /** By number; one that has ended is not here until another one takes its place. */
  readonly #processes = new Map<number, P>();
  readonly #look: NodeJS.Timeout;
  readonly #restarts = new Set<NodeJS.Timeout>();
  readonly #ended = Promise.withResolvers<void>();
  #lookedAt = performance.now();
  /** Ends in a row of processes that never were ready, by number. */
  readonly #failures = new Map<number, number>();
  #stopping = false;
  /** What processes counted that have ended. */
  #retired: readonly MetricSnapshot[] = [];

  /** Starts them. */
  constructor(options: KeeperOptions<P>) {
    this.#options = options;
    for (let number = 0; number < options.count; number++) this.#start(number);
    this.#look = setInterval(() => this.#lookForHanging(), LOOK_MS);
  }

  /** Those that run. */
  get processes(): Iterable<P> {
    return this.#processes.values();
  }

  /** What the process with this number waits for now. */
  waitingFor(number: number): readonly string[] {
    const process = this.#processes.get(number);
    return process ? (process.missing ?? ["its first word"]) : ["its process"];
  }

  /** Settles when all have come to an end with what was under way and are gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#look);
    for (const timer of this.#restarts) clearTimeout(timer);
    for (const process of this.#processes.values()) process.send({ kind: "stop" });
    if (this.#processes.size === 0) return;
    const late = setTimeout(() => {
      for (const process of this.#processes.values()) process.kill();
    }, STOP_MS);
    await this.#ended.promise;
    clearTimeout(late);
  }

  /** The metrics of all processes, those included that have ended. */
  async metrics(): Promise<readonly (readonly MetricSnapshot[])[]> {
    const running = [...this.#processes.values()];
    return [this.#retired, ...(await Promise.all(running.map((process) => process.askMetrics(METRICS_MS))))];
  }

  #start(number: number): void {
    const { start, fields, log, name } = this.#options;
    const process = start(number);
    process.listen({
      onMessage: (message) => this.#hear(number, process, message),
      onEnd: (how) => this.#end(number, process, how),
    });
    this.#processes.set(number, process);
    log.info(`${name} starts`, { ...fields(number), pid: process.pid });
  }

  #hear(number: number, process: P, message: unknown): void {
    const { fields, log, name, onMessage } = this.#options;
    if (process.isReady && this.#failures.delete(number)) log.info(`${name} is back`, fields(number));
    onMessage?.(process, message, number);
  }

  #end(number: number, process: P, how: string): void {
    const { fields, log, name, onEnd } = this.#options;
    this.#processes.delete(number);
    this.#retired = sumOf([this.#retired, process.metrics]);
    if (this.#stopping) {
      if (this.#processes.size === 0) this.#ended.resolve();
      return;
    }
    onEnd?.(process);
    // One that had served well is replaced at once; one that does not come up is given time.
    const failures = process.wasReady ? 0 : (this.#failures.get(number) ?? 0) + 1;
    this.#failures.set(number, failures);
    const waitMs = failures === 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
    log.error(`${name} has ended; another one takes its place`, {
      ...fields(number),
      pid: process.pid,
      error: how,
      wait_ms: waitMs,
    });
    const timer = setTimeout(() => {
      this.#restarts.delete(timer);
      this.#start(number);
    }, waitMs);
    this.#restarts.add(timer);
  }

  #lookForHanging(): void {
    const { fields, hangMs, log, name } = this.#options;
    const now = performance.now();
    const late = now - this.#lookedAt - LOOK_MS;
    this.#lookedAt = now;
    for (const [number, process] of this.#processes) {
      // While this process did not run it could not hear either.
      if (late > LOOK_MS) process.heardAt += late;
      const silent = now - process.heardAt;
      if (silent < (process.wasReady ? hangMs : START_MS)) continue;
      log.error(`${name} hangs`, { ...fields(number), pid: process.pid, silent_ms: Math.round(silent) });
      // Not again: its end may take a moment to be heard of.
      process.heardAt = Infinity;
      process.missing = ["an answer"];
      process.kill();
    }
  }
}
