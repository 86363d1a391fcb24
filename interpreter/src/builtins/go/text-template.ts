import { toJsonValue } from "../../value/json.ts";
import type { RegoObject } from "../../value/object.ts";
import type { PlainObject } from "../../value/value.ts";
import type { BuiltinContext } from "../builtin.ts";
import { executeTemplate } from "./template/execute.ts";
import { parseTemplate } from "./template/parser.ts";

/** Renders a Go text/template. Keys that are missing print as `<no value>`. Throws `BuiltinError` with Go's texts. */
export function renderTemplate(
  source: string,
  data: PlainObject | RegoObject,
  context: BuiltinContext,
): string {
  context.charge(1 + (source.length >> 3));
  return executeTemplate(parseTemplate(source), toJsonValue(data) as PlainObject, context);
}
