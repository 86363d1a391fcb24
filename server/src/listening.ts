import type { FastifyInstance } from "fastify";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isIP } from "node:net";
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
    const { code } = error as NodeJS.ErrnoException;
    const where = `${host}:${port}`;
    if (code === "EADDRINUSE")
      throw new Error(`${where} is in use; choose another --port (0 picks a free one)`, { cause: error });
    if (code === "EACCES")
      throw new Error(`may not listen on ${where}; choose a --port above 1023`, { cause: error });
    throw new Error(`cannot listen on ${where}: ${code ?? String(error)}`, { cause: error });
  }
  const bound = app.server.address() as AddressInfo;
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

// A client that has connected and never asks would hold the process for as long as it likes.
const SHUTDOWN_GRACE_MS = 10_000;

/** Closes the listener once the requests in flight are answered. */
export async function closeApp(app: FastifyInstance): Promise<void> {
  // A connection that is kept alive after its last answer would hold the process for its whole timeout.
  const idle = setInterval(() => app.server.closeIdleConnections(), 50);
  const late = setTimeout(() => app.server.closeAllConnections(), SHUTDOWN_GRACE_MS);
  await app.close();
  clearInterval(idle);
  clearTimeout(late);
}
