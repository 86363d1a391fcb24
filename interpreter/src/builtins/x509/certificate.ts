import { BuiltinError } from "../builtin.ts";
import { base64Encode } from "../go/base64.ts";
import { DER, DerError, DerReader, contextTag, derBits, derInteger, type DerElement } from "../go/der.ts";
import { ipText } from "../go/ip.ts";
import { urlText } from "../go/url.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import {
  NO_NAMES,
  NO_RULES,
  goExtensions,
  goRanges,
  goUrl,
  listOrNull,
  readAlternativeNames,
  readAuthorityInfo,
  readBasicConstraints,
  readCrlPoints,
  readExtensions,
  readKeyUsage,
  readNameConstraints,
  readOids,
  readPolicyConstraints,
  readPolicyMappings,
  smallInteger,
  type AlternativeNames,
  type Extension,
  type NameRules,
} from "./extensions.ts";
import { goName } from "./name.ts";
import { big, goPublicKey, type PublicKeyInfo } from "./public-key.ts";
import { signatureAlgorithm, type SignatureAlgorithm } from "./signature-algorithm.ts";

/** A certificate, read: what path validation needs, and `json`, its shape as Go's `x509.Certificate`. */
export interface Certificate {
  readonly raw: Uint8Array;
  readonly tbs: Uint8Array;
  readonly signature: Uint8Array;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly publicKey: PublicKeyInfo;
  readonly rawPublicKey: Uint8Array;
  readonly version: number;
  readonly rawIssuer: Uint8Array;
  readonly rawSubject: Uint8Array;
  /** Seconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly usage: Usage;
  readonly json: PlainObject;
}

/** What the extensions say. */
interface Usage {
  readonly keyUsage: number;
  /** Go's numbers of the extended key usages; undefined where the extension is absent. */
  readonly extended: readonly number[] | undefined;
  /** -1 where there is no limit. */
  readonly maxPathLength: number;
  readonly hasBasicConstraints: boolean;
  readonly isCa: boolean;
  readonly names: AlternativeNames;
  readonly permitted: NameRules;
  readonly excluded: NameRules;
  readonly hasUnhandledCritical: boolean;
  readonly json: PlainObject;
}

/** Reads one certificate after the other until the bytes are used up. Throws {@link BuiltinError} with an `x509:` text. */
export function parseCertificates(der: Uint8Array): readonly Certificate[] {
  return malformed("certificate", () => Array.from(new DerReader(der).rest(), parseCertificate));
}

/** Runs a reader; what is not DER of the wanted shape becomes `x509: malformed …`. */
export function malformed<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError) throw new BuiltinError(`x509: malformed ${what}`);
    throw error;
  }
}

/** A certificate as `crypto.x509.parse_certificates` shows it: with the URIs as text. */
export function withUriStrings(certificate: Certificate): PlainObject {
  const { uris } = certificate.usage.names;
  return { ...certificate.json, URIStrings: listOrNull(uris.map(urlText)) };
}

