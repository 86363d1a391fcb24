import type { Server } from "node:https";
import type { TLSSocket } from "node:tls";

/** Whom the webhook talks to: `--client-ca-name` and `--client-cn-name`. */
export interface ClientCheck {
  /** The CA, in PEM, that a client's certificate must be of. */
  readonly ca: string;
  /** The common name that it must have. */
  readonly commonName: string;
}

/**
 * Ends connections of clients whose certificate, good as it may be, has another common name: the CA of a cluster signs for
 * kubelets and users, too. TLS itself has refused clients without a certificate of the CA.
 */
export function checkClients(server: Server, { commonName }: ClientCheck): void {
  server.on("secureConnection", (socket: TLSSocket) => {
    if (socket.getPeerCertificate().subject?.CN !== commonName) socket.destroy();
  });
}
