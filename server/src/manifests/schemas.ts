import type { PlainObject, Value } from "@portcullis/interpreter";

// The pieces that schemas of CustomResourceDefinitions are made of.

export const text: PlainObject = { type: "string" };
export const flag: PlainObject = { type: "boolean" };
export const integer: PlainObject = { type: "integer" };
export const int64: PlainObject = { type: "integer", format: "int64" };
export const time: PlainObject = { type: "string", format: "date-time" };
/** Whatever is there stays. */
export const anything: PlainObject = { "x-kubernetes-preserve-unknown-fields": true };
export const texts: PlainObject = listOf(text);

export function listOf(items: PlainObject, rules: PlainObject = {}): PlainObject {
  return { type: "array", items, ...rules };
}

/** The keys of the elements tell them apart. */
export function listByKey(key: string, items: PlainObject, rules: PlainObject = {}): PlainObject {
  return listOf(items, { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [key], ...rules });
}

export function oneOf(...words: readonly string[]): PlainObject {
  return { ...text, enum: words };
}

/** An object of these fields; a `!` after a name: it is required. */
export function fields(properties: Readonly<Record<string, PlainObject>>): PlainObject {
  const required = Object.keys(properties).filter((name) => name.endsWith("!"));
  const entries = Object.entries(properties).map(([name, schema]) => [name.replace("!", ""), schema]);
  return {
    type: "object",
    properties: Object.fromEntries(entries) as Record<string, Value>,
    ...(required.length > 0 && { required: required.map((name) => name.replace("!", "")) }),
  };
}
