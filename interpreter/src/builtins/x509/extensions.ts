import { quoteText } from "../../value/quote.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { BuiltinError } from "../builtin.ts";
import { base64Encode } from "../go/base64.ts";
import { textOf } from "../go/bytes.ts";
import { DER, DerError, DerReader, contextTag, derInteger, derOid, type DerElement } from "../go/der.ts";
import { ipFromBytes, ipText, type IpAddress } from "../go/ip.ts";
import { parseUrl, type Url } from "../go/url.ts";

export interface Extension {
  readonly id: readonly number[];
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** The names a certificate speaks for. */
export interface AlternativeNames {
  readonly dns: readonly string[];
  readonly emails: readonly string[];
  readonly addresses: readonly IpAddress[];
  readonly uris: readonly Url[];
}

export interface IpRange {
  readonly address: IpAddress;
  readonly mask: Uint8Array;
}

/** One side (permitted or excluded) of name constraints. */
export interface NameRules {
  readonly dns: readonly string[];
  readonly emails: readonly string[];
  readonly ranges: readonly IpRange[];
  readonly uris: readonly string[];
}

export const NO_NAMES: AlternativeNames = { dns: [], emails: [], addresses: [], uris: [] };
export const NO_RULES: NameRules = { dns: [], emails: [], ranges: [], uris: [] };

/** Reads a SEQUENCE of extensions. */
export function readExtensions(sequence: DerElement): readonly Extension[] {
  return Array.from(new DerReader(sequence.content).rest(), (element) => {
    const reader = new DerReader(element.content);
    const id = derOid(reader.read(DER.oid));
    const critical = reader.optional(DER.boolean);
    return { id, critical: critical?.content[0] === 0xff, value: reader.read(DER.octetString).content };
  });
}

export function goExtensions(extensions: readonly Extension[]): Value {
  if (extensions.length === 0) return null;
  return extensions.map(({ id, critical, value }) => ({
    Id: id,
    Critical: critical,
    Value: base64Encode(value),
  }));
}

/** subjectAltName (RFC 5280, 4.2.1.6): the kinds of names that Go reads. */
export function readAlternativeNames(value: Uint8Array): AlternativeNames {
  const names = {
    dns: [] as string[],
    emails: [] as string[],
    addresses: [] as IpAddress[],
    uris: [] as Url[],
  };
  for (const name of new DerReader(value).inside(DER.sequence).rest()) {
    switch (name.tag) {
      case contextTag(1, false):
        names.emails.push(textOf(name.content));
        break;
      case contextTag(2, false):
        names.dns.push(textOf(name.content));
        break;
      case contextTag(6, false):
        names.uris.push(readUri(textOf(name.content)));
        break;
      case contextTag(7, false): {
        const address = ipFromBytes(name.content);
        if (!address)
          throw new BuiltinError(`x509: cannot parse IP address of length ${name.content.length}`);
        names.addresses.push(address);
        break;
      }
      default:
    }
  }
  return names;
}

function readUri(text: string): Url {
  const parsed = parseUrl(text);
  if (!parsed.ok) throw new BuiltinError(`x509: cannot parse URI ${quoteText(text)}: ${parsed.error}`);
  return parsed.url;
}

/** A URL in the shape of Go's struct. */
export function goUrl(url: Url): PlainObject {
  return {
    Scheme: url.scheme,
    Opaque: url.opaque,
    User: url.user ? {} : null,
    Host: url.host,
    Path: url.path,
    Fragment: url.fragment,
    RawQuery: url.rawQuery,
    RawPath: url.rawPath,
    RawFragment: url.rawFragment,
    ForceQuery: url.forceQuery,
    OmitHost: url.omitHost,
  };
}

/** nameConstraints: what is permitted, what excluded, and whether a kind of name occurs that Go does not check. */
export function readNameConstraints(value: Uint8Array): {
  readonly permitted: NameRules;
  readonly excluded: NameRules;
  readonly isUnhandled: boolean;
} {
  const reader = new DerReader(value).inside(DER.sequence);
  const permitted = readSubtrees(reader.optional(contextTag(0, true)));
  const excluded = readSubtrees(reader.optional(contextTag(1, true)));
  return { permitted, excluded, isUnhandled: permitted.isUnhandled || excluded.isUnhandled };
}

function readSubtrees(subtrees: DerElement | undefined): NameRules & { readonly isUnhandled: boolean } {
  const rules = {
    dns: [] as string[],
    emails: [] as string[],
    ranges: [] as IpRange[],
    uris: [] as string[],
  };
  let isUnhandled = false;
  for (const subtree of subtrees ? new DerReader(subtrees.content).rest() : []) {
    const base = new DerReader(subtree.content).next();
    if (base.tag === contextTag(1, false)) rules.emails.push(textOf(base.content));
    else if (base.tag === contextTag(2, false)) rules.dns.push(textOf(base.content));
    else if (base.tag === contextTag(6, false)) rules.uris.push(textOf(base.content));
    else if (base.tag === contextTag(7, false)) rules.ranges.push(readRange(base.content));
    else isUnhandled = true;
  }
  return { ...rules, isUnhandled };
}

function readRange(bytes: Uint8Array): IpRange {
  const half = bytes.length / 2;
  const address = ipFromBytes(bytes.subarray(0, half));
  if (!address) throw new BuiltinError(`x509: IP constraint contained value of length ${bytes.length}`);
  return { address, mask: bytes.subarray(half) };
}

export function goRanges(ranges: readonly IpRange[]): Value {
  return listOrNull(ranges.map(({ address, mask }) => ({ IP: ipText(address), Mask: base64Encode(mask) })));
}

/** authorityInfoAccess: where to ask for revocation, and where the issuer's certificate is. */
export function readAuthorityInfo(value: Uint8Array): {
  readonly ocsp: readonly string[];
  readonly issuers: readonly string[];
} {
  const ocsp: string[] = [];
  const issuers: string[] = [];
  for (const access of new DerReader(value).inside(DER.sequence).rest()) {
    const reader = new DerReader(access.content);
    const method = derOid(reader.read(DER.oid)).join(".");
    const location = reader.optional(contextTag(6, false));
    if (!location) continue;
    if (method === "1.3.6.1.5.5.7.48.1") ocsp.push(textOf(location.content));
    if (method === "1.3.6.1.5.5.7.48.2") issuers.push(textOf(location.content));
  }
  return { ocsp, issuers };
}

/** cRLDistributionPoints: the URIs among the full names. */
export function readCrlPoints(value: Uint8Array): readonly string[] {
  const uris: string[] = [];
  for (const point of new DerReader(value).inside(DER.sequence).rest()) {
    const names = new DerReader(point.content).optional(contextTag(0, true));
    const full = names && new DerReader(names.content).optional(contextTag(0, true));
    for (const name of full ? new DerReader(full.content).rest() : []) {
      if (name.tag === contextTag(6, false)) uris.push(textOf(name.content));
    }
  }
  return uris;
}

export function readKeyUsage(value: Uint8Array): number {
  const bits = new DerReader(value).read(DER.bitString).content.subarray(1);
  let usage = 0;
  // Bits are numbered from the highest of the first byte.
  for (let i = 0; i < 9; i++) if ((bits[i >> 3] ?? 0) & (0x80 >> (i & 7))) usage |= 1 << i;
  return usage;
}

export function readBasicConstraints(value: Uint8Array): {
  readonly isCa: boolean;
  readonly maxPathLength: number;
} {
  const reader = new DerReader(value).inside(DER.sequence);
  const isCa = reader.optional(DER.boolean)?.content[0] === 0xff;
  return { isCa, maxPathLength: reader.isEmpty ? -1 : smallInteger(reader.next()) };
}

/** A SEQUENCE of object identifiers (extKeyUsage), or of sequences that begin with one (certificatePolicies). */
export function readOids(value: Uint8Array): readonly (readonly number[])[] {
  return Array.from(new DerReader(value).inside(DER.sequence).rest(), (element) =>
    derOid(element.tag === DER.oid ? element : new DerReader(element.content).read(DER.oid)),
  );
}

/** policyConstraints: the two skip counts, absent where they are. */
export function readPolicyConstraints(value: Uint8Array): {
  readonly explicit: number | undefined;
  readonly mapping: number | undefined;
} {
  const reader = new DerReader(value).inside(DER.sequence);
  const explicit = reader.optional(contextTag(0, false));
  const mapping = reader.optional(contextTag(1, false));
  const count = (element: DerElement | undefined) =>
    element && smallInteger({ ...element, tag: DER.integer });
  return { explicit: count(explicit), mapping: count(mapping) };
}

export function readPolicyMappings(value: Uint8Array): Value {
  return Array.from(new DerReader(value).inside(DER.sequence).rest(), (mapping) => {
    const reader = new DerReader(mapping.content);
    const issuer = derOid(reader.read(DER.oid)).join(".");
    return { IssuerDomainPolicy: issuer, SubjectDomainPolicy: derOid(reader.read(DER.oid)).join(".") };
  });
}

export function smallInteger(element: DerElement): number {
  const value = derInteger(element);
  if (value < 0n || value > 0x7fffffffn) throw new DerError("integer");
  return Number(value);
}

/** Go's nil slice is null. */
export function listOrNull(list: readonly Value[]): Value {
  return list.length === 0 ? null : list;
}
