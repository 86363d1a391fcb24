import { isArray, isObject, isSet } from "../value/kind.ts";
import { objectEntries } from "../value/object.ts";
import { RegoSet } from "../value/set.ts";
import type { NamedType, Type } from "../value/type.ts";
import { ANY, BOOLEAN, STRING, arrayOf, named, objectOf, setOf, tuple, union } from "../value/type.ts";
import type { Value } from "../value/value.ts";
import { BuiltinError, defineBuiltins, type BuiltinContext, type BuiltinImplementation } from "./builtin.ts";
import { cidrContains, cidrRange, cidrText, cidrsOfRange, parseCidr, type Cidr } from "./go/cidr.ts";
import { ipText, parseIp, wideValue, type IpAddress } from "./go/ip.ts";
import { stringOperand } from "./operands.ts";

/** A CIDR or IP, alone or first in an array of anything. */
const CIDR_ENTRY: Type = union(STRING, arrayOf(ANY));
const CIDR_COLLECTION: Type = union(
  STRING,
  arrayOf(CIDR_ENTRY),
  objectOf(STRING, CIDR_ENTRY),
  setOf(CIDR_ENTRY),
);

export const netBuiltins = defineBuiltins([
  {
    name: "net.cidr_contains",
    decl: {
      args: [
        named("cidr", STRING, "CIDR to check against"),
        named("cidr_or_ip", STRING, "CIDR or IP to check"),
      ],
      result: verdict("`true` if `cidr_or_ip` is contained within `cidr`"),
    },
    description:
      "Checks if a CIDR or IP is contained within another CIDR. `output` is `true` if `cidr_or_ip` " +
      "(e.g. `127.0.0.64/26` or `127.0.0.1`) is contained within `cidr` (e.g. `127.0.0.1/24`) and `false` " +
      "otherwise. Supports both IPv4 and IPv6 notations.",
    categories: ["net"],
    run: ([cidr, other]) => contains(cidrOperand(cidr), other),
  },
  {
    name: "net.cidr_contains_matches",
    decl: {
      args: [
        named("cidrs", CIDR_COLLECTION, "CIDRs to check against"),
        named("cidrs_or_ips", CIDR_COLLECTION, "CIDRs or IPs to check"),
      ],
      result: named(
        "output",
        setOf(tuple(ANY, ANY)),
        "tuples identifying matches where `cidrs_or_ips` are contained within `cidrs`",
      ),
    },
    description:
      "Checks if collections of cidrs or ips are contained within another collection of cidrs and returns matches. " +
      "This function is similar to `net.cidr_contains` except it allows callers to pass collections of CIDRs or IPs " +
      "as arguments and returns the matches (as opposed to a boolean result indicating a match between two CIDRs/IPs).",
    categories: ["net"],
    run: ([cidrs, others], context) => containsMatches(cidrs as Value, others as Value, context),
  },
  {
    name: "net.cidr_expand",
    decl: {
      args: [named("cidr", STRING, "CIDR to expand")],
      result: named("hosts", setOf(STRING), "set of IP addresses the CIDR `cidr` expands to"),
    },
    description:
      'Expands CIDR to set of hosts  (e.g., `net.cidr_expand("192.168.0.0/30")` generates 4 hosts: ' +
      '`{"192.168.0.0", "192.168.0.1", "192.168.0.2", "192.168.0.3"}`).',
    categories: ["net"],
    run: ([cidr], context) => expand(cidrOperand(cidr), context),
  },
  {
    name: "net.cidr_intersects",
    decl: {
      args: [named("cidr1", STRING, "first CIDR"), named("cidr2", STRING, "second CIDR")],
      result: verdict("`true` if `cidr1` intersects with `cidr2`"),
    },
    description:
      "Checks if a CIDR intersects with another CIDR (e.g. `192.168.0.0/16` overlaps with `192.168.1.0/24`). " +
      "Supports both IPv4 and IPv6 notations.",
    categories: ["net"],
    run: ([cidr1, cidr2]) => {
      const a = cidrOperand(cidr1);
      const b = cidrOperand(cidr2);
      return cidrContains(a, b.address) || cidrContains(b, a.address);
    },
  },
  {
    name: "net.cidr_is_valid",
    decl: {
      args: [named("cidr", STRING, "CIDR to validate")],
      result: verdict("`true` if `cidr` is a valid CIDR"),
    },
    description: "Parses an IPv4/IPv6 CIDR and returns a boolean indicating if the provided CIDR is valid.",
    categories: ["net"],
    run: ([cidr]) => typeof cidr === "string" && parseCidr(cidr) !== undefined,
  },
  {
    name: "net.cidr_merge",
    decl: {
      args: [named("addrs", union(arrayOf(union(STRING)), setOf(STRING)), "CIDRs or IP addresses")],
      result: named(
        "output",
        setOf(STRING),
        "smallest possible set of CIDRs obtained after merging the provided list of IP addresses and subnets in `addrs`",
      ),
    },
    description:
      "Merges IP addresses and subnets into the smallest possible list of CIDRs (e.g., " +
      '`net.cidr_merge(["192.0.128.0/24", "192.0.129.0/24"])` generates `{"192.0.128.0/23"}`.' +
      "This function merges adjacent subnets where possible, those contained within others and also removes any " +
      'duplicates.\nSupports both IPv4 and IPv6 notations. IPv6 inputs need a prefix length (e.g. "/128").',
    categories: ["net"],
    run: ([addrs], context) => merge(addrs as Value, context),
  },
  {
    name: "net.cidr_overlap",
    decl: { args: [STRING, STRING], result: BOOLEAN },
    description: "",
    categories: [],
    deprecated: true,
    run: ([cidr, other]) => contains(cidrOperand(cidr), other),
  },
  {
    name: "net.lookup_ip_addr",
    decl: {
      args: [named("name", STRING, "domain name to resolve")],
      result: named("addrs", setOf(STRING), "IP addresses (v4 and v6) that `name` resolves to"),
    },
    description:
      "Returns the set of IP addresses (both v4 and v6) that the passed-in `name` resolves to using the standard " +
      "name resolution mechanisms available.",
    categories: ["net"],
    nondeterministic: true,
    memoised: true,
    run: lookupIpAddress,
  },
]);

