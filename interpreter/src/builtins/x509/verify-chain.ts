import type { BuiltinContext } from "../builtin.ts";
import { pemText } from "../go/pem.ts";
import { hostCrypto } from "../host-crypto.ts";
import type { Certificate } from "./certificate.ts";
import { isHostnameOf, keepsNameConstraints } from "./name-rules.ts";

export interface ChainOptions {
  /** A name or address that the leaf must speak for. */
  readonly dnsName?: string;
  /** Seconds since 1970. */
  readonly time: number;
  /** Go's numbers of extended key usages, of which one must hold all along the chain. */
  readonly usages: readonly number[];
}

/** What checking one signature is charged. */
const SIGNATURE_COST = 100;
/** Go gives up after that many signatures: certificates with the same name can be put together in very many ways. */
const MAX_SIGNATURES = 100;

const ANY_USAGE = 0;
const SERVER_AUTH = 1;
const KEY_USAGE_CERT_SIGN = 1 << 5;

/**
 * Finds a path from the last certificate (the leaf) over those between to the first (the only trusted root), by the rules
 * of Go's `Certificate.Verify`. Gives it leaf first, or undefined when there is none.
 */
export function verifyChain(
  certificates: readonly Certificate[],
  options: ChainOptions,
  context: BuiltinContext,
): readonly Certificate[] | undefined {
  const root = certificates[0];
  const leaf = certificates.at(-1);
  if (!root || !leaf || certificates.length < 2) return undefined;
  if (!isCurrent(leaf, options)) return undefined;
  if (options.dnsName !== undefined && options.dnsName !== "" && !isHostnameOf(leaf, options.dnsName))
    return undefined;
  const isAccepted = (chain: readonly Certificate[]): boolean =>
    hasUsage(chain, options.usages) && keepsNameConstraints(chain);
  if (isSame(leaf, root)) return isAccepted([leaf]) ? [leaf] : undefined;
  const budget = { signatures: MAX_SIGNATURES };
  const intermediates = certificates.slice(1, -1);
  const extend = (chain: readonly Certificate[]): readonly Certificate[] | undefined => {
    const child = chain.at(-1) as Certificate;
    for (const parent of [root, ...intermediates]) {
      if (chain.some((known) => isSame(known, parent))) continue;
      if (!sameBytes(child.rawIssuer, parent.rawSubject) || !isCurrent(parent, options)) continue;
      if (!maySign(parent, chain.length - 1, parent === root)) continue;
      if (budget.signatures-- <= 0) return undefined;
      context.charge(SIGNATURE_COST);
      if (!isSignedBy(child, parent, context)) continue;
      const longer = [...chain, parent];
      const found = parent === root ? (isAccepted(longer) ? longer : undefined) : extend(longer);
      if (found) return found;
    }
    return undefined;
  };
  return extend([leaf]);
}

function isCurrent(certificate: Certificate, options: ChainOptions): boolean {
  if (certificate.usage.hasUnhandledCritical) return false;
  return options.time >= certificate.notBefore && options.time <= certificate.notAfter;
}

/** Whether a certificate may sign others, with that many others between it and the leaf. */
function maySign(parent: Certificate, between: number, isRoot: boolean): boolean {
  const { hasBasicConstraints, isCa, keyUsage, maxPathLength } = parent.usage;
  if (hasBasicConstraints ? !isCa : !isRoot || parent.version === 3) return false;
  if (keyUsage !== 0 && !(keyUsage & KEY_USAGE_CERT_SIGN)) return false;
  return !hasBasicConstraints || maxPathLength < 0 || between <= maxPathLength;
}

function isSignedBy(child: Certificate, parent: Certificate, context: BuiltinContext): boolean {
  const crypto = hostCrypto(context);
  const { hash, key: kind } = child.signatureAlgorithm;
  // Go refuses MD5 and SHA-1, and never verifies DSA.
  if (kind === undefined || kind === "dsa" || hash === "md5" || hash === "sha1") return false;
  try {
    const key = crypto.createPublicKey(pemText("PUBLIC KEY", parent.rawPublicKey));
    if (key.asymmetricKeyType !== (kind === "rsa-pss" ? "rsa" : kind)) return false;
    if (kind !== "rsa-pss") return crypto.verify(hash, child.tbs, key, child.signature);
    const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = crypto.constants;
    return crypto.verify(hash, child.tbs, { key, padding, saltLength }, child.signature);
  } catch {
    return false;
  }
}

/** True when one of the wanted usages is allowed by every certificate that limits its usages. */
function hasUsage(chain: readonly Certificate[], wanted: readonly number[]): boolean {
  if (wanted.includes(ANY_USAGE)) return true;
  const usages = wanted.length === 0 ? [SERVER_AUTH] : wanted;
  const limited = chain.flatMap(({ usage }) => (usage.extended ? [usage.extended] : []));
  return usages.some((usage) =>
    limited.every((allowed) => allowed.includes(ANY_USAGE) || allowed.includes(usage)),
  );
}

function isSame(a: Certificate, b: Certificate): boolean {
  return a === b || sameBytes(a.raw, b.raw);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
