import { parseIp, unmapped, type IpAddress } from "../go/ip.ts";
import { unsignedInteger } from "../go/der.ts";
import { hostAndPort, type Url } from "../go/url.ts";
import type { Certificate } from "./certificate.ts";
import type { AlternativeNames, IpRange, NameRules } from "./extensions.ts";

/** True when the certificate's alternative names cover a host name or address (RFC 6125; one `*` as the first label). */
export function isHostnameOf(certificate: Certificate, host: string): boolean {
  const { dns, addresses } = certificate.usage.names;
  const address = parseIp(host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host);
  if (address) return addresses.some((candidate) => sameAddress(unmapped(candidate), address));
  const labels = labelsOf(host);
  return dns.some((pattern) => {
    const parts = labelsOf(pattern);
    if (parts.length !== labels.length) return false;
    return parts.every((part, i) => part === labels[i] || (i === 0 && part === "*" && parts.length > 1));
  });
}

/** True when no authority of the chain (leaf first) forbids a name of a certificate below it. */
export function keepsNameConstraints(chain: readonly Certificate[]): boolean {
  return chain.every(({ usage: { permitted, excluded } }, i) =>
    chain
      .slice(0, i)
      .every(({ usage: { names } }) => isPermitted(names, permitted) && !isExcluded(names, excluded)),
  );
}

/** Where a rule speaks of a kind of names, each name of that kind must match one of them. */
function isPermitted(names: AlternativeNames, rules: NameRules): boolean {
  return checks(names, rules).every(([list, count, matches]) => count === 0 || list.every(matches));
}

function isExcluded(names: AlternativeNames, rules: NameRules): boolean {
  return checks(names, rules).some(([list, , matches]) => list.some(matches));
}

type Check = readonly [names: readonly unknown[], rules: number, matches: (name: never) => boolean];

function checks(
  names: AlternativeNames,
  rules: NameRules,
): readonly (readonly [readonly never[], number, (name: never) => boolean])[] {
  const all: readonly Check[] = [
    [names.dns, rules.dns.length, (name: string) => rules.dns.some((rule) => inDomain(name, rule))],
    [names.emails, rules.emails.length, (name: string) => rules.emails.some((rule) => isMailbox(name, rule))],
    [
      names.uris,
      rules.uris.length,
      (name: Url) => rules.uris.some((rule) => inDomain(hostAndPort(name).hostname, rule)),
    ],
    [
      names.addresses,
      rules.ranges.length,
      (name: IpAddress) => rules.ranges.some((range) => inRange(name, range)),
    ],
  ];
  return all as readonly (readonly [readonly never[], number, (name: never) => boolean])[];
}

/** `example.com` covers itself and everything below, `.example.com` only what is below. */
function inDomain(name: string, rule: string): boolean {
  if (rule === "") return true;
  const onlyBelow = rule.startsWith(".");
  const wanted = labelsOf(onlyBelow ? rule.slice(1) : rule);
  const labels = labelsOf(name);
  if (labels.length < wanted.length + (onlyBelow ? 1 : 0)) return false;
  const tail = labels.slice(labels.length - wanted.length);
  return wanted.every((label, i) => label === tail[i]);
}

function isMailbox(name: string, rule: string): boolean {
  const at = name.lastIndexOf("@");
  if (!rule.includes("@")) return inDomain(name.slice(at + 1), rule);
  const ruleAt = rule.lastIndexOf("@");
  const sameDomain = name.slice(at + 1).toLowerCase() === rule.slice(ruleAt + 1).toLowerCase();
  return sameDomain && name.slice(0, at) === rule.slice(0, ruleAt);
}

function inRange(address: IpAddress, range: IpRange): boolean {
  if (address.bits !== range.address.bits) return false;
  const mask = unsignedInteger(range.mask);
  return (address.value & mask) === (range.address.value & mask);
}

function sameAddress(a: IpAddress, b: IpAddress): boolean {
  return a.bits === b.bits && a.value === b.value;
}

function labelsOf(host: string): readonly string[] {
  return host.replace(/\.$/, "").toLowerCase().split(".");
}
