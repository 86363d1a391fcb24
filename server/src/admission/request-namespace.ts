import { objectAt, textAt } from "@portcullis/engine";
import type { PlainObject, Waiting } from "@portcullis/interpreter";
import type { Policies } from "./policies.ts";
import { AdmissionRefusal } from "./verdict.ts";

/** Where a request's object lives. */
export interface RequestNamespace {
  /** Empty for what is cluster-scoped, Namespaces included: server-side apply names one in `namespace` all the same. */
  readonly name: string;
  /** The Namespace object: for a Namespace itself its own object. */
  readonly namespace: PlainObject | undefined;
}

/**
 * Looks the request's Namespace up. Rejects with {@link AdmissionRefusal} 500 when there is none of that name, and with the
 * signal's reason when it fires before anybody can tell.
 */
export async function requestNamespace(
  request: PlainObject,
  policies: Policies,
  signal: Waiting,
): Promise<RequestNamespace> {
  if (isNamespace(request)) return { name: "", namespace: objectAt(request, "object") };
  const name = textAt(request, "namespace");
  if (name === "") return { name, namespace: undefined };
  const found = policies.namespace(name);
  const namespace = found instanceof Promise ? await unlessAborted(found, signal) : found;
  if (!namespace) {
    throw new AdmissionRefusal(500, `failed to create augmentedReview: namespaces "${name}" not found`);
  }
  return { name, namespace };
}

export function isNamespace(request: PlainObject): boolean {
  return textAt(request, "kind", "group") === "" && textAt(request, "kind", "kind") === "Namespace";
}

function unlessAborted<T>(settling: Promise<T>, signal: Waiting): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    void settling.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
