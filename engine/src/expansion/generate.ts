import { getOwn, isObject, kindOf, type PlainObject, type Value } from "@portcullis/interpreter";
import { listAt, objectAt, objectMeta } from "../kubernetes/object-meta.ts";
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
  const source = sourceOf(parent, template.templateSource, name);
  const { group, version, kind } = template.generated;
  const namespaceName = namespace ? objectMeta(namespace).name : ownNamespace;
  const generated = objectAt(source, "metadata") ?? {};
  const owners = listAt(generated, "ownerReferences");
  return {
    ...source,
    apiVersion: group === "" ? version : `${group}/${version}`,
    kind,
    metadata: {
      ...generated,
      name: `${name}-${kind}`.toLowerCase(),
      ...(namespaceName === "" ? {} : { namespace: namespaceName }),
      ownerReferences: owners.length > 0 ? owners : [{ apiVersion, kind: parentKind, name, uid: "" }],
    },
  };
}

function sourceOf(parent: PlainObject, path: string, name: string): PlainObject {
  let at: Value = parent;
  for (const [i, field] of path.split(".").entries()) {
    if (!isObject(at)) {
      const before = path.split(".").slice(0, i).join(".");
      throw new ExpansionError(
        `could not extract source field from unstructured: .${before} accessor error: it is of the type ${kindOf(at)}, expected an object`,
      );
    }
    const next: Value | undefined = getOwn(at as PlainObject, field);
    if (next === undefined) {
      throw new ExpansionError(`could not find source field ${JSON.stringify(path)} in resource ${name}`);
    }
    at = next;
  }
  if (isObject(at)) return at as PlainObject;
  throw new ExpansionError(
    `could not extract source field from unstructured: .${path} accessor error: it is of the type ${kindOf(at)}, expected an object`,
  );
}
