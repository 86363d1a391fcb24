import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** A stretch of network between processes and a server, which can be cut or made to hang. */
export interface Relay {
  readonly port: number;
  /** Breaks every connection there is; new ones are let through. */
  cut(): void;
  /** Nothing gets through, and nobody is told, until `resume`. */
  hang(): void;
  resume(): void;
  close(): Promise<void>;
}

/** Listens on a free port of loopback and passes bytes on to another one. */
export async function startRelay(to: number): Promise<Relay> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let hanging = false;
  const server = createServer((client) => {
    const target = connect({ host: "127.0.0.1", port: to });
    const pair = [client, target] as const;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on("error", end).once("close", end);
    client.pipe(target);
    target.pipe(client);
    if (hanging) for (const socket of pair) socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const [client, target] of pairs) {
      client.resetAndDestroy();
      target.destroy();
    }
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    hang() {
      hanging = true;
      for (const pair of pairs) for (const socket of pair) socket.pause();
    },
    resume() {
      hanging = false;
      for (const pair of pairs) for (const socket of pair) socket.resume();
    },
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
