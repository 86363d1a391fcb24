import type { FromChild, MetricSnapshot, ToChild } from "./protocol.ts";

/** The channel to the manager: what a `process` that was forked has. */
export type Channel = Pick<NodeJS.Process, "send" | "on">;

export interface ChildEndOptions {
  readonly channel: Channel;
  /** What it says, each time, to show that it lives. */
  readonly alive: () => FromChild & { readonly kind: "alive" };
  /** How often it says so. */
  readonly aliveMs: number;
  readonly metrics: () => Promise<readonly MetricSnapshot[]>;
}

/** A started process' end of the channel. */
export interface ChildEnd {
  /** Settles when this process is to end: with whether the manager asked for it or is gone. */
  readonly ending: Promise<"stop" | "primary gone">;
  /** Says at once that it lives, and what it waits for. */
  sayAlive(): void;
  /** From now on nobody is told that this process lives. */
  close(): void;
}

export function childEnd({ channel, alive, aliveMs, metrics }: ChildEndOptions): ChildEnd {
  const ending = Promise.withResolvers<"stop" | "primary gone">();
  const say = (message: FromChild): void => tell(channel, message);
  const sayAlive = (): void => say(alive());
  const beat = setInterval(sayAlive, aliveMs);
  channel.on("message", (told) => {
    const message = told as ToChild;
    if (message.kind === "stop") ending.resolve("stop");
    else if (message.kind === "metrics")
      void metrics().then((all) => say({ kind: "metrics", id: message.id, metrics: all }));
  });
  channel.on("disconnect", () => ending.resolve("primary gone"));
  return { ending: ending.promise, sayAlive, close: () => clearInterval(beat) };
}

/** Says something to the manager; where that is gone nobody hears it, and the end of the channel says so. */
export function tell(channel: Channel, message: object): void {
  channel.send?.(message, undefined, undefined, () => {});
}
