import { getOwn, setOwn } from "@portcullis/interpreter";
import type { Value } from "@portcullis/interpreter";
import { isPlainObject } from "../kubernetes/object-meta.ts";
import type { Schema } from "./schema.ts";

/**
 * Fills in the defaults of a structural schema, top down: an absent field with a default, and a null where the schema
 * allows none. Gives back the value itself where nothing is missing.
 */
export function applyDefaults(value: Value, schema: Schema): Value {
  if (Array.isArray(value)) return schema.items ? defaultItems(value, schema.items) : value;
  if (!isPlainObject(value)) return value;
  let changed: Record<string, Value> | undefined;
  const put = (key: string, item: Value): void => {
    changed ??= { ...value };
    setOwn(changed, key, item);
  };
  for (const [name, property] of schema.properties ?? []) {
    const current = getOwn(value, name);
    const missing = current === undefined || (current === null && !property.nullable);
    const filled = missing && property.default !== undefined ? property.default : current;
    if (filled === undefined) continue;
    const result = applyDefaults(filled, property);
    if (result !== current) put(name, result);
  }
  if (typeof schema.additionalProperties === "object") {
    for (const key of Object.keys(value)) {
      if (schema.properties?.has(key)) continue;
      const current = value[key] as Value;
      const missing = current === null && !schema.additionalProperties.nullable;
      const filled = missing ? (schema.additionalProperties.default ?? current) : current;
      const result = applyDefaults(filled, schema.additionalProperties);
      if (result !== current) put(key, result);
    }
  }
  return changed ?? value;
}

function defaultItems(list: readonly Value[], schema: Schema): readonly Value[] {
  const items = list.map((item) => {
    const filled = item === null && !schema.nullable && schema.default !== undefined ? schema.default : item;
    return applyDefaults(filled, schema);
  });
  return items.some((item, index) => item !== list[index]) ? items : list;
}
