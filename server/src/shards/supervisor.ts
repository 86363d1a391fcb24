import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type { Log } from "../observability/log.ts";
import { Keeper } from "../processes/keeper.ts";
import type { MetricSnapshot } from "../processes/protocol.ts";
import { HandOver } from "./hand-over.ts";
import type { FromShard } from "./protocol.ts";
import { ShardProcess } from "./shard-process.ts";

export interface ShardsOptions {
  readonly count: number;
  /** Starts the process of a shard, with a channel to it. */
  readonly start: () => ChildProcess;
  readonly log: Log;
  /** A shard that has been silent for so long hangs: longer than the longest review may take. */
  readonly hangMs: number;
  /** Hears everything that a shard says; its number tells it from others. */
  readonly onMessage?: (message: object, shard: number) => void;
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

export function startShards(options: ShardsOptions): Shards {
  return new Supervisor(options);
}

class Supervisor implements Shards {
  readonly #options: ShardsOptions;
  readonly #handOver = new HandOver(() => this.#keeper.processes);
  readonly #keeper: Keeper<ShardProcess>;
  #certificate: { readonly key: string; readonly cert: string } | undefined;
  #wereReady = false;
  #draining = false;

  constructor(options: ShardsOptions) {
    this.#options = options;
    const { count, log, hangMs } = options;
    this.#keeper = new Keeper({
      count,
      start: () => this.#start(),
      name: "a shard",
      fields: (shard) => ({ shard }),
      log,
      hangMs,
      onMessage: (shard, message, number) => {
        this.#hear(shard, message as FromShard);
        options.onMessage?.(message as object, number);
      },
      onEnd: (shard) => this.#handOver.ended(shard),
    });
  }

  missing(): readonly string[] {
    const missing = this.waitingFor();
    this.#wereReady ||= missing.length === 0;
    const anyReady = [...this.#keeper.processes].some((shard) => shard.isReady);
    return this.#wereReady && anyReady ? [] : missing;
  }

  waitingFor(): readonly string[] {
    const numbers = Array.from({ length: this.#options.count }, (_none, number) => number);
    return numbers.flatMap((number) =>
      this.#keeper.waitingFor(number).map((line) => `shard ${number}: ${line}`),
    );
  }

  setCertificate(certificate: { readonly key: string; readonly cert: string }): void {
    this.#certificate = certificate;
    for (const shard of this.#keeper.processes) shard.send({ kind: "certificate", ...certificate });
  }

  give(socket: Socket): void {
    this.#handOver.give(socket);
  }

  drain(): void {
    this.#draining = true;
    for (const shard of this.#keeper.processes) shard.send({ kind: "drain" });
  }

  async stop(): Promise<void> {
    this.#handOver.close();
    await this.#keeper.stop();
  }

  metrics(): Promise<readonly (readonly MetricSnapshot[])[]> {
    return this.#keeper.metrics();
  }

  #start(): ShardProcess {
    const shard = new ShardProcess(this.#options.start());
    if (this.#certificate) shard.send({ kind: "certificate", ...this.#certificate });
    if (this.#draining) shard.send({ kind: "drain" });
    return shard;
  }

  #hear(shard: ShardProcess, message: FromShard): void {
    switch (message.kind) {
      case "alive":
        shard.has(message.connections);
        if (shard.isReady) this.#handOver.ready();
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
}
