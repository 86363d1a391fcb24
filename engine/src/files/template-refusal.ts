import type { PlainObject, RegoError, Value } from "@portcullis/interpreter";
import type { EngineError } from "../errors.ts";
import { regoField } from "./rego-field.ts";
import { TextLines } from "./text-lines.ts";

/**
 * What is wrong with a template that does not compile, for whoever sent it: each error of its Rego with the field, line
 * and column, the line itself with a caret, and the hint; any other error as it is.
 */
export function templateRefusal(template: PlainObject, error: EngineError): string {
  const located = (error.rego ?? []).filter((each) => each.location !== undefined);
  if (located.length === 0) return error.message;
  return located.map((each) => describe(template, each)).join("\n");
}

function describe(template: PlainObject, { code, message, hint, location }: RegoError): string {
  const { file, row, col } = location as NonNullable<RegoError["location"]>;
  const path = regoField(template, file);
  const text = path?.reduce<unknown>((value, key) => (value as Record<string, Value>)[key], template);
  const field = path?.join(".") ?? file;
  const lines = [`${field}:${row}:${col}: ${code}: ${message}`];
  if (typeof text === "string")
    lines.push(new TextLines(field, text).excerpt({ file: field, line: row, column: col }));
  if (hint !== undefined) lines.push(`hint: ${hint}`);
  return lines.join("\n");
}
