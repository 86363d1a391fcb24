import { regexFor } from "../../regex/cache.ts";
import { BuiltinError } from "../builtin.ts";
import { parseIp } from "../go/ip.ts";
import { parseUrl } from "../go/url.ts";
import { layoutText } from "../time/layout.ts";
import { parseTime } from "../time/parse.ts";

/** True where a text has the form, or the form is unknown. */
export function matchesFormat(format: string, text: string): boolean {
  return FORMATS.get(format)?.(text) ?? true;
}

const TIME = ["15:04:05Z07:00", "15:04:05"];
const DATE = "2006-01-02";

const FORMATS = new Map<string, (text: string) => boolean>([
  ["date", (text) => isTime([DATE], text)],
  ["time", (text) => isTime(TIME, text)],
  ["date-time", (text) => isTime([...TIME, DATE, layoutText("RFC3339")], text)],
  ["hostname", (text) => text.length < 256 && regexFor(HOSTNAME).test(text)],
  ["email", isAddress],
  ["idn-email", isAddress],
  ["ipv4", (text) => text.includes(".") && parseIp(text) !== undefined],
  ["ipv6", (text) => text.includes(":") && parseIp(text) !== undefined],
  ["uri", isUri],
  ["iri", isUri],
  ["uri-reference", isUriReference],
  ["iri-reference", isUriReference],
  ["uri-template", isUriTemplate],
  ["uuid", (text) => /^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$/i.test(text)],
  ["regex", isRegex],
  ["json-pointer", (text) => regexFor(POINTER).test(text)],
  ["relative-json-pointer", (text) => regexFor(RELATIVE_POINTER).test(text)],
]);

const LABEL = "([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\\-]{0,61}[a-zA-Z0-9])";
const HOSTNAME = `^${LABEL}(\\.${LABEL})*$`;
const POINTER = "^(?:/(?:[^~/]|~0|~1)*)*$";
const RELATIVE_POINTER = "^(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^~/]|~0|~1)*)*)$";
// An address of RFC 5322, perhaps with a name before it.
const ATOM = '[^\\x00-\\x20\\x7f()<>\\[\\]:;@\\\\,."]+';
const LOCAL = `(?:${ATOM}(?:\\.${ATOM})*|"(?:[^"\\\\\\r\\n]|\\\\.)+")`;
const DOMAIN = `(?:${ATOM}(?:\\.${ATOM})*|\\[[^\\[\\]\\\\]*\\])`;
const ADDRESS = `^\\s*(?:${LOCAL}@${DOMAIN}|(?:(?:${ATOM}|"(?:[^"\\\\\\r\\n]|\\\\.)*"|[.\\s])*)<${LOCAL}@${DOMAIN}>)\\s*$`;

function isTime(layouts: readonly string[], text: string): boolean {
  return layouts.some((layout) => {
    try {
      parseTime(layout, text);
      return true;
    } catch (error) {
      if (error instanceof BuiltinError) return false;
      throw error;
    }
  });
}

function isAddress(text: string): boolean {
  return regexFor(ADDRESS).test(text);
}

function isUri(text: string): boolean {
  const parsed = parseUrl(text);
  return parsed.ok && parsed.url.scheme !== "" && !text.includes("\\");
}

function isUriReference(text: string): boolean {
  return parseUrl(text).ok && !text.includes("\\");
}

function isUriTemplate(text: string): boolean {
  const parsed = parseUrl(text);
  return parsed.ok && !text.includes("\\") && regexFor("^([^{]*({[^}]*})?)*$").test(parsed.url.path);
}

function isRegex(text: string): boolean {
  try {
    regexFor(text);
    return true;
  } catch {
    return false;
  }
}