function parseCertificate(element: DerElement): Certificate {
  if (element.tag !== DER.sequence) throw new DerError("certificate");
  const outer = new DerReader(element.content);
  const tbs = outer.read(DER.sequence);
  const outerAlgorithm = outer.read(DER.sequence);
  const algorithm = signatureAlgorithm(outerAlgorithm);
  const signature = derBits(outer.read(DER.bitString));
  const reader = new DerReader(tbs.content);
  const explicitVersion = reader.optional(contextTag(0, true));
  const version = explicitVersion ? smallInteger(new DerReader(explicitVersion.content).next()) + 1 : 1;
  const serial = derInteger(reader.read(DER.integer));
  if (base64Encode(reader.read(DER.sequence).raw) !== base64Encode(outerAlgorithm.raw)) {
    throw new BuiltinError("x509: inner and outer signature algorithm identifiers don't match");
  }
  const issuer = reader.read(DER.sequence);
  const validity = reader.inside(DER.sequence);
  const notBefore = readTime(validity.next());
  const notAfter = readTime(validity.next());
  const subject = reader.read(DER.sequence);
  const keyInfo = reader.read(DER.sequence);
  const publicKey = goPublicKey(keyInfo);
  let extensions: readonly Extension[] = [];
  for (const field of reader.rest()) {
    // 1 and 2 are the unique identifiers that nobody uses.
    if (field.tag === contextTag(3, true))
      extensions = readExtensions(new DerReader(field.content).read(DER.sequence));
  }
  const usage = readUsage(extensions);
  return {
    raw: element.raw,
    tbs: tbs.raw,
    signature,
    signatureAlgorithm: algorithm,
    publicKey,
    rawPublicKey: keyInfo.raw,
    version,
    rawIssuer: issuer.raw,
    rawSubject: subject.raw,
    notBefore,
    notAfter,
    usage,
    json: {
      Raw: base64Encode(element.raw),
      RawTBSCertificate: base64Encode(tbs.raw),
      RawSubjectPublicKeyInfo: base64Encode(keyInfo.raw),
      RawSubject: base64Encode(subject.raw),
      RawIssuer: base64Encode(issuer.raw),
      Signature: base64Encode(signature),
      SignatureAlgorithm: algorithm.number,
      PublicKeyAlgorithm: publicKey.algorithm,
      PublicKey: publicKey.value,
      Version: version,
      SerialNumber: big(serial),
      Issuer: goName(issuer),
      Subject: goName(subject),
      NotBefore: rfc3339(notBefore),
      NotAfter: rfc3339(notAfter),
      Extensions: goExtensions(extensions),
      ExtraExtensions: null,
      ...usage.json,
    },
  };
}

/** Go's numbers of extended key usages. */
const EXTENDED_USAGES: ReadonlyMap<string, number> = new Map(
  [
    "2.5.29.37.0",
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => `1.3.6.1.5.5.7.3.${number}`),
    "1.3.6.1.4.1.311.10.3.3",
    "2.16.840.1.113730.4.1",
    "1.3.6.1.4.1.311.2.1.22",
    "1.3.6.1.4.1.311.61.1.1",
  ].map((oid, number) => [oid, number]),
);

