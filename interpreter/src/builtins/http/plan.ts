import { writeJson } from "../../value/json.ts";
import { isArray, isNumber, isObject, kindOf } from "../../value/kind.ts";
import { numberText } from "../../value/number.ts";
import { objectEntries, objectGet, type RegoObject } from "../../value/object.ts";
import { setOwn } from "../../value/plain-object.ts";
import { printValue } from "../../value/print.ts";
import { quoteText } from "../../value/quote.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { BuiltinError, OperandError } from "../builtin.ts";
import { parseGoDuration } from "../time/duration.ts";

/** A request ready to be sent: what `http.send` asks of the host. Every field is JSON, so that it can cross a process. */
export interface HttpPlan {
  readonly method: string;
  readonly url: string;
  /** Names in canonical form (`Content-Type`). */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly followRedirects: boolean;
  /** Nanoseconds as text; null for the host's default. */
  readonly timeoutNs: string | null;
  readonly retries: number;
  /** The `tls_…` parameters that are set, by their name. */
  readonly tls: PlainObject;
  readonly cache: HttpCachePlan | null;
}

/** Keeping a response beyond the query. */
export interface HttpCachePlan {
  /** The same for requests that may share a response. */
  readonly key: string;
  /** Seconds to keep it whatever its headers say; null to go by them. */
  readonly forceSeconds: number | null;
}

type RequestObject = PlainObject | RegoObject;

const STRINGS: ReadonlySet<Value> = new Set([
  "method",
  "url",
  "raw_body",
  "tls_ca_cert",
  "tls_ca_cert_file",
  "tls_ca_cert_env_variable",
  "tls_client_cert",
  "tls_client_cert_file",
  "tls_client_cert_env_variable",
  "tls_client_key",
  "tls_client_key_file",
  "tls_client_key_env_variable",
  "tls_server_name",
]);

/**
 * Reads a request object whose parameter names have been checked. Throws {@link BuiltinError} with OPA's text at the
 * first parameter, in the order of names, that has a wrong value.
 */
export function planRequest(request: RequestObject): HttpPlan {
  const cache = planCache(request);
  const tls: Record<string, Value> = {};
  let method = "";
  let url = "";
  let body: string | null = null;
  let headers: Record<string, string> = {};
  let followRedirects = false;
  let timeoutNs: string | null = null;
  for (const [key, value] of objectEntries(request)) {
    const name = key as string;
    if (STRINGS.has(name) && typeof value !== "string")
      throw new BuiltinError(`${quoteText(name)} must be a string`);
    // OPA strips quotes that a policy left around a text.
    const text = typeof value === "string" ? value.replace(/^"+|"+$/g, "") : "";
    if (name === "method") method = text.toUpperCase();
    else if (name === "url") url = text;
    else if (name === "body") body ??= writeJson(value);
    else if (name === "raw_body") body = text;
    else if (name === "enable_redirect") followRedirects = readBoolean(value);
    else if (name === "headers") headers = readHeaders(value);
    else if (name === "timeout") timeoutNs = readTimeout(value);
    else if (name === "tls_use_system_certs" || name === "tls_insecure_skip_verify")
      tls[name] = readBoolean(value);
    else if (name.startsWith("tls_")) tls[name] = text;
  }
  return {
    method,
    url,
    headers,
    body,
    followRedirects,
    timeoutNs,
    retries: readRetries(request),
    tls,
    cache,
  };
}

/** What makes two requests one: all parameters but the headers that the policy wants to be ignored. */
export function requestKey(request: RequestObject): string {
  const ignored = objectGet(request, "cache_ignored_headers");
  const headers = objectGet(request, "headers");
  const parts = new Map(objectEntries(request));
  parts.set("cache_ignored_headers", null);
  if (ignored !== undefined && headers !== undefined) {
    if (!isArray(ignored) || ignored.some((name) => typeof name !== "string")) {
      throw new BuiltinError("cache_ignored_headers must be an array of strings");
    }
    if (isObject(headers)) {
      const kept: Record<string, Value> = {};
      for (const [name, value] of objectEntries(headers)) {
        if (typeof name === "string" && !ignored.includes(name)) setOwn(kept, name, value);
      }
      parts.set("headers", kept);
    }
  }
  return writeJson([...parts].map(([name, value]) => [name, value]));
}

/** Reads a flag that must be a boolean; absent is `fallback`. */
export function flagOf(request: RequestObject, name: string, fallback = false): boolean {
  const value = objectGet(request, name);
  if (value === undefined) return fallback;
  if (typeof value !== "boolean") throw new BuiltinError(`invalid value for ${quoteText(name)} field`);
  return value;
}

function planCache(request: RequestObject): HttpCachePlan | null {
  const isCached = flagOf(request, "cache");
  if (!flagOf(request, "force_cache"))
    return isCached ? { key: requestKey(request), forceSeconds: null } : null;
  const duration = objectGet(request, "force_cache_duration_seconds");
  if (duration === undefined) {
    throw new BuiltinError("'force_cache' set but 'force_cache_duration_seconds' parameter is missing");
  }
  const text = printValue(duration);
  if (!/^[+-]?\d{1,10}$/.test(text) || Math.abs(Number(text)) > 0x7fffffff) {
    throw new BuiltinError(`strconv.ParseInt: parsing ${quoteText(text)}: invalid syntax`);
  }
  const mode = objectGet(request, "caching_mode");
  if (mode !== undefined && mode !== "serialized" && mode !== "deserialized") {
    throw new BuiltinError('invalid value for "caching_mode" field');
  }
  return { key: requestKey(request), forceSeconds: Number(text) };
}

function readHeaders(value: Value): Record<string, string> {
  if (!isObject(value)) throw new BuiltinError("invalid type for headers key");
  const headers: Record<string, string> = {};
  for (const [name, text] of objectEntries(value)) {
    if (typeof text !== "string")
      throw new BuiltinError(`invalid type for headers value ${quoteText(printValue(text))}`);
    setOwn(headers, canonicalName(typeof name === "string" ? name : printValue(name)), text);
  }
  return headers;
}

/** `content-type` → `Content-Type`; a name that is no token stays as it is. */
function canonicalName(name: string): string {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) return name;
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

function readBoolean(value: Value): boolean {
  if (typeof value === "boolean") return value;
  const text = printValue(value);
  if (text === "1" || text === "0") return text === "1";
  throw new BuiltinError(`strconv.ParseBool: parsing ${quoteText(text)}: invalid syntax`);
}

function readTimeout(value: Value): string {
  if (typeof value === "string") {
    if (/^[+-]?\d{1,18}$/.test(value)) return String(BigInt(value.replace("+", "")));
    try {
      return String(parseGoDuration(value));
    } catch (error) {
      if (!(error instanceof BuiltinError)) throw error;
      throw new BuiltinError(`invalid timeout value ${quoteText(value)}: ${error.message}`);
    }
  }
  if (!isNumber(value)) {
    throw new OperandError(`operand 1 'timeout' must be one of {string, number} but got ${kindOf(value)}`);
  }
  const text = numberText(value);
  if (/^-?\d{1,18}$/.test(text)) return text;
  throw new BuiltinError(`invalid timeout number value ${text}, must be int64`);
}

function readRetries(request: RequestObject): number {
  const value = objectGet(request, "max_retry_attempts");
  if (value === undefined) return 0;
  const text = printValue(value);
  if (isNumber(value) && /^\d{1,9}$/.test(text)) return Number(text);
  throw new BuiltinError(`invalid value ${text} for field "max_retry_attempts"`);
}
