import type { Dispatcher } from "undici";
import type { KubeResult } from "./kube-error.ts";

/**
 * Over HTTP/2 all watches would share one connection: one that hangs would silence them all. A socket that nobody uses stays
 * open from one audit to the next, since a TLS handshake costs as much as several calls; the API server ends it after 90 s.
 */
export const ONE_CALL_A_SOCKET = { allowH2: false, keepAliveTimeout: 75_000 } as const;

/** Where the API server is and how to prove who we are. */
export interface Connection {
  /** URL without a final slash; it may have a path. */
  readonly server: string;
  /** The namespace that the kubeconfig's context or the service account names. */
  readonly namespace: string | undefined;
  /** `renew`: the server has refused the last ones (401), so read them again from their source. */
  credentials(renew?: boolean): Promise<KubeResult<Credentials>>;
  close(): Promise<void>;
}

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  /** Holds the sockets, with the CA and the client certificate. */
  readonly dispatcher: Dispatcher;
}
