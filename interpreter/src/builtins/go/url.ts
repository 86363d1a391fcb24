import { quoteText } from "../../value/quote.ts";
import { bytesOf, textOf } from "./bytes.ts";
import { parseIpAddress } from "./ip.ts";

/** A reference as Go's `net/url` reads it. Path and fragment are decoded; `rawPath` is set where encoding again would not give the text back. */
export interface Url {
  readonly scheme: string;
  readonly opaque: string;
  readonly user: { readonly name: string; readonly password: string | undefined } | undefined;
  /** With the port, if there is one, and brackets around IPv6. */
  readonly host: string;
  readonly path: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  /** The text ended in a lone `?`. */
  readonly forceQuery: boolean;
  readonly fragment: string;
  readonly rawFragment: string;
  /** A scheme and a path without an authority (`file:/x`). */
  readonly omitHost: boolean;
}

export type UrlResult =
  { readonly ok: true; readonly url: Url } | { readonly ok: false; readonly error: string };

/** The part of a URL that a text stands in: which characters need `%XX` depends on it. */
export type UrlPart = "path" | "host" | "zone" | "user" | "query" | "fragment";

/** Reads a URL or relative reference by Go's rules. The error is the whole text: `parse "…": …`. */
export function parseUrl(text: string): UrlResult {
  const hash = text.indexOf("#");
  const main = hash < 0 ? text : text.slice(0, hash);
  const rawFragment = hash < 0 ? "" : text.slice(hash + 1);
  try {
    const url = parseMain(main);
    if (rawFragment === "") return { ok: true, url };
    const fragment = encoded(rawFragment, "fragment", text);
    return { ok: true, url: { ...url, fragment: fragment.text, rawFragment: fragment.raw } };
  } catch (error) {
    if (!(error instanceof UrlError)) throw error;
    return { ok: false, error: `parse ${quoteText(error.whole ?? main)}: ${error.message}` };
  }
}

