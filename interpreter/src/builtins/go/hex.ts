import { BuiltinError } from "../builtin.ts";

const DIGITS = "0123456789abcdef";

export function hexEncode(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (const byte of bytes) pieces.push((DIGITS[byte >> 4] as string) + (DIGITS[byte & 15] as string));
  return pieces.join("");
}

/** Decodes as Go's `encoding/hex` does. Throws {@link BuiltinError} with its text. */
export function hexDecode(input: Uint8Array): Uint8Array {
  const out = new Uint8Array(input.length >> 1);
  for (let i = 0; i < out.length; i++) out[i] = (digit(input[2 * i]) << 4) | digit(input[2 * i + 1]);
  if (input.length % 2 === 1) {
    digit(input[input.length - 1]);
    throw new BuiltinError("encoding/hex: odd length hex string");
  }
  return out;
}

function digit(byte: number | undefined): number {
  const code = byte as number;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  if (lower >= 0x61 && lower <= 0x66) return lower - 0x57;
  // Go prints the byte as if it were a code point, quoted where that is printable.
  const printable = (code >= 0x20 && code < 0x7f) || (code >= 0xa1 && code !== 0xad);
  const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  throw new BuiltinError(
    `encoding/hex: invalid byte: ${name}${printable ? ` '${String.fromCharCode(code)}'` : ""}`,
  );
}
