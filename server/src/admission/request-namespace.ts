import { objectAt, textAt } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import type { Policies } from "./policies.ts";
import { AdmissionRefusal } from "./verdict.ts";

/** Where a request's object lives. */
export interface RequestNamespace {
  /** Empty for what is cluster-scoped, Namespaces included: server-side apply names one in `namespace` all the same. */
  readonly name: string;
  /** The Namespace object: for a Namespace itself its own object. */
  readonly namespace: PlainObject | undefined;
}

/** Looks the request's Namespace up. Rejects with {@link AdmissionRefusal} 500 when there is none of that name. */
export async function requestNamespace(request: PlainObject, policies: Policies): Promise<RequestNamespace> {
  if (isNamespace(request)) return { name: "", namespace: objectAt(request, "object") };
  const name = textAt(request, "namespace");
  if (name === "") return { name, namespace: undefined };
  const namespace = await policies.namespace(name);
  if (!namespace) {
    throw new AdmissionRefusal(500, `failed to create augmentedReview: namespaces "${name}" not found`);
  }
  return { name, namespace };
}

export function isNamespace(request: PlainObject): boolean {
  return textAt(request, "kind", "group") === "" && textAt(request, "kind", "kind") === "Namespace";
}
