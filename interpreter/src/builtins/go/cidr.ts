import { ipText, parseIpAddress, unmapped, wideValue, type IpAddress } from "./ip.ts";

/** A network: `prefix` leading bits of `address`. `address` need not have the other bits cleared. */
export interface Cidr {
  readonly address: IpAddress;
  readonly prefix: number;
}

/** Reads `address/prefix` by the rules of Go's `net.ParseCIDR`. The host bits of the address are cleared; `start` keeps them. */
export function parseCidr(text: string): { readonly cidr: Cidr; readonly start: IpAddress } | undefined {
  const slash = text.indexOf("/");
  if (slash < 0) return undefined;
  const parsed = parseIpAddress(text.slice(0, slash));
  const mask = text.slice(slash + 1);
  if (!parsed.ok || parsed.zone !== "" || !/^0*[0-9]{1,8}$/.test(mask)) return undefined;
  const { address } = parsed;
  const prefix = Number(mask);
  if (prefix > address.bits) return undefined;
  return {
    cidr: normal({ bits: address.bits, value: masked(address, prefix) }, prefix),
    start: unmapped(address),
  };
}

/** First and last address, as numbers in the IPv6 space. */
export function cidrRange(cidr: Cidr): { readonly first: bigint; readonly last: bigint } {
  const { address, prefix } = cidr;
  const first = wideValue({ bits: address.bits, value: masked(address, prefix) });
  return { first, last: first + (1n << BigInt(address.bits - prefix)) - 1n };
}

/** True when the network holds the address; an IPv6 network never holds an IPv4 address. */
export function cidrContains(cidr: Cidr, address: IpAddress): boolean {
  const ip = unmapped(address);
  return ip.bits === cidr.address.bits && masked(ip, cidr.prefix) === masked(cidr.address, cidr.prefix);
}

export function cidrText(cidr: Cidr): string {
  return `${ipText(cidr.address)}/${cidr.prefix}`;
}

/** The fewest networks that cover exactly the addresses from `first` to `last`, numbers in the IPv6 space. */
export function cidrsOfRange(first: bigint, last: bigint): readonly Cidr[] {
  const cidrs: Cidr[] = [];
  let at = first;
  while (at <= last) {
    let size = 0;
    while (size < 128 && at % (1n << BigInt(size + 1)) === 0n && at + (1n << BigInt(size + 1)) - 1n <= last)
      size++;
    cidrs.push(normal({ bits: 128, value: at }, 128 - size));
    at += 1n << BigInt(size);
  }
  return cidrs;
}

/** A network within the mapped part of IPv6 is an IPv4 network. */
function normal(address: IpAddress, prefix: number): Cidr {
  const narrow = unmapped(address);
  if (narrow.bits === address.bits || prefix < 96) return { address, prefix };
  return { address: narrow, prefix: prefix - 96 };
}

function masked(address: IpAddress, prefix: number): bigint {
  const hostBits = BigInt(address.bits - prefix);
  return (address.value >> hostBits) << hostBits;
}