function readUsage(extensions: readonly Extension[]): Usage {
  let keyUsage = 0;
  let extendedOids: readonly (readonly number[])[] | undefined;
  let basic: { readonly isCa: boolean; readonly maxPathLength: number } | undefined;
  let names = NO_NAMES;
  let rules = { permitted: NO_RULES, excluded: NO_RULES, isUnhandled: false };
  let constraintsCritical = false;
  let subjectKeyId: Value = null;
  let authorityKeyId: Value = null;
  let crlPoints: readonly string[] = [];
  let policies: readonly (readonly number[])[] = [];
  let mappings: Value = null;
  let policyLimits: ReturnType<typeof readPolicyConstraints> = { explicit: undefined, mapping: undefined };
  let inhibitAny: number | undefined;
  let access: ReturnType<typeof readAuthorityInfo> = { ocsp: [], issuers: [] };
  const unhandled: (readonly number[])[] = [];
  for (const { id, critical, value } of extensions) {
    let isHandled = true;
    switch (id.join(".")) {
      case "2.5.29.15":
        keyUsage = readKeyUsage(value);
        break;
      case "2.5.29.19":
        basic = readBasicConstraints(value);
        break;
      case "2.5.29.17":
        names = readAlternativeNames(value);
        isHandled = [names.dns, names.emails, names.addresses, names.uris].some((list) => list.length > 0);
        break;
      case "2.5.29.30":
        rules = readNameConstraints(value);
        constraintsCritical = critical;
        isHandled = !rules.isUnhandled;
        break;
      case "2.5.29.31":
        crlPoints = readCrlPoints(value);
        break;
      case "2.5.29.35": {
        const keyId = new DerReader(value).inside(DER.sequence).optional(contextTag(0, false));
        if (keyId) authorityKeyId = base64Encode(keyId.content);
        break;
      }
      case "2.5.29.36":
        policyLimits = readPolicyConstraints(value);
        break;
      case "2.5.29.37":
        extendedOids = readOids(value);
        break;
      case "2.5.29.14":
        subjectKeyId = base64Encode(new DerReader(value).read(DER.octetString).content);
        break;
      case "2.5.29.32":
        policies = readOids(value);
        break;
      case "2.5.29.33":
        mappings = readPolicyMappings(value);
        break;
      case "2.5.29.54":
        inhibitAny = smallInteger(new DerReader(value).next());
        break;
      case "1.3.6.1.5.5.7.1.1":
        access = readAuthorityInfo(value);
        break;
      default:
        isHandled = false;
    }
    if (critical && !isHandled) unhandled.push(id);
  }
  const extended = extendedOids?.map((oid) => EXTENDED_USAGES.get(oid.join(".")));
  const known = extended?.filter((usage) => usage !== undefined);
  const { permitted, excluded } = rules;
  return {
    keyUsage,
    extended: known,
    maxPathLength: basic?.maxPathLength ?? -1,
    hasBasicConstraints: basic !== undefined,
    isCa: basic?.isCa ?? false,
    names,
    permitted,
    excluded,
    hasUnhandledCritical: unhandled.length > 0,
    json: {
      KeyUsage: keyUsage,
      UnhandledCriticalExtensions: listOrNull(unhandled),
      ExtKeyUsage: listOrNull(known ?? []),
      UnknownExtKeyUsage: listOrNull(
        (extendedOids ?? []).filter((oid) => !EXTENDED_USAGES.has(oid.join("."))),
      ),
      BasicConstraintsValid: basic !== undefined,
      IsCA: basic?.isCa ?? false,
      MaxPathLen: basic?.maxPathLength ?? 0,
      MaxPathLenZero: basic?.maxPathLength === 0,
      SubjectKeyId: subjectKeyId,
      AuthorityKeyId: authorityKeyId,
      OCSPServer: listOrNull(access.ocsp),
      IssuingCertificateURL: listOrNull(access.issuers),
      ...goNames(names),
      PermittedDNSDomainsCritical: constraintsCritical,
      PermittedDNSDomains: listOrNull(permitted.dns),
      ExcludedDNSDomains: listOrNull(excluded.dns),
      PermittedIPRanges: goRanges(permitted.ranges),
      ExcludedIPRanges: goRanges(excluded.ranges),
      PermittedEmailAddresses: listOrNull(permitted.emails),
      ExcludedEmailAddresses: listOrNull(excluded.emails),
      PermittedURIDomains: listOrNull(permitted.uris),
      ExcludedURIDomains: listOrNull(excluded.uris),
      CRLDistributionPoints: listOrNull(crlPoints),
      PolicyIdentifiers: listOrNull(policies),
      Policies: listOrNull(policies.map((oid) => oid.join("."))),
      InhibitAnyPolicy: inhibitAny ?? 0,
      InhibitAnyPolicyZero: inhibitAny === 0,
      InhibitPolicyMapping: policyLimits.mapping ?? 0,
      InhibitPolicyMappingZero: policyLimits.mapping === 0,
      RequireExplicitPolicy: policyLimits.explicit ?? 0,
      RequireExplicitPolicyZero: policyLimits.explicit === 0,
      PolicyMappings: mappings,
    },
  };
}

/** Alternative names in the fields of Go's structs. */
export function goNames(names: AlternativeNames): PlainObject {
  return {
    DNSNames: listOrNull(names.dns),
    EmailAddresses: listOrNull(names.emails),
    IPAddresses: listOrNull(names.addresses.map(ipText)),
    URIs: listOrNull(names.uris.map(goUrl)),
  };
}

/** UTCTime or GeneralizedTime, in seconds since 1970. */
function readTime(element: DerElement): number {
  const text = String.fromCharCode(...element.content);
  const match = /^(\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  const isShort = element.tag === 23;
  if (!match || (!isShort && element.tag !== 24) || isShort !== (match[1] === undefined))
    throw new DerError("time");
  const [, century, year, month, day, hour, minute, second] = match;
  // Two digits mean 1950 to 2049.
  const full =
    Number(year) + (century === undefined ? (Number(year) >= 50 ? 1900 : 2000) : Number(century) * 100);
  const date = new Date(0);
  date.setUTCFullYear(full, Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second));
  return date.getTime() / 1000;
}

function rfc3339(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
