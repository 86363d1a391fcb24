import { createRego } from "../rego.ts";
import { printValue } from "../value/print.ts";
import type { Host, HostCrypto } from "../builtins/builtin.ts";
import type { PlainObject } from "../value/value.ts";

const host: Host = { nowNs: () => 0n, random: () => 0.5 };

/**
 * What an expression gives, as text: its value in Rego's own notation, `undefined`, or the first error as
 * `code: message`. Builtin errors count. `data` is the base document; builtins that hash or sign need `crypto`.
 */
export function outcome(expression: string, data: PlainObject = {}, crypto?: HostCrypto): string {
  const query = createRego({ modules: [], host: crypto ? { ...host, crypto } : host }).prepare(expression, {
    strictBuiltinErrors: true,
  });
  const { results, errors } =
    query.errors.length > 0 ? { results: [], errors: query.errors } : query.eval({ data });
  const error = errors[0];
  if (error) return `${error.code}: ${error.message}`;
  const value = results[0]?.expressions[0]?.value;
  return value === undefined ? "undefined" : printValue(value);
}
