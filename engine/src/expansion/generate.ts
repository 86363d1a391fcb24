import { getOwn, type PlainObject, type Value } from "@portcullis/interpreter";
import { accessorError } from "../kubernetes/accessor-error.ts";
import { isPlainObject, listAt, objectAt, objectMeta, textAt, valueAt } from "../kubernetes/object-meta.ts";
import type { ExpansionTemplate } from "./template.ts";

/** An object that cannot be expanded; the message is Gatekeeper's. */
export class ExpansionError extends Error {
  override readonly name = "ExpansionError";
}

/**
 * The object that `parent` implies by a template: the part at `templateSource`, with the generated kind, a name made of the
 * parent's, its namespace, and the parent as owner. Throws {@link ExpansionError}.
 */
export function generate(
  parent: PlainObject,
  namespace: PlainObject | undefined,
  template: ExpansionTemplate,
): PlainObject {
  const { apiVersion, kind: parentKind, name, namespace: ownNamespace } = objectMeta(parent);
  const given = valueAt(parent, "metadata", "namespace") ?? "";
  if (typeof given !== "string") {
    const error = accessorError("metadata.namespace", given, "string");
    throw new ExpansionError(`could not extract namespace field from unstructured: ${error}`);
  }
  const source = sourceOf(parent, template.templateSource, name);
  const { group, version, kind } = template.generated;
  const namespaceName = namespace ? objectMeta(namespace).name : ownNamespace;
  const generated = objectAt(source, "metadata") ?? {};
  return {
    ...source,
    apiVersion: group === "" ? version : `${group}/${version}`,
    kind,
    metadata: {
      ...generated,
      name: (kind === "" ? name : `${name}-${kind}`).toLowerCase(),
      ...(namespaceName === "" ? {} : { namespace: namespaceName }),
      ...ownersOf(generated, { apiVersion, kind: parentKind, name }),
    },
  };
}

/** The owners that the template names, and the parent where it is not among them. A parent without a name can be no owner. */
function ownersOf(
  metadata: PlainObject,
  parent: { readonly apiVersion: string; readonly kind: string; readonly name: string },
): PlainObject {
  const given = listAt(metadata, "ownerReferences");
  const { apiVersion, kind, name } = parent;
  const isParent = (owner: Value): boolean =>
    textAt(owner, "apiVersion") === apiVersion &&
    textAt(owner, "kind") === kind &&
    textAt(owner, "name") === name;
  if (name === "" || kind === "" || apiVersion === "" || given.some(isParent)) return {};
  return { ownerReferences: [...given, { ...parent, uid: "" }] };
}

function sourceOf(parent: PlainObject, path: string, name: string): PlainObject {
  const fields = path.split(".");
  let at: Value = parent;
  for (const [i, field] of fields.entries()) {
    if (!isPlainObject(at)) throw wrongSource(fields.slice(0, i + 1), at);
    const next: Value | undefined = getOwn(at, field);
    if (next === undefined) {
      throw new ExpansionError(`could not find source field ${JSON.stringify(path)} in resource ${name}`);
    }
    at = next;
  }
  if (isPlainObject(at)) return at;
  throw wrongSource(fields, at);
}

function wrongSource(fields: readonly string[], value: Value): ExpansionError {
  const error = accessorError(fields.join("."), value, "map[string]interface{}");
  return new ExpansionError(`could not extract source field from unstructured: ${error}`);
}
