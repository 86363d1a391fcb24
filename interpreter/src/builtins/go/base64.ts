import { latin1 } from "./bytes.ts";

const STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

export type Base64Alphabet = "standard" | "url";
export type Base64Result =
  { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly error: string };

const VALUES: Readonly<Record<Base64Alphabet, Int8Array>> = {
  standard: valuesOf(STANDARD),
  url: valuesOf(URL_SAFE),
};
const PADDING = 0x3d;

export function base64Encode(
  bytes: Uint8Array,
  alphabet: Base64Alphabet = "standard",
  padding = true,
): string {
  let text = btoa(latin1(bytes));
  if (alphabet === "url") text = text.replaceAll("+", "-").replaceAll("/", "_");
  return padding ? text : text.replace(/=+$/, "");
}

/**
 * Decodes as Go's `encoding/base64` does, padding required: line breaks are skipped, left-over bits may be anything.
 * The error names the byte where reading stopped, in Go's words.
 */
export function base64Decode(input: Uint8Array, alphabet: Base64Alphabet = "standard"): Base64Result {
  const values = VALUES[alphabet];
  const out = new Uint8Array(Math.floor(input.length / 4) * 3 + 3);
  let written = 0;
  let at = 0;
  const corrupt = (position: number): Base64Result => ({
    ok: false,
    error: `illegal base64 data at input byte ${position}`,
  });
  const skipBreaks = () => {
    while (input[at] === 10 || input[at] === 13) at++;
  };
  for (;;) {
    let group = 0;
    let digits = 0;
    while (digits < 4) {
      skipBreaks();
      if (at === input.length) {
        if (digits === 0) return { ok: true, bytes: out.subarray(0, written) };
        return corrupt(at - digits);
      }
      const byte = input[at++] as number;
      const value = values[byte] as number;
      if (value >= 0) {
        group = (group << 6) | value;
        digits++;
        continue;
      }
      if (byte !== PADDING || digits < 2) return corrupt(at - 1);
      if (digits === 2) {
        skipBreaks();
        if (at === input.length) return corrupt(input.length);
        if (input[at] !== PADDING) return corrupt(at - 1);
        at++;
      }
      skipBreaks();
      if (at < input.length) return corrupt(at);
      group <<= 6 * (4 - digits);
      out[written++] = group >>> 16;
      if (digits === 3) out[written++] = group >>> 8;
      return { ok: true, bytes: out.subarray(0, written) };
    }
    out[written++] = group >>> 16;
    out[written++] = group >>> 8;
    out[written++] = group;
  }
}

function valuesOf(alphabet: string): Int8Array {
  const values = new Int8Array(256).fill(-1);
  for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
}
