import { isNumber, numberText } from "@portcullis/interpreter";
import type { Value } from "@portcullis/interpreter";
import { isPlainObject } from "./object-meta.ts";

/** The text for a field that holds another type than its reader needs: `.rego accessor error: 5 is of the type float64, …`. */
export function accessorError(path: string, value: Value, wanted: string): string {
  return `.${path} accessor error: ${printed(value)} is of the type ${goType(value)}, expected ${wanted}`;
}

/** The type that Go's JSON decoder gives a value. */
export function goType(value: Value): string {
  if (value === null) return "<nil>";
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  if (isNumber(value)) return "float64";
  return Array.isArray(value) ? "[]interface {}" : "map[string]interface {}";
}

/** A value as Go prints it by default. */
function printed(value: Value): string {
  if (value === null) return "<nil>";
  if (isNumber(value)) return numberText(value);
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(printed).join(" ")}]`;
  if (!isPlainObject(value)) return String(value);
  const keys = Object.keys(value).sort();
  return `map[${keys.map((key) => `${key}:${printed(value[key] as Value)}`).join(" ")}]`;
}
