import { base64Decode, base64Encode } from "./base64.ts";

export interface PemBlock {
  readonly type: string;
  readonly bytes: Uint8Array;
  /** The input behind the block. */
  readonly rest: Uint8Array;
}

const BEGIN = ascii("-----BEGIN ");
const END = ascii("\n-----END ");
const DASHES = ascii("-----");

/** Finds the next PEM block by the rules of Go's `pem.Decode`: damaged blocks are skipped, headers are dropped. */
export function pemDecode(data: Uint8Array): PemBlock | undefined {
  let from = 0;
  for (;;) {
    const end = indexOf(data, END, from);
    if (end < 0) return undefined;
    const begin = lastIndexOf(data, BEGIN, from, end);
    from = end + END.length;
    if (begin < 0 || (begin > 0 && data[begin - 1] !== 10)) continue;
    const head = lineAt(data, begin + BEGIN.length);
    if (!endsWith(head.line, DASHES)) continue;
    const type = head.line.subarray(0, head.line.length - DASHES.length);
    let body = head.next;
    for (let line = lineAt(data, body); line.line.includes(0x3a); line = lineAt(data, body)) body = line.next;
    // The end line may follow the begin line at once; its line break is then spent.
    if (end < body - 1) continue;
    const foot = lineAt(data, end + END.length);
    if (foot.line.length !== type.length + DASHES.length) continue;
    if (!startsWith(foot.line, type) || !endsWith(foot.line, DASHES)) continue;
    const text =
      end > body
        ? data.subarray(body, end).filter((byte) => byte !== 0x20 && byte !== 0x09)
        : new Uint8Array();
    const decoded = base64Decode(text);
    if (!decoded.ok) continue;
    return { type: String.fromCharCode(...type), bytes: decoded.bytes, rest: data.subarray(foot.next) };
  }
}

/** One block as text. */
export function pemText(type: string, bytes: Uint8Array): string {
  const lines = base64Encode(bytes).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${type}-----`, ...lines, `-----END ${type}-----`, ""].join("\n");
}

/** Every block of the input. */
export function* pemBlocks(data: Uint8Array): Generator<PemBlock> {
  for (let block = pemDecode(data); block; block = pemDecode(block.rest)) yield block;
}

export function startsWith(data: Uint8Array, prefix: Uint8Array): boolean {
  return prefix.length <= data.length && prefix.every((byte, i) => data[i] === byte);
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function endsWith(data: Uint8Array, suffix: Uint8Array): boolean {
  return suffix.length <= data.length && startsWith(data.subarray(data.length - suffix.length), suffix);
}

/** The line that starts at `from`, without trailing blanks and line break, and where the next one starts. */
function lineAt(data: Uint8Array, from: number): { readonly line: Uint8Array; readonly next: number } {
  const newline = data.indexOf(10, from);
  let end = newline < 0 ? data.length : newline;
  if (newline > from && data[end - 1] === 13) end--;
  while (end > from && (data[end - 1] === 0x20 || data[end - 1] === 0x09)) end--;
  return { line: data.subarray(from, end), next: newline < 0 ? data.length : newline + 1 };
}

function indexOf(data: Uint8Array, wanted: Uint8Array, from: number): number {
  for (
    let at = data.indexOf(wanted[0] as number, from);
    at >= 0;
    at = data.indexOf(wanted[0] as number, at + 1)
  ) {
    if (startsWith(data.subarray(at, at + wanted.length), wanted)) return at;
  }
  return -1;
}

function lastIndexOf(data: Uint8Array, wanted: Uint8Array, from: number, before: number): number {
  let at = data.lastIndexOf(wanted[0] as number, before - wanted.length);
  while (at >= from) {
    if (startsWith(data.subarray(at, at + wanted.length), wanted)) return at;
    if (at === 0) return -1;
    at = data.lastIndexOf(wanted[0] as number, at - 1);
  }
  return -1;
}
