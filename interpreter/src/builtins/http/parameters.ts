import { objectEntries, objectGet, type RegoObject } from "../../value/object.ts";
import { printValue } from "../../value/print.ts";
import { RegoSet } from "../../value/set.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { OperandError } from "../builtin.ts";

const REQUIRED = ["method", "url"];

const ALLOWED: ReadonlySet<Value> = new Set([
  ...REQUIRED,
  "body",
  "enable_redirect",
  "force_json_decode",
  "force_yaml_decode",
  "headers",
  "raw_body",
  "tls_use_system_certs",
  "tls_ca_cert",
  "tls_ca_cert_file",
  "tls_ca_cert_env_variable",
  "tls_client_cert",
  "tls_client_cert_file",
  "tls_client_cert_env_variable",
  "tls_client_key",
  "tls_client_key_file",
  "tls_client_key_env_variable",
  "tls_insecure_skip_verify",
  "tls_server_name",
  "timeout",
  "cache",
  "force_cache",
  "force_cache_duration_seconds",
  "raise_error",
  "caching_mode",
  "max_retry_attempts",
  "cache_ignored_headers",
]);

/** Refuses a request object with a parameter that `http.send` does not know, or without method and URL. Throws {@link OperandError}. */
export function checkHttpRequest(request: PlainObject | RegoObject, position: number): void {
  const unknown = objectEntries(request).flatMap(([key]) => (ALLOWED.has(key) ? [] : [key]));
  if (unknown.length > 0) {
    throw new OperandError(
      `operand ${position} invalid request parameters(s): ${printValue(new RegoSet(unknown))}`,
    );
  }
  const missing = REQUIRED.filter((key) => objectGet(request, key) === undefined);
  if (missing.length > 0) {
    throw new OperandError(
      `operand ${position} missing required request parameters(s): ${printValue(new RegoSet(missing))}`,
    );
  }
}