/** Go's `url.QueryEscape` and its kin: `%XX` for every byte that needs it; a space in a query is `+`. */
export function urlEscape(text: string, part: UrlPart): string {
  let out = "";
  for (const byte of bytesOf(text)) {
    if (byte === 0x20 && part === "query") out += "+";
    else if (isPlain(byte, part)) out += String.fromCharCode(byte);
    else out += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}

/** Go's `url.QueryUnescape`: the text, or what is wrong with it. */
export function urlUnescapeQuery(text: string): { readonly text: string } | { readonly error: string } {
  try {
    return { text: unescape(text, "query") };
  } catch (error) {
    if (error instanceof UrlError) return { error: error.message };
    throw error;
  }
}

/** The path as it goes on the wire. */
export function escapedPath(url: Url): string {
  if (url.rawPath !== "" && isValidlyEncoded(url.rawPath, "path")) return url.rawPath;
  return url.path === "*" ? "*" : urlEscape(url.path, "path");
}

/** Host without port and brackets, and the port (empty when absent). */
export function hostAndPort(url: Url): { readonly hostname: string; readonly port: string } {
  const colon = url.host.lastIndexOf(":");
  const split = colon >= 0 && isOptionalPort(url.host.slice(colon));
  const host = split ? url.host.slice(0, colon) : url.host;
  const port = split ? url.host.slice(colon + 1) : "";
  return { hostname: host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host, port };
}

/** The URL as Go prints it (`url.String()`). */
export function urlText(url: Url): string {
  let out = url.scheme === "" ? "" : `${url.scheme}:`;
  if (url.opaque !== "") out += url.opaque;
  else {
    if (url.scheme !== "" || url.host !== "" || url.user) {
      if (!(url.omitHost && url.host === "" && !url.user)) {
        if (url.host !== "" || url.path !== "" || url.user) out += "//";
        if (url.user) out += `${userText(url.user)}@`;
        out += urlEscape(url.host, "host");
      }
    }
    const path = escapedPath(url);
    if (path !== "" && !path.startsWith("/") && url.host !== "") out += "/";
    if (out === "" && (path.split("/")[0] as string).includes(":")) out += "./";
    out += path;
  }
  if (url.forceQuery || url.rawQuery !== "") out += `?${url.rawQuery}`;
  if (url.fragment !== "") {
    const raw = url.rawFragment !== "" && isValidlyEncoded(url.rawFragment, "fragment");
    out += `#${raw ? url.rawFragment : urlEscape(url.fragment, "fragment")}`;
  }
  return out;
}

/** Thrown inside this file alone. */
class UrlError extends Error {
  /** The text that the message names, where it is not the part before `#`. */
  readonly whole: string | undefined;
  constructor(message: string, whole?: string) {
    super(message);
    this.whole = whole;
  }
}

function parseMain(text: string): Url {
  // oxlint-disable-next-line no-control-regex
  if (/[\x00-\x1f\x7f]/.test(text)) throw new UrlError("net/url: invalid control character in URL");
  const empty = {
    scheme: "",
    opaque: "",
    user: undefined,
    host: "",
    rawQuery: "",
    forceQuery: false,
    omitHost: false,
  };
  const blank = { ...empty, path: "", rawPath: "", fragment: "", rawFragment: "" };
  if (text === "*") return { ...blank, path: "*" };
  if (text.startsWith(":")) throw new UrlError("missing protocol scheme");
  const schemeMatch = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text);
  const scheme = (schemeMatch?.[1] ?? "").toLowerCase();
  let rest = schemeMatch ? text.slice(schemeMatch[0].length) : text;
  let rawQuery = "";
  const question = rest.indexOf("?");
  const forceQuery = question >= 0 && question === rest.length - 1;
  if (question >= 0) {
    rawQuery = rest.slice(question + 1);
    rest = rest.slice(0, question);
  }
  const start = { ...blank, scheme, rawQuery, forceQuery };
  if (!rest.startsWith("/")) {
    if (scheme !== "") return { ...start, opaque: rest };
    if ((rest.split("/", 1)[0] as string).includes(":")) {
      throw new UrlError("first path segment in URL cannot contain colon");
    }
  }
  let authority: Pick<Url, "user" | "host"> = { user: undefined, host: "" };
  let omitHost = false;
  if ((scheme !== "" || !rest.startsWith("///")) && rest.startsWith("//")) {
    const slash = rest.indexOf("/", 2);
    authority = parseAuthority(scheme, slash < 0 ? rest.slice(2) : rest.slice(2, slash));
    rest = slash < 0 ? "" : rest.slice(slash);
  } else omitHost = scheme !== "" && rest.startsWith("/");
  const path = encoded(rest, "path");
  return { ...start, ...authority, omitHost, path: path.text, rawPath: path.raw };
}

/** The decoded text, and the raw one where encoding the decoded text would give another. */
function encoded(
  raw: string,
  part: UrlPart,
  whole?: string,
): { readonly text: string; readonly raw: string } {
  const text = unescape(raw, part, whole);
  return { text, raw: urlEscape(text, part) === raw ? "" : raw };
}

function parseAuthority(scheme: string, authority: string): Pick<Url, "user" | "host"> {
  const at = authority.lastIndexOf("@");
  const host = parseHost(scheme, authority.slice(at + 1));
  if (at < 0) return { user: undefined, host };
  const user = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) throw new UrlError("net/url: invalid userinfo");
  const colon = user.indexOf(":");
  if (colon < 0) return { user: { name: unescape(user, "user"), password: undefined }, host };
  const name = unescape(user.slice(0, colon), "user");
  return { user: { name, password: unescape(user.slice(colon + 1), "user") }, host };
}

function parseHost(scheme: string, host: string): string {
  const open = host.lastIndexOf("[");
  if (open > 0) throw new UrlError("invalid IP-literal");
  if (open === 0) return parseBracketedHost(host);
  // Only http and https forbid more than one colon: other schemes know lists of hosts.
  const colon = scheme === "http" || scheme === "https" ? host.indexOf(":") : host.lastIndexOf(":");
  if (colon >= 0) checkPort(host.slice(colon));
  return unescape(host, "host");
}

