import type { FastifyInstance } from "fastify";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Server, Socket } from "node:net";
import { isIP } from "node:net";
import { Server as TlsServer } from "node:tls";
import type { Address } from "./address.ts";

/** Listens and answers the URL to reach it under from this machine. */
export async function listen(
  app: FastifyInstance,
  address: Address,
  scheme: "http" | "https",
): Promise<string> {
  const { host, port } = address;
  try {
    await app.listen({ port, ...(host === "" ? { host: "::" } : { host }) });
  } catch (error) {
    throw listenError(error, address);
  }
  return boundUrl(app.server, host, scheme);
}

/** Why a port cannot be had, in words for the operator. */
export function listenError(error: unknown, { host, port }: Address): Error {
  const { code } = error as NodeJS.ErrnoException;
  const where = `${host}:${port}`;
  const text =
    code === "EADDRINUSE"
      ? `${where} is in use; choose another --port (0 picks a free one)`
      : code === "EACCES"
        ? `may not listen on ${where}; choose a --port above 1023`
        : `cannot listen on ${where}: ${code ?? String(error)}`;
  return new Error(text, { cause: error });
}

/** The URL of a server that listens, to reach it under from this machine. */
export function boundUrl(server: Pick<Server, "address">, host: string, scheme: "http" | "https"): string {
  const bound = server.address() as AddressInfo;
  const isEverywhere = host === "" || host === "0.0.0.0" || host === "::";
  const shown = isEverywhere ? "localhost" : isIP(host) === 6 ? `[${host}]` : host;
  return `${scheme}://${shown}:${bound.port}`;
}

/**
 * From now on each answer is the last one on its connection. A client that keeps a connection to a process that ends would
 * find it closed under its next request.
 */
export function letConnectionsGo(app: FastifyInstance): void {
  app.server.prependListener("request", (_request, response: ServerResponse) => {
    response.shouldKeepAlive = false;
  });
}

/** The connections of a server that nothing was asked on yet, and all of them. */
interface Connections {
  readonly all: Set<Socket>;
  readonly unused: Set<Socket>;
}

const CONNECTIONS = new WeakMap<object, Connections>();

/** From now on `closeApp` knows the connections that Node's own closing does not see. */
export function trackConnections(server: FastifyInstance["server"]): void {
  const connections: Connections = { all: new Set(), unused: new Set() };
  const keep = (sockets: Set<Socket>) => (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  };
  server.on("connection", keep(connections.all));
  // Over TLS requests come on another socket, which stands on the first one.
  server.on(server instanceof TlsServer ? "secureConnection" : "connection", keep(connections.unused));
  server.prependListener("request", ({ socket }: IncomingMessage) => connections.unused.delete(socket));
  CONNECTIONS.set(server, connections);
}

/** What a client gets to send its first request: some open connections ahead and never use them. */
const UNUSED_GRACE_MS = 1000;
/** A client that stops in the middle of its request would hold the process for as long as it likes. */
const SHUTDOWN_GRACE_MS = 10_000;

/** Closes the listener once the requests in flight are answered. */
export async function closeApp(app: FastifyInstance): Promise<void> {
  const { server } = app;
  const destroy = (sockets: Iterable<Socket> = []): void => {
    for (const socket of sockets) socket.destroy();
  };
  // A connection that is kept alive after its last answer would hold the process for its whole timeout.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const unused = setTimeout(() => destroy(CONNECTIONS.get(server)?.unused), UNUSED_GRACE_MS);
  const late = setTimeout(() => {
    server.closeAllConnections();
    destroy(CONNECTIONS.get(server)?.all);
  }, SHUTDOWN_GRACE_MS);
  await app.close();
  clearInterval(idle);
  clearTimeout(unused);
  clearTimeout(late);
}
