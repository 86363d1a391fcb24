import type { Socket } from "node:net";
import type { Connection, ShardProcess } from "./shard-process.ts";

interface Waiting extends Connection {
  readonly asked: Set<ShardProcess>;
  timer: NodeJS.Timeout | undefined;
}

/** How long a shard may take to say that it takes a connection before another one is asked, too. */
const OFFER_MS = 20;

/** Connections that may wait for a shard: beyond that nobody could answer them in time. */
const MOST_WAITING = 4096;

/**
 * Gives connections to shards that are awake: a connection is offered to the shard with the fewest, offers included, after a
 * moment to the next one as well, and whoever answers first gets it. So one that hangs, or is busy, never holds a connection that
 * others could answer; and what was handed to a shard that ended before it confirmed it is offered again.
 */
export class HandOver {
  readonly #shards: () => Iterable<ShardProcess>;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;

  /** `shards` tells which shards there are. */
  constructor(shards: () => Iterable<ShardProcess>) {
    this.#shards = shards;
  }

  give(socket: Socket): void {
    if (this.#waiting.size >= MOST_WAITING) {
      socket.destroy();
      return;
    }
    // A client that goes away is noticed by the shard that gets its connection.
    socket.on("error", () => {});
    this.#wait({ id: this.#nextId++, socket });
  }

  /** A shard says that it takes a connection. Another one may have been faster. */
  accepted(shard: ShardProcess, id: number): void {
    shard.answered();
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    shard.hand(waiting);
  }

  /** The shard has it: here it is closed, which the client does not see. */
  taken(shard: ShardProcess, id: number): void {
    shard.unconfirmed.get(id)?.socket.destroy();
    shard.unconfirmed.delete(id);
  }

  /** A shard has become ready: it may be the one that connections wait for. */
  ready(): void {
    for (const waiting of this.#waiting.values()) this.#offer(waiting);
  }

  /** A shard has ended. What it had not confirmed it has not read from either. */
  ended(shard: ShardProcess): void {
    for (const connection of shard.unconfirmed.values()) this.#wait(connection);
    shard.unconfirmed.clear();
  }

  /** Closes the connections that nobody has taken. */
  close(): void {
    for (const { socket, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      socket.destroy();
    }
    this.#waiting.clear();
  }

  #wait({ id, socket }: Connection): void {
    const waiting: Waiting = { id, socket, asked: new Set(), timer: undefined };
    this.#waiting.set(id, waiting);
    this.#offer(waiting);
  }

  #offer(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    let best: ShardProcess | undefined;
    for (const shard of this.#shards()) {
      if (!shard.isReady || waiting.asked.has(shard)) continue;
      if (!best || shard.load < best.load) best = shard;
    }
    // Everybody was asked: whoever wakes up first answers.
    if (!best) return;
    waiting.asked.add(best);
    best.offer(waiting.id);
    waiting.timer = setTimeout(() => this.#offer(waiting), OFFER_MS);
  }
}
