/**
 * Go strings hold any bytes; ours hold code points. A byte that is not part of valid UTF-8 is kept as one lone surrogate,
 * U+DC00 plus the byte, so that `base64.decode` of binary data, hashed or encoded again, gives the same bytes. Each such
 * byte counts as one code point, as in Go. Writers of JSON print it as U+FFFD.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LONE_SURROGATE = /(?:^|[^\ud800-\udbff])[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff])/;

/** The bytes of a Go string. */
export function bytesOf(text: string): Uint8Array {
  if (!LONE_SURROGATE.test(text)) return encoder.encode(text);
  const parts: number[] = [];
  for (const point of text) {
    const code = point.codePointAt(0) as number;
    if (code >= 0xdc80 && code <= 0xdcff) parts.push(code - 0xdc00);
    else for (const byte of encoder.encode(point)) parts.push(byte);
  }
  return Uint8Array.from(parts);
}

/** The Go string of some bytes; the inverse of {@link bytesOf}. */
export function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return textOfBroken(bytes);
  }
}

/** `text` with one UTF-16 unit for each byte: {@link textOf} of {@link bytesOf} makes characters of them again. */
export function byteUnits(text: string): string {
  let units = "";
  for (const byte of bytesOf(text)) units += String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
  return units;
}

/** The bytes as text with one UTF-16 unit each, for native APIs that take "binary" strings. */
export function latin1(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let i = 0; i < bytes.length; i += 8192)
    pieces.push(String.fromCharCode(...bytes.subarray(i, i + 8192)));
  return pieces.join("");
}

/** `text` with every byte that is not valid UTF-8 replaced by U+FFFD, as Go's JSON writer does. */
export function validText(text: string): string {
  if (!LONE_SURROGATE.test(text)) return text;
  let out = "";
  for (const point of text) {
    const code = point.codePointAt(0) as number;
    out += code >= 0xd800 && code <= 0xdfff ? "\ufffd" : point;
  }
  return out;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function textOfBroken(bytes: Uint8Array): string {
  const pieces: string[] = [];
  let i = 0;
  while (i < bytes.length) {
    const length = sequenceLength(bytes, i);
    if (length === 0) {
      pieces.push(String.fromCharCode(0xdc00 + (bytes[i] as number)));
      i++;
    } else {
      pieces.push(decoder.decode(bytes.subarray(i, i + length)));
      i += length;
    }
  }
  return pieces.join("");
}

/** The length of the valid UTF-8 sequence that starts at `i`, else 0 (overlong forms and surrogates are not valid). */
function sequenceLength(bytes: Uint8Array, i: number): number {
  const first = bytes[i] as number;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const second = bytes[i + 1] ?? 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let k = 2; k < length; k++) {
    const byte = bytes[i + k] ?? 0;
    if (byte < 0x80 || byte > 0xbf) return 0;
  }
  return length;
}
