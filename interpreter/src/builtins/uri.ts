import { BOOLEAN, STRING, named, objectOf } from "../value/type.ts";
import type { PlainObject } from "../value/value.ts";
import { BuiltinError, defineBuiltins } from "./builtin.ts";
import { hostAndPort, parseUrl } from "./go/url.ts";
import { chargeBytes } from "./host-crypto.ts";
import { stringOperand } from "./operands.ts";

export const uriBuiltins = defineBuiltins([
  {
    name: "uri.is_valid",
    decl: {
      args: [named("uri", STRING, "the URI string to validate")],
      result: named("result", BOOLEAN, "true if `uri` is a valid URI, false otherwise"),
    },
    description: "Returns true if the input can be parsed as a URI.",
    categories: ["uri"],
    run: ([uri], context) => {
      if (typeof uri !== "string" || uri === "") return false;
      chargeBytes(context, uri.length);
      return parseUrl(uri).ok;
    },
  },
  {
    name: "uri.parse",
    decl: {
      args: [named("uri", STRING, "the URI string to parse")],
      result: named("output", objectOf(STRING, STRING), "object containing URI components"),
    },
    description:
      "Parses a URI and returns an object containing its components according to RFC 3986. Empty components are " +
      "omitted. In addition to the standard components, `raw_query` is returned for use with `urlquery` builtins, " +
      "and `raw_path` is returned to allow detection of path-based exploits using percent-encoded characters.",
    categories: ["uri"],
    run: ([uri], context) => {
      const text = stringOperand(uri, 1);
      chargeBytes(context, text.length);
      return parseUri(text);
    },
  },
]);

function parseUri(text: string): PlainObject {
  const parsed = parseUrl(text);
  if (!parsed.ok) throw new BuiltinError(parsed.error);
  const { url } = parsed;
  const parts: readonly (readonly [string, string])[] = [
    ["scheme", url.scheme],
    ["hostname", hostAndPort(url).hostname],
    ["port", hostAndPort(url).port],
    ["path", url.path],
    // Always beside `path`, so that a policy can rely on it.
    ["raw_path", url.rawPath || url.path],
    ["raw_query", url.rawQuery],
    ["fragment", url.fragment],
  ];
  return Object.fromEntries(parts.filter(([, part]) => part !== ""));
}
