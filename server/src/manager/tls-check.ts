import { X509Certificate } from "node:crypto";
import { connect } from "node:tls";

export interface TlsCheckOptions {
  /** Where the webhook listens; empty for all addresses. */
  readonly host: string;
  readonly port: number;
  /** The certificate, in PEM, that is to be served; undefined as long as there is none. */
  readonly certificate: () => string | undefined;
}

const PATIENCE_MS = 2_000;
/** A good answer counts for this long: probes come every few seconds, and each costs a handshake. */
const FRESH_MS = 5_000;
/** A renewed certificate reaches all processes that serve it a little later. */
const GRACE_MS = 5_000;

/**
 * Asks the webhook's port, as the API server does, for its certificate, and says what is wrong: nobody answers, or another
 * certificate than the one that clients are told of (contract 6.4).
 */
export function createTlsCheck({
  host,
  port,
  certificate,
}: TlsCheckOptions): () => Promise<readonly string[]> {
  const hosts = host === "" || host === "::" || host === "0.0.0.0" ? ["127.0.0.1", "::1"] : [host];
  let good: { readonly certificate: string; readonly at: number } | undefined;
  return async () => {
    const wanted = certificate();
    if (wanted === undefined) return ["there is no certificate to serve yet"];
    const now = performance.now();
    if (good?.certificate === wanted && now - good.at < FRESH_MS) return [];
    const faults: string[] = [];
    for (const each of hosts) {
      const fault = await faultOf(each, port, wanted);
      if (fault === undefined) {
        good = { certificate: wanted, at: performance.now() };
        return [];
      }
      faults.push(fault);
    }
    return good && now - good.at < FRESH_MS + GRACE_MS ? [] : faults;
  };
}

async function faultOf(host: string, port: number, wanted: string): Promise<string | undefined> {
  try {
    const served = await servedCertificate(host, port);
    return served.equals(new X509Certificate(wanted).raw)
      ? undefined
      : `${host}:${port} serves another certificate`;
  } catch (error) {
    return `${host}:${port}: ${(error as Error).message}`;
  }
}

function servedCertificate(host: string, port: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  // Whose certificate it is, is what we ask: it need not be one that we trust.
  const socket = connect({ host, port, rejectUnauthorized: false, timeout: PATIENCE_MS }, () => {
    resolve(socket.getPeerCertificate().raw);
    socket.destroy();
  });
  socket.once("timeout", () => {
    reject(new Error("no answer"));
    socket.destroy();
  });
  socket.once("error", reject);
  return promise;
}
