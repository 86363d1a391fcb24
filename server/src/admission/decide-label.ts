import { objectAt, textAt, valueAt } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import type { AdmissionOptions } from "./policies.ts";
import type { Verdict } from "./verdict.ts";

const IGNORE_LABEL = "admission.gatekeeper.sh/ignore";

/**
 * Decides `/v1/admitlabel`: only namespaces that the flags name may carry the label that takes them out of the
 * webhook's reach. The label itself works in the API server, which then does not call us.
 */
export function decideLabel(request: PlainObject, options: AdmissionOptions): Verdict {
  if (textAt(request, "operation") === "DELETE") return allowed("Delete is always allowed");
  const isNamespace =
    textAt(request, "kind", "group") === "" && textAt(request, "kind", "kind") === "Namespace";
  if (!isNamespace) return allowed("Not a namespace");
  const object = objectAt(request, "object");
  if (!object)
    return { allowed: false, code: 500, message: "while deserializing resource: no object in the request" };
  const name = textAt(object, "metadata", "name");
  if (mayIgnore(name, options)) return allowed(`Namespace ${name} is allowed to set ${IGNORE_LABEL}`);
  if (valueAt(object, "metadata", "labels", IGNORE_LABEL) !== undefined) {
    const message = `Only exempt namespace can have the ${IGNORE_LABEL} label`;
    return { allowed: false, code: 403, reason: "Forbidden", message };
  }
  return allowed(`Namespace is not setting the ${IGNORE_LABEL} label`);
}

function mayIgnore(name: string, options: AdmissionOptions): boolean {
  return (
    (options.exemptNamespaces ?? []).includes(name) ||
    (options.exemptNamespacePrefixes ?? []).some((prefix) => name.startsWith(prefix)) ||
    (options.exemptNamespaceSuffixes ?? []).some((suffix) => name.endsWith(suffix))
  );
}

function allowed(message: string): Verdict {
  return { allowed: true, code: 200, message };
}
