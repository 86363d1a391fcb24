import type { PlainObject } from "@portcullis/interpreter";

/** A value of the chart. */
export interface DocumentedValue {
  /** `["controllerManager", "port"]` */
  readonly path: readonly string[];
  readonly schema: PlainObject;
}

/** The values that a schema lists: the leaves, where a map of the user's own keys is one leaf. */
export function documentedValues(
  schema: PlainObject,
  path: readonly string[] = [],
): readonly DocumentedValue[] {
  const properties = schema["properties"] as Record<string, PlainObject> | undefined;
  // Objects that are handed on as a whole, as a label selector.
  if (properties === undefined || (path.length > 0 && isKubernetesType(properties)))
    return [{ path, schema }];
  return Object.entries(properties)
    .filter(([name]) => path.length > 0 || name !== "global")
    .flatMap(([name, each]) => documentedValues(each, [...path, name]));
}

function isKubernetesType(properties: Readonly<Record<string, unknown>>): boolean {
  return Object.hasOwn(properties, "matchLabels") || Object.hasOwn(properties, "maxSurge");
}

export function valueAtPath(values: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (value as Record<string, unknown> | undefined)?.[name],
    values,
  );
}

/** `{a: {b: value}}` for the path `a.b`. */
export function nested(path: readonly string[], value: unknown): PlainObject {
  return path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as PlainObject;
}
