import { createPrivateKey, X509Certificate } from "node:crypto";
import type { KeyPair } from "./authority.ts";

/** What a folder or a Secret holds, in PEM, before it is known to be any good. */
export interface StoredCertificates {
  /** The CA's certificate first; the ones it has replaced may follow. */
  readonly caCert: string | undefined;
  readonly caKey: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

export interface RenewOptions {
  /** DNS names and addresses under which clients come. */
  readonly hosts: readonly string[];
  readonly now: Date;
  /** The certificate is shown to servers, too: to external data providers. */
  readonly clientAuth?: boolean;
  readonly lifetimes?: Partial<Lifetimes>;
  /** The CA, in PEM, of what is served at the moment: it must stay trusted until that is replaced. */
  readonly servedAuthority?: string | undefined;
}

/** In milliseconds. */
export interface Lifetimes {
  /** Of a new certificate; default a year. */
  readonly certificateMs: number;
  /** Of a new CA; default ten years. */
  readonly authorityMs: number;
  /** How long before its end each is renewed; default 90 days, as Gatekeeper. */
  readonly renewBeforeMs: number;
}

export interface RenewedCertificates {
  /** `cert` also has the CA that this one has replaced, for an hour: what it signed may still be served. */
  readonly authority: KeyPair;
  readonly leaf: KeyPair;
  /** What had to be made: a new CA means a new certificate, too; a bundle is new when only the CAs trusted are others. */
  readonly made: "ca" | "certificate" | "bundle" | "nothing";
}

const RENEW_BEFORE_MS = 90 * 24 * 3_600_000;

/**
 * Keeps what is good and makes what is missing, of other hosts or uses, or too near its end. A CA that is still good is
 * kept, so that clients go on trusting it. Throws an Error only when the machine's cryptography fails.
 */
export async function renew(found: StoredCertificates, options: RenewOptions): Promise<RenewedCertificates> {
  const { hosts, now, clientAuth = false, lifetimes = {}, servedAuthority } = options;
  const goodUntil = new Date(now.getTime() + (lifetimes.renewBeforeMs ?? RENEW_BEFORE_MS));
  const { caCert, caKey, cert, key } = found;
  const kept = isAuthority(caCert, caKey, goodUntil, now)
    ? { cert: withFormer(withoutOld(caCert as string, now), [servedAuthority], now), key: caKey as string }
    : undefined;
  if (kept && cert && key && isGoodLeaf({ cert, key }, kept, options, goodUntil)) {
    return { authority: kept, leaf: { cert, key }, made: kept.cert === caCert ? "nothing" : "bundle" };
  }
  // Making certificates is rare, and its library takes longer to load than all the rest of the start.
  const { createAuthority, createServingCertificate } = await import("./authority.ts");
  const make = async (): Promise<KeyPair> => {
    const made = await createAuthority(now, lifetimes.authorityMs);
    return { ...made, cert: withFormer(made.cert, [caCert, servedAuthority], now) };
  };
  const authority = kept ?? (await make());
  const validMs = lifetimes.certificateMs;
  const leaf = await createServingCertificate(authority, hosts, now, {
    clientAuth,
    ...(validMs !== undefined && { validMs }),
  });
  return { authority, leaf, made: kept ? "certificate" : "ca" };
}

/** A CA of ours, or the RSA one that Gatekeeper made. */
function isAuthority(cert: string | undefined, key: string | undefined, goodUntil: Date, now: Date): boolean {
  if (cert === undefined || key === undefined) return false;
  if (!isPair({ cert, key }, goodUntil, now)) return false;
  const { asymmetricKeyType } = createPrivateKey(key);
  return new X509Certificate(cert).ca && (asymmetricKeyType === "ec" || asymmetricKeyType === "rsa");
}

/** A former CA is trusted for so long: until everybody serves what the new one has signed, and some time more. */
export const OVERLAP_MS = 3_600_000;
/** Certificates are made as if an hour ago, because clocks differ. */
const BACKDATED_MS = 3_600_000;

/** A bundle without the CAs that the first one replaced long ago: a key of theirs may be the reason why they were replaced. */
function withoutOld(bundle: string, now: Date): string {
  const all = bundle.match(CERTIFICATE) ?? [];
  const [first] = all;
  if (first === undefined || all.length === 1) return bundle;
  const made = new X509Certificate(first).validFromDate.getTime() + BACKDATED_MS;
  return now.getTime() < made + OVERLAP_MS ? bundle : `${first}\n`;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** A bundle, and behind it the first certificate of each former one, where that is still valid and not in it already. */
function withFormer(bundle: string, formers: readonly (string | undefined)[], now: Date): string {
  let all = bundle;
  for (const former of formers) {
    const first = former?.match(CERTIFICATE)?.[0];
    if (first !== undefined && !all.includes(first) && isStillValid(first, now)) all += `${first}\n`;
  }
  return all;
}

function isStillValid(pem: string, now: Date): boolean {
  try {
    return new X509Certificate(pem).validToDate > now;
  } catch {
    return false;
  }
}

function isPair({ cert, key }: KeyPair, goodUntil: Date, now: Date): boolean {
  try {
    const certificate = new X509Certificate(cert);
    return certificate.checkPrivateKey(createPrivateKey(key)) && isValid(certificate, goodUntil, now);
  } catch {
    return false;
  }
}

function isGoodLeaf(pair: KeyPair, authority: KeyPair, options: RenewOptions, goodUntil: Date): boolean {
  if (!isPair(pair, goodUntil, options.now)) return false;
  const leaf = new X509Certificate(pair.cert);
  const wanted = options.clientAuth ? [SERVER_AUTH, CLIENT_AUTH] : [SERVER_AUTH];
  return (
    leaf.verify(new X509Certificate(authority.cert).publicKey) &&
    options.hosts.every((host) => names(leaf).has(host)) &&
    wanted.every((usage) => (leaf.keyUsage ?? []).includes(usage))
  );
}

const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

function names(certificate: X509Certificate): ReadonlySet<string> {
  const entries = (certificate.subjectAltName ?? "").split(", ");
  return new Set(entries.map((entry) => normalAddress(entry.replace(/^(?:DNS|IP Address):/, ""))));
}

/** Node prints IPv6 addresses in full. */
function normalAddress(address: string): string {
  return address === "0:0:0:0:0:0:0:1" ? "::1" : address;
}

function isValid(certificate: X509Certificate, goodUntil: Date, now: Date): boolean {
  return certificate.validFromDate <= now && certificate.validToDate >= goodUntil;
}
