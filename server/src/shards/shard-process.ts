import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type { FromShard, MetricSnapshot, ToShard } from "./protocol.ts";

/** A connection that no shard has confirmed to have. */
export interface Connection {
  readonly id: number;
  readonly socket: Socket;
}

export interface ShardListener {
  /** It has said something. */
  readonly onMessage: (shard: ShardProcess, message: FromShard) => void;
  readonly onEnd: (shard: ShardProcess, how: string) => void;
}

/** A shard as the primary process knows it. */
export class ShardProcess {
  readonly number: number;
  /** What it said last that it waits for; undefined before its first word. */
  missing: readonly string[] | undefined;
  /** When it was heard last, by `performance.now()`. */
  heardAt = performance.now();
  /** Whether it was ready once: a start may take longer than any answer later. */
  wasReady = false;
  /** Connections handed to it that it has not confirmed: another shard gets them when it ends. */
  readonly unconfirmed = new Map<number, Connection>();
  /** The metrics it told last. */
  metrics: readonly MetricSnapshot[] = [];
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, () => void>();
  #connections = 0;
  #given = 0;
  #nextQuestion = 0;

  constructor(number: number, child: ChildProcess, listener: ShardListener) {
    this.number = number;
    this.#child = child;
    child.on("message", (message) => {
      this.#hear(message as FromShard);
      listener.onMessage(this, message as FromShard);
    });
    let ended = false;
    const end = (how: string): void => {
      if (!ended) listener.onEnd(this, how);
      ended = true;
    };
    child.once("exit", (code, signal) => end(signal ?? `exit code ${code}`));
    child.once("error", (error) => end(error.message));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isReady(): boolean {
    return this.missing?.length === 0;
  }

  /** Connections it has, as far as is known. */
  get connections(): number {
    return this.#connections + this.#given;
  }

  send(message: ToShard): void {
    // A shard that ends while it is spoken to is heard of by its end.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Hands a connection over. This process keeps it, too, until the shard says that it has it. */
  hand(connection: Connection): void {
    this.unconfirmed.set(connection.id, connection);
    this.#given++;
    if (!this.#child.connected) return;
    this.#child.send(
      { kind: "connection", id: connection.id },
      connection.socket,
      { keepOpen: true },
      () => {},
    );
  }

  /** Settles with its metrics, or those it told last where it does not answer in time. */
  async askMetrics(timeoutMs: number): Promise<readonly MetricSnapshot[]> {
    const id = this.#nextQuestion++;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#asked.set(id, resolve);
    const late = setTimeout(resolve, timeoutMs);
    this.send({ kind: "metrics", id });
    await promise;
    clearTimeout(late);
    this.#asked.delete(id);
    return this.metrics;
  }

  /** SIGKILL: a process that hangs takes notice of nothing else. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #hear(message: FromShard): void {
    this.heardAt = performance.now();
    if (message.kind === "alive") {
      this.missing = message.missing;
      this.wasReady ||= this.isReady;
      this.#connections = message.connections;
      this.#given = 0;
    } else if (message.kind === "metrics") {
      this.metrics = message.metrics;
      this.#asked.get(message.id)?.();
    }
  }
}
