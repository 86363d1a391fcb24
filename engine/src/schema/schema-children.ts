import { FieldPath } from "../kubernetes/field-path.ts";
import type { Schema } from "./schema.ts";

/** A schema inside another, and where it stands. */
export interface Child {
  readonly node: Schema;
  readonly place: FieldPath;
}

const NOWHERE = new FieldPath("");

/** All schemas right below one. */
export function children(schema: Schema, path: FieldPath = NOWHERE): readonly Child[] {
  return [...declaredChildren(schema, path), ...logicalChildren(schema, path)];
}

/** The schemas that say what fields and elements there are. */
export function declaredChildren(schema: Schema, path: FieldPath = NOWHERE): readonly Child[] {
  const found: Child[] = [];
  if (schema.items) found.push({ node: schema.items, place: path.child("items") });
  for (const [name, node] of schema.properties ?? []) {
    found.push({ node, place: path.child("properties").key(name) });
  }
  if (typeof schema.additionalProperties === "object") {
    found.push({ node: schema.additionalProperties, place: path.child("additionalProperties") });
  }
  return found;
}

/** The schemas below `allOf`, `anyOf`, `oneOf` and `not`, which only check. */
export function logicalChildren(schema: Schema, path: FieldPath = NOWHERE): readonly Child[] {
  const found: Child[] = [];
  for (const key of ["allOf", "anyOf", "oneOf"] as const) {
    schema[key].forEach((node, index) => found.push({ node, place: path.child(key).index(index) }));
  }
  if (schema.not) found.push({ node: schema.not, place: path.child("not") });
  return found;
}
