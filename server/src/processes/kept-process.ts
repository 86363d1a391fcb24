import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type { FromChild, MetricSnapshot, ToChild } from "./protocol.ts";

export interface ProcessListener {
  /** It has said something. */
  readonly onMessage: (message: unknown) => void;
  readonly onEnd: (how: string) => void;
}

/** A process that was started, as the manager knows it. `To` is what it is told beyond {@link ToChild}. */
export class KeptProcess<To extends { readonly kind: string } = ToChild> {
  /** What it said last that it waits for; undefined before its first word. */
  missing: readonly string[] | undefined;
  /** When it was heard last, by `performance.now()`. */
  heardAt = performance.now();
  /** Whether it was ready once: a start may take longer than any answer later. */
  wasReady = false;
  /** The metrics it told last. */
  metrics: readonly MetricSnapshot[] = [];
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, () => void>();
  #nextQuestion = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isReady(): boolean {
    return this.missing?.length === 0;
  }

  /** To be called right after its start. */
  listen(listener: ProcessListener): void {
    this.#child.on("message", (message) => {
      this.#hear(message as FromChild);
      listener.onMessage(message);
    });
    let ended = false;
    const end = (how: string): void => {
      if (!ended) listener.onEnd(how);
      ended = true;
    };
    this.#child.once("exit", (code, signal) => end(signal ?? `exit code ${code}`));
    this.#child.once("error", (error) => end(error.message));
  }

  /** A socket that goes with the message stays open here. */
  send(message: To | ToChild, socket?: Socket): void {
    // One that ends while it is spoken to is heard of by its end.
    if (this.#child.connected) this.#child.send(message, socket, { keepOpen: true }, () => {});
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

  #hear(message: FromChild): void {
    this.heardAt = performance.now();
    if (message.kind === "alive") {
      this.missing = message.missing;
      this.wasReady ||= this.isReady;
    } else if (message.kind === "metrics") {
      this.metrics = message.metrics;
      this.#asked.get(message.id)?.();
    }
  }
}
