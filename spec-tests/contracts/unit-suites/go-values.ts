import { isObject, type PlainObject, type Value } from "@portcullis/interpreter";
import { listAt, textAt, valueAt } from "../../../engine/src/kubernetes/object-meta.ts";

/** Go constants by the last part of their names. */
const CONSTANTS: ReadonlyMap<string, string> = new Map([
  ["Create", "CREATE"],
  ["Update", "UPDATE"],
  ["Delete", "DELETE"],
  ["Connect", "CONNECT"],
  ["OperationAll", "*"],
  ["ClusterScoped", "Cluster"],
  ["NamespaceScoped", "Namespaced"],
  ["SourceTypeOriginal", "Original"],
  ["SourceTypeGenerated", "Generated"],
  ["SourceTypeAll", "All"],
  ["MustExist", "MustExist"],
  ["MustNotExist", "MustNotExist"],
  ["ObjName", "name"],
  ["LabelSelectorOpIn", "In"],
]);

/** Fields whose Kubernetes name is not the Go name with a small first letter. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["APIGroups", "apiGroups"],
  ["ObjectMeta", "metadata"],
  ["GeneratedGVK", "generatedGVK"],
]);

/** A Go literal of the tables as the Kubernetes JSON it stands for. */
export function fromGo(value: Value | undefined): Value {
  if (value === undefined) return null;
  if (Array.isArray(value)) return (value as readonly Value[]).map(fromGo);
  if (!isObject(value)) return value;
  const reference = textAt(value, "$ref").replace(/^.*\./, "");
  if (reference !== "") return CONSTANTS.get(reference) ?? `unknown constant ${reference}`;
  if (textAt(value, "$call") === "string") return fromGo(listAt(value, "args")[0]);
  const result: Record<string, Value> = {};
  for (const key of Object.keys(value)) {
    const inner = fromGo(valueAt(value, key));
    // An embedded struct has no level of its own in JSON.
    if (key === "ApplyTo" && isObject(inner)) Object.assign(result, inner);
    else result[NAMES.get(key) ?? key.charAt(0).toLowerCase() + key.slice(1)] = inner;
  }
  return result;
}

/** `makeObject(kind, namespace, name, labels)` and its sisters. */
export function objectOf(call: Value | undefined): PlainObject | undefined {
  const maker = MAKERS[textAt(call, "$call")];
  return maker?.(...listAt(call, "args"));
}

type Maker = (...args: readonly (Value | undefined)[]) => PlainObject;

function kindOf(gvk: Value | undefined): PlainObject {
  const [group, version] = [textAt(gvk, "Group"), textAt(gvk, "Version") || "v1"];
  return { apiVersion: group === "" ? version : `${group}/${version}`, kind: textAt(gvk, "Kind") };
}

function named(key: "name" | "generateName"): Maker {
  return (gvk, namespace, name, labels) => ({
    ...kindOf(gvk),
    metadata: {
      [key]: name ?? "",
      ...(namespace === "" || namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels: labelsOf(labels) }),
    },
  });
}

/** The maker of objects in a package's own tests sets one label by name and value, or a map. */
function labelsOf(labels: Value): Value {
  return isObject(labels) ? (valueAt(labels, "Labels") ?? labels) : labels;
}

const MAKERS: Readonly<Record<string, Maker>> = {
  makeObject: named("name"),
  makeObjectWithGenerateName: named("generateName"),
  makeNamespace: (name, labels) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: name ?? "", ...(labels === undefined ? {} : { labels: labelsOf(labels) }) },
  }),
  makeResource: (gvk, name, labels) => named("name")(gvk, "", name, labels),
  makeNamespacedResource: (gvk, namespace, name, labels) => named("name")(gvk, namespace, name, labels),
};
