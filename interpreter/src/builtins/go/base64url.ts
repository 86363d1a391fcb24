import { BuiltinError } from "../builtin.ts";
import { base64Decode } from "./base64.ts";
import { bytesOf } from "./bytes.ts";

/** Decodes base64url with or without padding (RFC 7515, appendix C). Throws {@link BuiltinError} with OPA's text. */
export function decodeBase64Url(text: string): Uint8Array {
  const bytes = bytesOf(text);
  const odd = text.endsWith("=") ? 0 : bytes.length % 4;
  if (odd === 1) throw new BuiltinError(`illegal base64url string: ${text}`);
  const padded = odd === 0 ? bytes : bytesOf(text + "=".repeat(4 - odd));
  const decoded = base64Decode(padded, "url");
  if (!decoded.ok) throw new BuiltinError(decoded.error);
  return decoded.bytes;
}
