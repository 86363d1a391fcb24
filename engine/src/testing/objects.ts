import type { PlainObject } from "@portcullis/interpreter";

export interface ObjectParts {
  readonly namespace?: string;
  readonly labels?: PlainObject;
  readonly spec?: PlainObject;
}

/** A Pod; in the namespace `default` unless told otherwise. */
export function pod(
  name: string,
  { namespace: inside = "default", labels, spec }: ObjectParts = {},
): PlainObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: inside, ...(labels && { labels }) },
    spec: spec ?? { containers: [{ name: "main", image: "nginx" }] },
  };
}

/** A Namespace. */
export function namespace(name: string, labels?: PlainObject): PlainObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, ...(labels && { labels }) } };
}
