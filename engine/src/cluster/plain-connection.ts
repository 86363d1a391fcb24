import { Agent } from "undici";
import { ONE_CALL_A_SOCKET } from "./connection.ts";
import type { Connection } from "./connection.ts";
import { answered } from "./kube-error.ts";

export interface PlainConnectionOptions {
  /** URL of the API server. */
  readonly server: string;
  readonly token?: string;
  /** PEM text; left out: the system's. */
  readonly ca?: string;
  readonly namespace?: string;
}

/** A connection with fixed credentials and without a kubeconfig, as tests and tools use it. */
export function plainConnection({ server, token, ca, namespace }: PlainConnectionOptions): Connection {
  const dispatcher = new Agent({
    ...ONE_CALL_A_SOCKET,
    connect: { ...(ca !== undefined && { ca }), keepAlive: true },
  });
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return {
    server: server.replace(/\/+$/, ""),
    namespace,
    credentials: async () => answered({ headers, dispatcher }),
    close: () => dispatcher.destroy(),
  };
}
