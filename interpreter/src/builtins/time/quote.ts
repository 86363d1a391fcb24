import { bytesOf } from "../go/bytes.ts";

/** Quotes a text as errors of Go's `time` package do: every byte that is not printable ASCII as `\xNN`. */
export function quoteBytes(text: string): string {
  let quoted = '"';
  for (const char of text) {
    if (char === '"' || char === "\\") quoted += `\\${char}`;
    else if (char >= " " && char <= "\x7f") quoted += char;
    else for (const byte of bytesOf(char)) quoted += `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `${quoted}"`;
}