function verdict(description: string): NamedType {
  return named("result", BOOLEAN, description);
}

function cidrOperand(value: Value | undefined): Cidr {
  const text = stringOperand(value, 1);
  const parsed = parseCidr(text);
  if (!parsed) throw new BuiltinError(`invalid CIDR address: ${text}`);
  return parsed.cidr;
}

function contains(cidr: Cidr, other: Value | undefined): boolean {
  const text = stringOperand(other, 1);
  const ip = parseIp(text);
  if (ip) return cidrContains(cidr, ip);
  const inner = parseCidr(text)?.cidr;
  if (!inner) throw new BuiltinError(`not a valid textual representation of an IP address or CIDR: ${text}`);
  return cidrContains(cidr, inner.address) && inner.prefix >= cidr.prefix;
}

function containsMatches(cidrs: Value, others: Value, context: BuiltinContext): RegoSet {
  const matches = new RegoSet();
  for (const [cidr, index] of entries(cidrs, 1)) {
    for (const [other, otherIndex] of entries(others, 2)) {
      context.charge(1);
      if (contains(cidrOperand(cidr), other)) {
        context.collect(3);
        matches.add([index, otherIndex]);
      }
    }
  }
  return matches;
}

/** Each CIDR of a collection with what names it in the result: its index, its key, or the element itself. */
function* entries(collection: Value, operand: number): Generator<readonly [cidr: Value, index: Value]> {
  if (typeof collection === "string") yield [collection, collection];
  else if (isArray(collection)) {
    for (let i = 0; i < collection.length; i++) yield [entryCidr(collection[i] as Value, operand), i];
  } else if (isSet(collection)) {
    for (const element of collection.sorted()) yield [entryCidr(element, operand), element];
  } else if (isObject(collection)) {
    for (const [key, value] of objectEntries(collection)) yield [entryCidr(value, operand), key];
  }
}

