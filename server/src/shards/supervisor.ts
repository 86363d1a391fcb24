import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type { Log } from "../observability/log.ts";
import { HandOver } from "./hand-over.ts";
import { sumOf } from "./merged-metrics.ts";
import type { FromShard, MetricSnapshot } from "./protocol.ts";
import { ShardProcess } from "./shard-process.ts";

export interface ShardsOptions {
  readonly count: number;
  /** Starts the process of a shard, with a channel to it. */
  readonly start: () => ChildProcess;
  readonly log: Log;
  /** A shard that has been silent for so long hangs: longer than the longest review may take. */
  readonly hangMs: number;
}

/** Worker processes behind one port, none of which knows of the others. */
export interface Shards {
  /** What keeps them from serving: at the start what any of them waits for, later that there is none. */
  missing(): readonly string[];
  /** What any of them waits for now. */
  waitingFor(): readonly string[];
  setCertificate(certificate: { readonly key: string; readonly cert: string }): void;
  /** Has a connection answered by one of them. It must be paused. */
  give(socket: Socket): void;
  drain(): void;
  /** Settles when all have answered what was in flight and ended. */
  stop(): Promise<void>;
  /** The metrics of all shards, those included that have ended. */
  metrics(): Promise<readonly (readonly MetricSnapshot[])[]>;
}

/** How often it is looked for shards that hang. */
const LOOK_MS = 100;
/** What a shard may take from its start until it is ready for the first time, which loads all policies. */
const START_MS = 120_000;
const METRICS_MS = 1_000;
const STOP_MS = 12_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;

export function startShards(options: ShardsOptions): Shards {
  return new Supervisor(options);
}

class Supervisor implements Shards {
  readonly #options: ShardsOptions;
  /** By number; one that has ended is not here until another one takes its place. */
  readonly #shards = new Map<number, ShardProcess>();
  readonly #handOver = new HandOver(() => this.#shards.values());
  readonly #look: NodeJS.Timeout;
  readonly #restarts = new Set<NodeJS.Timeout>();
  readonly #ended = Promise.withResolvers<void>();
  #lookedAt = performance.now();
  #certificate: { readonly key: string; readonly cert: string } | undefined;
  /** Ends in a row of shards that never were ready, by number. */
  readonly #failures = new Map<number, number>();
  #wereReady = false;
  #draining = false;
  #stopping = false;
  /** What shards counted that have ended. */
  #retired: readonly MetricSnapshot[] = [];

  constructor(options: ShardsOptions) {
    this.#options = options;
    for (let number = 0; number < options.count; number++) this.#start(number);
    this.#look = setInterval(() => this.#lookForHanging(), LOOK_MS);
  }

  missing(): readonly string[] {
    const missing = this.waitingFor();
    this.#wereReady ||= missing.length === 0;
    const anyReady = [...this.#shards.values()].some((shard) => shard.isReady);
    return this.#wereReady && anyReady ? [] : missing;
  }

  waitingFor(): readonly string[] {
    const { count } = this.#options;
    const numbers = Array.from({ length: count }, (_none, number) => number);
    return numbers.flatMap((number) => {
      const shard = this.#shards.get(number);
      const lines = shard ? (shard.missing ?? ["its first word"]) : ["its process"];
      return lines.map((line) => `shard ${number}: ${line}`);
    });
  }

  setCertificate(certificate: { readonly key: string; readonly cert: string }): void {
    this.#certificate = certificate;
    for (const shard of this.#shards.values()) shard.send({ kind: "certificate", ...certificate });
  }

  give(socket: Socket): void {
    this.#handOver.give(socket);
  }

  drain(): void {
    this.#draining = true;
    for (const shard of this.#shards.values()) shard.send({ kind: "drain" });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#look);
    for (const timer of this.#restarts) clearTimeout(timer);
    this.#handOver.close();
    for (const shard of this.#shards.values()) shard.send({ kind: "stop" });
    if (this.#shards.size === 0) return;
    const late = setTimeout(() => {
      for (const shard of this.#shards.values()) shard.kill();
    }, STOP_MS);
    await this.#ended.promise;
    clearTimeout(late);
  }

  async metrics(): Promise<readonly (readonly MetricSnapshot[])[]> {
    const live = await Promise.all([...this.#shards.values()].map((shard) => shard.askMetrics(METRICS_MS)));
    return [this.#retired, ...live];
  }

  #start(number: number): void {
    const shard = new ShardProcess(number, this.#options.start(), {
      onMessage: (from, message) => this.#hear(from, message),
      onEnd: (from, how) => this.#end(from, how),
    });
    this.#shards.set(number, shard);
    if (this.#certificate) shard.send({ kind: "certificate", ...this.#certificate });
    if (this.#draining) shard.send({ kind: "drain" });
    this.#options.log.info("a shard starts", { shard: number, pid: shard.pid });
  }

  #hear(shard: ShardProcess, message: FromShard): void {
    switch (message.kind) {
      case "alive":
        if (!shard.isReady) return;
        if (this.#failures.delete(shard.number))
          this.#options.log.info("a shard is back", { shard: shard.number });
        this.#handOver.ready();
        return;
      case "accepts":
        this.#handOver.accepted(shard, message.id);
        return;
      case "took":
        this.#handOver.taken(shard, message.id);
        return;
      case "metrics":
        return;
    }
  }

  #end(shard: ShardProcess, how: string): void {
    const { number } = shard;
    this.#shards.delete(number);
    this.#retired = sumOf([this.#retired, shard.metrics]);
    if (this.#stopping) {
      if (this.#shards.size === 0) this.#ended.resolve();
      return;
    }
    this.#handOver.ended(shard);
    // One that had served well is replaced at once; one that does not come up is given time.
    const failures = shard.wasReady ? 0 : (this.#failures.get(number) ?? 0) + 1;
    this.#failures.set(number, failures);
    const waitMs = failures === 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
    this.#options.log.error("a shard has ended; another one takes its place", {
      shard: number,
      pid: shard.pid,
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
    const now = performance.now();
    const late = now - this.#lookedAt - LOOK_MS;
    this.#lookedAt = now;
    for (const shard of this.#shards.values()) {
      // While this process did not run it could not hear either.
      if (late > LOOK_MS) shard.heardAt += late;
      const silent = now - shard.heardAt;
      if (silent < (shard.wasReady ? this.#options.hangMs : START_MS)) continue;
      this.#options.log.error("a shard hangs", {
        shard: shard.number,
        pid: shard.pid,
        silent_ms: Math.round(silent),
      });
      // Not again: its end may take a moment to be heard of.
      shard.heardAt = Infinity;
      shard.missing = ["an answer"];
      shard.kill();
    }
  }
}
