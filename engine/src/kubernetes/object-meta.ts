import { getOwn, isObject, RegoObject } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";

/** What every Kubernetes object says of itself; a missing part is the empty string. */
export interface ObjectMeta {
  readonly apiVersion: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
  readonly generateName: string;
  readonly namespace: string;
}

export function objectMeta(object: PlainObject): ObjectMeta {
  const apiVersion = ownText(object, "apiVersion");
  const slash = apiVersion.indexOf("/");
  // What has two slashes is neither group nor version.
  const fits = slash < 0 || apiVersion.indexOf("/", slash + 1) < 0;
  const metadata = getOwn(object, "metadata");
  const about = isPlainObject(metadata) ? metadata : NONE;
  return {
    apiVersion,
    group: fits && slash >= 0 ? apiVersion.slice(0, slash) : "",
    version: fits ? apiVersion.slice(slash + 1) : "",
    kind: ownText(object, "kind"),
    name: ownText(about, "name"),
    generateName: ownText(about, "generateName"),
    namespace: ownText(about, "namespace"),
  };
}

const NONE: PlainObject = {};

function ownText(object: PlainObject, key: string): string {
  const found = getOwn(object, key);
  return typeof found === "string" ? found : "";
}

/** The value below a chain of keys, undefined where one is missing or its parent is no object. */
export function valueAt(value: Value | undefined, ...keys: readonly string[]): Value | undefined {
  let current = value;
  for (const key of keys) {
    if (!isPlainObject(current)) return undefined;
    current = getOwn(current, key);
  }
  return current;
}

/** The object below a chain of keys. */
export function objectAt(value: Value | undefined, ...keys: readonly string[]): PlainObject | undefined {
  const found = valueAt(value, ...keys);
  return isPlainObject(found) ? found : undefined;
}

/** The text below a chain of keys, empty where there is none. */
export function textAt(value: Value | undefined, ...keys: readonly string[]): string {
  const found = valueAt(value, ...keys);
  return typeof found === "string" ? found : "";
}

/** The elements of a list below a chain of keys, none where there is no list. */
export function listAt(value: Value | undefined, ...keys: readonly string[]): readonly Value[] {
  const found = valueAt(value, ...keys);
  return Array.isArray(found) ? (found as readonly Value[]) : [];
}

/** True for a JSON object. Sets and objects with other keys than text are none. */
export function isPlainObject(value: Value | undefined): value is PlainObject {
  return isObject(value) && !(value instanceof RegoObject);
}
