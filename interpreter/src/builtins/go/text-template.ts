import { parseJson } from "../../value/json.ts";
import { printValue } from "../../value/print.ts";
import type { RegoObject } from "../../value/object.ts";
import type { PlainObject } from "../../value/value.ts";
import { BuiltinError, type BuiltinContext } from "../builtin.ts";
import { executeTemplate } from "./template/execute.ts";
import { parseTemplate } from "./template/parser.ts";

/**
 * Renders a Go text/template. Keys that are missing print as `<no value>`. Throws `BuiltinError` with Go's texts.
 *
 * OPA reads the Rego text of the data as JSON: what is no JSON (a set, a key that is no string, an escape such as
 * `\x00`) is an error even where the template does not use it.
 */
export function renderTemplate(
  source: string,
  data: PlainObject | RegoObject,
  context: BuiltinContext,
): string {
  context.charge(1 + (source.length >> 3));
  const text = printValue(data);
  context.charge(text.length >> 5);
  const read = parseJson(text);
  if (!read.ok) throw new BuiltinError(read.error.message);
  return executeTemplate(parseTemplate(source), read.value as PlainObject, context);
}
