import { quoteText } from "../../value/quote.ts";

/**
 * An address as a number. IPv4 has 32 bits; an IPv4 address inside IPv6 (`::ffff:1.2.3.4`) keeps 128 until
 * {@link unmapped} makes it IPv4, as Go's `net.IP` does wherever it can.
 */
export interface IpAddress {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

export type IpResult =
  | { readonly ok: true; readonly address: IpAddress; readonly zone: string }
  | { readonly ok: false; readonly error: string };

const MAPPED_PREFIX = 0xffffn;

/** Reads an address by the rules of Go's `netip.ParseAddr`: no leading zeros, no octal, zones kept apart. */
export function parseIpAddress(text: string): IpResult {
  // The first of these three decides what the text wants to be.
  const mark = /[.:%]/.exec(text)?.[0];
  if (mark === ".") return parseIpv4(text);
  if (mark === ":") return parseIpv6(text);
  return failure(text, mark === "%" ? "missing IPv6 address" : "unable to parse IP");
}

/** Go's `net.ParseIP`: no zone, IPv4 inside IPv6 is IPv4. */
export function parseIp(text: string): IpAddress | undefined {
  const parsed = parseIpAddress(text);
  return parsed.ok && parsed.zone === "" ? unmapped(parsed.address) : undefined;
}

/** The IPv4 address inside an IPv6 one, if it is such; else the address itself. */
export function unmapped(address: IpAddress): IpAddress {
  if (address.bits === 32 || address.value >> 32n !== MAPPED_PREFIX) return address;
  return { bits: 32, value: address.value & 0xffffffffn };
}

/** The number of an address in the IPv6 space, IPv4 mapped into it. */
export function wideValue(address: IpAddress): bigint {
  return address.bits === 128 ? address.value : (MAPPED_PREFIX << 32n) | address.value;
}

/** The usual text: dotted for IPv4 (mapped ones too), else lower-case hexadecimal with the longest run of zeros cut. */
export function ipText(address: IpAddress): string {
  const { bits, value } = unmapped(address);
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join(".");
  const groups: string[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(((value >> shift) & 0xffffn).toString(16));
  const run = longestZeroRun(groups);
  if (run.length < 2) return groups.join(":");
  return `${groups.slice(0, run.start).join(":")}::${groups.slice(run.start + run.length).join(":")}`;
}

/** Reads 4 or 16 bytes. */
export function ipFromBytes(bytes: Uint8Array): IpAddress | undefined {
  if (bytes.length !== 4 && bytes.length !== 16) return undefined;
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return { bits: bytes.length === 4 ? 32 : 128, value };
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === "0") end++;
    if (end - start > best.length) best = { start, length: end - start };
    if (end > start) start = end;
  }
  return best;
}

function failure(text: string, message: string, at = ""): IpResult {
  const place = at === "" ? "" : ` (at ${quoteText(at)})`;
  return { ok: false, error: `ParseAddr(${quoteText(text)}): ${message}${place}` };
}

function parseIpv4(text: string): IpResult {
  const fields = ipv4Fields(text, text);
  return typeof fields === "bigint" ? { ok: true, address: { bits: 32, value: fields }, zone: "" } : fields;
}

/** The number of dotted text `part`, which stands at the end of `whole`; a failure names the whole text. */
function ipv4Fields(whole: string, part: string): bigint | IpResult {
  let value = 0;
  let digits = 0;
  const octets: number[] = [];
  for (let i = 0; i < part.length; i++) {
    const char = part[i] as string;
    if (char >= "0" && char <= "9") {
      if (digits === 1 && value === 0) return failure(whole, "IPv4 field has octet with leading zero");
      value = value * 10 + Number(char);
      digits++;
      if (value > 255) return failure(whole, "IPv4 field has value >255");
    } else if (char === ".") {
      if (i === 0 || i === part.length - 1 || part[i - 1] === ".") {
        return failure(whole, "IPv4 field must have at least one digit", part.slice(i));
      }
      if (octets.length === 3) return failure(whole, "IPv4 address too long");
      octets.push(value);
      value = 0;
      digits = 0;
    } else return failure(whole, "unexpected character", part.slice(i));
  }
  if (octets.length < 3) return failure(whole, "IPv4 address too short");
  octets.push(value);
  return octets.reduce((number, octet) => (number << 8n) | BigInt(octet), 0n);
}

function parseIpv6(text: string): IpResult {
  const percent = text.indexOf("%");
  const zone = percent < 0 ? "" : text.slice(percent + 1);
  if (percent >= 0 && zone === "") return failure(text, "zone must be a non-empty string");
  let rest = percent < 0 ? text : text.slice(0, percent);
  const groups: bigint[] = [];
  let ellipsis = -1;
  if (rest.startsWith("::")) {
    ellipsis = 0;
    rest = rest.slice(2);
  }
  while (groups.length < 8 && !(rest === "" && ellipsis === 0 && groups.length === 0)) {
    const digits = (/^[0-9a-fA-F]*/.exec(rest) as RegExpExecArray)[0];
    if (digits.length > 4) return failure(text, "each group must have 4 or less digits", rest);
    if (digits === "") return failure(text, "each colon-separated field must have at least one digit", rest);
    if (rest[digits.length] === ".") {
      if (ellipsis < 0 && groups.length !== 6) {
        return failure(text, "embedded IPv4 address must replace the final 2 fields of the address", rest);
      }
      if (groups.length > 6) {
        return failure(text, "too many hex fields to fit an embedded IPv4 at the end of the address", rest);
      }
      const tail = ipv4Fields(text, rest);
      if (typeof tail !== "bigint") return tail;
      groups.push(tail >> 16n, tail & 0xffffn);
      rest = "";
      break;
    }
    groups.push(BigInt(`0x${digits}`));
    rest = rest.slice(digits.length);
    if (rest === "") break;
    if (rest[0] !== ":") return failure(text, "unexpected character, want colon", rest);
    if (rest.length === 1) return failure(text, "colon must be followed by more characters", rest);
    rest = rest.slice(1);
    if (rest[0] === ":") {
      if (ellipsis >= 0) return failure(text, "multiple :: in address", rest);
      ellipsis = groups.length;
      rest = rest.slice(1);
      if (rest === "") break;
    }
  }
  if (rest !== "") return failure(text, "trailing garbage after address", rest);
  if (groups.length < 8) {
    if (ellipsis < 0) return failure(text, "address string too short");
    groups.splice(ellipsis, 0, ...new Array<bigint>(8 - groups.length).fill(0n));
  } else if (ellipsis >= 0) return failure(text, "the :: must expand to at least one field of zeros");
  const value = groups.reduce((number, group) => (number << 16n) | group, 0n);
  return { ok: true, address: { bits: 128, value }, zone };
}