function parseBracketedHost(host: string): string {
  const close = host.lastIndexOf("]");
  if (close < 0) throw new UrlError("missing ']' in host");
  checkPort(host.slice(close + 1));
  const inner = host.slice(1, close);
  const zone = inner.indexOf("%25");
  const name =
    zone < 0
      ? unescape(inner, "host")
      : unescape(inner.slice(0, zone), "host") + unescape(inner.slice(zone), "zone");
  const address = parseIpAddress(name);
  if (!address.ok) throw new UrlError(`invalid host: ${address.error}`);
  if (address.address.bits === 32) throw new UrlError("invalid IP-literal");
  return `[${name}]${unescape(host.slice(close + 1), "host")}`;
}

function checkPort(colonPort: string): void {
  if (!isOptionalPort(colonPort)) throw new UrlError(`invalid port ${quoteText(colonPort)} after host`);
}

function isOptionalPort(text: string): boolean {
  return text === "" || /^:[0-9]*$/.test(text);
}

function userText(user: NonNullable<Url["user"]>): string {
  const name = urlEscape(user.name, "user");
  return user.password === undefined ? name : `${name}:${urlEscape(user.password, "user")}`;
}

function unescape(text: string, part: UrlPart, whole?: string): string {
  const isHost = part === "host" || part === "zone";
  if (!isHost && !/[%+]/.test(text)) return text;
  const bytes = bytesOf(text);
  const out: number[] = [];
  const fail = (from: number, to: number): never => {
    throw new UrlError(`invalid URL escape ${quoteText(textOf(bytes.subarray(from, to)))}`, whole);
  };
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte === 0x25) {
      const code = hexByte(bytes[i + 1], bytes[i + 2]);
      if (code === undefined) fail(i, i + 3);
      const value = code as number;
      // A host may escape no ASCII but the percent sign of a zone; a zone nothing that it could not hold as it is.
      if (part === "host" && value < 0x80 && value !== 0x25) fail(i, i + 3);
      if (part === "zone" && value !== 0x25 && value !== 0x20 && !isPlain(value, "host")) fail(i, i + 3);
      out.push(value);
      i += 2;
    } else if (isHost && byte < 0x80 && !isPlain(byte, part)) {
      throw new UrlError(`invalid character ${quoteText(String.fromCharCode(byte))} in host name`, whole);
    } else out.push(byte === 0x2b && part === "query" ? 0x20 : byte);
  }
  return textOf(Uint8Array.from(out));
}

function hexByte(high: number | undefined, low: number | undefined): number | undefined {
  const text = String.fromCharCode(high ?? 0, low ?? 0);
  return /^[0-9a-fA-F]{2}$/.test(text) ? Number.parseInt(text, 16) : undefined;
}

/** Characters beside letters, digits and `-_.~` that a part holds unescaped. */
const PLAIN: Readonly<Record<UrlPart, string>> = {
  path: "$&+,/:;=@",
  host: "!$&'()*+,;=:[]<>\"",
  zone: "!$&'()*+,;=:[]<>\"",
  user: "$&+,;=",
  query: "",
  fragment: "$&+,/:;=?@!()*",
};

function isPlain(byte: number, part: UrlPart): boolean {
  const char = String.fromCharCode(byte);
  return /[A-Za-z0-9\-_.~]/.test(char) || (byte < 0x80 && PLAIN[part].includes(char));
}

/** True when nothing in the text needs escaping any more (sub-delimiters and brackets may stay). */
function isValidlyEncoded(text: string, part: UrlPart): boolean {
  return bytesOf(text).every(
    (byte) => "!$&'()*+,;=:@[]%".includes(String.fromCharCode(byte)) || isPlain(byte, part),
  );
}
