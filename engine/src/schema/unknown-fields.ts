import type { Value } from "@portcullis/interpreter";
import { isPlainObject } from "../kubernetes/object-meta.ts";
import type { Schema } from "./schema.ts";

/** The paths of fields that a structural schema does not know (the API server would drop them), in the order of keys. */
export function unknownFields(value: Value, schema: Schema, path: string): readonly string[] {
  const found: string[] = [];
  collect(value, schema, path, found);
  return found;
}

function collect(value: Value, schema: Schema | undefined, path: string, found: string[]): void {
  if (Array.isArray(value)) {
    (value as readonly Value[]).forEach((item, index) =>
      collect(item, schema?.items, `${path}[${index}]`, found),
    );
    return;
  }
  if (!isPlainObject(value)) return;
  const open = schema?.preserveUnknownFields === true;
  for (const key of Object.keys(value).sort()) {
    const place = path === "" ? key : `${path}.${key}`;
    const item = value[key] as Value;
    const property = schema?.properties?.get(key);
    if (schema?.embeddedResource && EMBEDDED.has(key)) continue;
    if (property) collect(item, property, place, found);
    else if (typeof schema?.additionalProperties === "object") {
      collect(item, schema.additionalProperties, place, found);
    } else if (!open && schema?.additionalProperties !== true) found.push(place);
  }
}

const EMBEDDED = new Set(["apiVersion", "kind", "metadata"]);
