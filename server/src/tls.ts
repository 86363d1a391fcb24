import type { SecureContextOptions, TlsOptions } from "node:tls";
import type { ClientCheck } from "./client-check.ts";

export interface TlsMaterial {
  readonly key: string;
  readonly cert: string;
  /** `TLSv1.3` by default. */
  readonly minVersion?: TlsVersion;
  /** Clients must show a certificate of this CA. */
  readonly clients?: ClientCheck;
}

export type TlsVersion = "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";

/**
 * What `setSecureContext` has to be given for a certificate that takes the place of another: all of it, because what it is
 * not given (the lowest version, the CA of clients) goes back to Node's defaults.
 */
export function secureContext({ key, cert, minVersion, clients }: TlsMaterial): SecureContextOptions {
  return { key, cert, minVersion: minVersion ?? "TLSv1.3", ...(clients && { ca: clients.ca }) };
}

/** What a TLS server is made with. */
export function serverOptions(tls: TlsMaterial): TlsOptions {
  const { clients } = tls;
  return {
    ...secureContext(tls),
    // Node's two minutes would let clients that say nothing pile up.
    handshakeTimeout: 10_000,
    ...(clients && { requestCert: true, rejectUnauthorized: true }),
  };
}