function entryCidr(entry: Value, operand: number): Value {
  if (typeof entry === "string") return entry;
  if (isArray(entry) && entry.length > 0) return entry[0] as Value;
  throw new BuiltinError(`operand ${operand}: element must be string or non-empty array`);
}

function expand(cidr: Cidr, context: BuiltinContext): RegoSet {
  const hosts = new RegoSet();
  const { bits, value } = cidr.address;
  const size = 1n << BigInt(bits - cidr.prefix);
  const end = value + size;
  context.collect(Number(size));
  for (let host = value; host < end; host++) {
    context.charge(1);
    hosts.add(ipText({ bits, value: host }));
  }
  return hosts;
}

interface Range {
  readonly first: bigint;
  readonly last: bigint;
  /** The network as given; absent once ranges have been merged. */
  readonly cidr: Cidr | undefined;
}

function merge(addresses: Value, context: BuiltinContext): RegoSet {
  if (!isArray(addresses) && !isSet(addresses)) throw new BuiltinError("operand must be an array");
  const elements = isSet(addresses) ? addresses.sorted() : addresses;
  context.charge(elements.length * 4);
  const ranges: Range[] = elements.map((element) => {
    const cidr = networkOf(element);
    return { ...cidrRange(cidr), cidr };
  });
  ranges.sort((a, b) => compareBig(a.last, b.last) || compareBig(a.first, b.first));
  const merged: Range[] = [];
  for (let current = ranges.pop(); current; current = ranges.pop()) {
    const before = ranges.at(-1);
    // Neighbours and overlapping ranges become one; nothing comes before the first address of either family.
    if (before && previous(current.first) <= before.last) {
      ranges.pop();
      const first = before.first < current.first ? before.first : current.first;
      ranges.push({ first, last: current.last, cidr: undefined });
    } else merged.push(current);
  }
  const result = new RegoSet();
  for (const { first, last, cidr } of merged) {
    for (const network of cidr ? [cidr] : cidrsOfRange(first, last)) result.add(cidrText(network));
  }
  return result;
}

const FIRST_IPV4 = wideValue({ bits: 32, value: 0n });

function previous(address: bigint): bigint {
  return address === 0n || address === FIRST_IPV4 ? address : address - 1n;
}

function compareBig(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A network, or an IPv4 address with the mask of its class (as Go gives it; the address keeps its host bits). */
function networkOf(element: Value): Cidr {
  if (typeof element !== "string") throw new BuiltinError("element must be string");
  const ip = parseIp(element);
  if (!ip) return cidrOperand(element);
  if (ip.bits === 128) throw new BuiltinError("IPv6 invalid: needs prefix length");
  return { address: ip, prefix: classPrefix(ip) };
}

function classPrefix(ip: IpAddress): number {
  const first = Number(ip.value >> 24n);
  return first < 0x80 ? 8 : first < 0xc0 ? 16 : 24;
}

/** An address stands for itself; the addresses of a name come from the host, as an array. */
function lookupIpAddress([name]: Parameters<BuiltinImplementation>[0], context: BuiltinContext): RegoSet {
  const host = stringOperand(name, 1);
  const literal = parseIp(host);
  if (literal) return new RegoSet([ipText(literal)]);
  // Never a matter of the network (RFC 6761, section 6.3).
  if (host.toLowerCase() === "localhost") return new RegoSet(["127.0.0.1", "::1"]);
  const addresses = context.hostCall("net.lookup_ip_addr", host);
  if (!isArray(addresses)) throw new BuiltinError(`lookup ${host}: the host gave no addresses`);
  return new RegoSet(addresses);
}
