import type { PlainObject } from "@portcullis/interpreter";
import { textAt } from "../kubernetes/object-meta.ts";

/** A kind as the API server serves it. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The word of the URL: `pods`. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Names one object of a kind. */
export interface ObjectName {
  /** Left out or empty for kinds that are in no namespace. */
  readonly namespace?: string;
  readonly name: string;
}

/** `v1` or `group/version`. */
export function apiVersionOf({ group, version }: Pick<Resource, "group" | "version">): string {
  return group === "" ? version : `${group}/${version}`;
}

/** The key of an object in caches and work queues: `namespace/name`, or `name` without a namespace. */
export function keyOf(object: PlainObject): string {
  return keyOfName({
    namespace: textAt(object, "metadata", "namespace"),
    name: textAt(object, "metadata", "name"),
  });
}

export function keyOfName({ namespace = "", name }: ObjectName): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}

/** The reverse of {@link keyOfName}. */
export function nameOfKey(key: string): ObjectName {
  const slash = key.indexOf("/");
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The URL path of a kind (in a namespace, or in all), of one object, or of its subresource. */
export function pathOf(resource: Resource, { namespace = "", name = "", subresource = "" } = {}): string {
  const { group, version, plural, namespaced } = resource;
  const root =
    group === "" ? `/api/${version}` : `/apis/${encodeURIComponent(group)}/${encodeURIComponent(version)}`;
  const inside = namespaced && namespace !== "" ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  const object = name === "" ? "" : `/${encodeURIComponent(name)}`;
  return `${root}${inside}/${encodeURIComponent(plural)}${object}${subresource === "" ? "" : `/${subresource}`}`;
}
