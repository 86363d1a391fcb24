import { cidrContains, parseCidr, type Cidr } from "../builtins/go/cidr.ts";
import { parseIp, type IpAddress } from "../builtins/go/ip.ts";

/** Where policies may connect to. */
export interface AllowedHosts {
  /** True for a name that the list has, itself or by `*.domain`. An address counts as its own name. */
  allowsName(name: string): boolean;
  /** True for an address that may be connected to, once a name of the list, or this very address, has led to it. */
  allowsAddress(address: string): boolean;
}

/**
 * Reads an allow-list: host names, `*.domain` for everything below a domain, addresses, CIDRs. A name leads to public
 * addresses only: loopback, link-local, private and reserved ones need an address or CIDR of their own in the list, so
 * that whoever controls a name cannot aim it at what is inside (`localhost` stands for the loopback addresses too).
 */
export function allowedHosts(list: readonly string[]): AllowedHosts {
  const names = new Set<string>();
  const suffixes: string[] = [];
  const networks: Cidr[] = [];
  for (const entry of list.map((text) => text.trim().toLowerCase())) {
    const ip = parseIp(entry);
    const cidr = parseCidr(entry)?.cidr;
    if (ip) networks.push({ address: ip, prefix: ip.bits });
    else if (cidr) networks.push(cidr);
    else if (entry.startsWith("*.")) suffixes.push(entry.slice(1));
    else if (entry !== "") names.add(entry);
  }
  if (names.has("localhost")) networks.push(...LOOPBACK);
  const isListed = (ip: IpAddress): boolean => networks.some((network) => cidrContains(network, ip));
  return {
    allowsName(name) {
      const host = name.toLowerCase().replace(/\.$/, "");
      const ip = parseIp(host);
      if (ip) return isListed(ip);
      return (
        names.has(host) || suffixes.some((suffix) => host.endsWith(suffix) && host.length > suffix.length)
      );
    },
    allowsAddress(address) {
      const ip = parseIp(address);
      return ip !== undefined && (isListed(ip) || !INTERNAL.some((network) => cidrContains(network, ip)));
    },
  };
}

const LOOPBACK = cidrs("127.0.0.0/8", "::1/128");

/** Addresses that are not on the public internet (IANA's special-purpose registries). */
const INTERNAL: readonly Cidr[] = [
  ...LOOPBACK,
  ...cidrs(
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
    "::/128",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
  ),
];

function cidrs(...texts: readonly string[]): readonly Cidr[] {
  return texts.flatMap((text) => parseCidr(text)?.cidr ?? []);
}
