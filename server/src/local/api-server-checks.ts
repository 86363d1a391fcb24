import { valueAt } from "@portcullis/engine";
import type { FieldPath } from "@portcullis/engine/files";
import type { PlainObject, Value } from "@portcullis/interpreter";

/** What an API server would refuse in a template, though the engine alone can work with it. */
export interface ApiServerRefusal {
  readonly path: FieldPath;
  readonly message: string;
}

const SCHEMA = ["spec", "crd", "spec", "validation", "openAPIV3Schema"];
const MAX_DEPTH = 100;

/**
 * A schema whose `items` is no schema (`items: string` in old documentation) is read as one without `items`: the engine
 * takes it for "any items", but the API server makes no constraint kind from it.
 */
export function apiServerRefusal(template: PlainObject): ApiServerRefusal | undefined {
  const path = pathOfBadItems(valueAt(template, ...SCHEMA), SCHEMA, 0);
  if (!path) return undefined;
  const field = path.slice(SCHEMA.length).join(".");
  return {
    path,
    message: `Could not create CRD: openAPIV3Schema.${field}: Required value: must be specified`,
  };
}

function pathOfBadItems(schema: Value | undefined, path: FieldPath, depth: number): FieldPath | undefined {
  if (typeof schema !== "object" || schema === null || depth > MAX_DEPTH) return undefined;
  if (Array.isArray(schema)) {
    for (const [index, item] of (schema as readonly Value[]).entries()) {
      const found = pathOfBadItems(item, [...path, index], depth + 1);
      if (found) return found;
    }
    return undefined;
  }
  for (const [key, value] of Object.entries(schema as PlainObject)) {
    if (OPAQUE.has(key)) continue;
    if (key === "items" && (typeof value !== "object" || value === null)) return [...path, key];
    const found = KEYED.has(key)
      ? insideEach(value, [...path, key], depth)
      : pathOfBadItems(value, [...path, key], depth + 1);
    if (found) return found;
  }
  return undefined;
}

/** Keywords whose value is data, not a schema, and those that hold schemas under names of the author's own. */
const OPAQUE: ReadonlySet<string> = new Set(["default", "enum", "example"]);
const KEYED: ReadonlySet<string> = new Set(["properties", "patternProperties", "definitions"]);

function insideEach(schemas: Value, path: FieldPath, depth: number): FieldPath | undefined {
  if (typeof schemas !== "object" || schemas === null || Array.isArray(schemas)) return undefined;
  for (const [name, schema] of Object.entries(schemas as PlainObject)) {
    const found = pathOfBadItems(schema, [...path, name], depth + 1);
    if (found) return found;
  }
  return undefined;
}
