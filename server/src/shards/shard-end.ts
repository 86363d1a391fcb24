import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import { Server as TlsServer } from "node:tls";
import { childEnd, tell } from "../processes/child-end.ts";
import type { Channel } from "../processes/child-end.ts";
import type { MetricSnapshot } from "../processes/protocol.ts";
import type { FromShard, ToShard } from "./protocol.ts";

export interface ShardEndOptions {
  readonly channel: Channel;
  /** Names what this process still waits for; empty when it can answer. */
  readonly missing: () => readonly string[];
  readonly onCertificate: (certificate: { readonly key: string; readonly cert: string }) => void;
  /** Each answer is to be the last one on its connection. */
  readonly onDrain: () => void;
  readonly metrics: () => Promise<readonly MetricSnapshot[]>;
  /** How often it says that it lives. */
  readonly aliveMs: number;
}

/** A shard's end of the channel. */
export interface ShardEnd {
  /** From now on connections go to this server, which needs no port. */
  serve(server: Server): void;
  /** Settles when this process is to end: with whether the primary asked for it or is gone. */
  readonly ending: Promise<"stop" | "primary gone">;
  /** Waits until what is in flight is answered, but not for ever. */
  finish(): Promise<void>;
}

const FINISH_MS = 10_000;
/** What a client gets to send its first request: some open connections ahead and never use them. */
const UNUSED_MS = 1_000;

export function shardEnd(options: ShardEndOptions): ShardEnd {
  const { channel } = options;
  const open = new Set<Socket>();
  /** Those that nothing was asked on yet: Node's own closing of idle connections does not see them. */
  const unused = new Set<Socket>();
  let server: Server | undefined;
  const say = (message: FromShard): void => tell(channel, message);
  const end = childEnd({
    channel,
    alive: (): FromShard & { kind: "alive" } => ({
      kind: "alive",
      missing: server ? options.missing() : ["its policies", ...options.missing()],
      connections: open.size,
    }),
    aliveMs: options.aliveMs,
    metrics: options.metrics,
  });
  channel.on("message", (told, socket) => {
    const message = told as ToShard;
    switch (message.kind) {
      case "certificate":
        return options.onCertificate(message);
      case "offer":
        return say({ kind: "accepts", id: message.id });
      case "connection":
        // A client that has gone meanwhile leaves a message without a socket.
        if (socket) server?.emit("connection", socket);
        return say({ kind: "took", id: message.id });
      case "drain":
        return options.onDrain();
      case "metrics":
      case "stop":
        return;
    }
  });
  end.sayAlive();
  return {
    ending: end.ending,
    serve(given) {
      server = given;
      // Without a port nobody else sets the tracking of connections up, on which their time limits depend.
      given.emit("listening");
      given.on(given instanceof TlsServer ? "secureConnection" : "connection", (socket: Socket) => {
        open.add(socket);
        unused.add(socket);
        socket.once("close", () => {
          open.delete(socket);
          unused.delete(socket);
        });
      });
      given.prependListener("request", ({ socket }: IncomingMessage) => unused.delete(socket));
      end.sayAlive();
    },
    async finish() {
      end.close();
      const started = performance.now();
      const deadline = started + FINISH_MS;
      while (open.size > 0 && performance.now() < deadline) {
        server?.closeIdleConnections();
        if (performance.now() > started + UNUSED_MS) for (const socket of unused) socket.destroy();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      server?.closeAllConnections();
    },
  };
}
