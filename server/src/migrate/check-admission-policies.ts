import { listAt, objectMeta, textAt } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import { changed, checkedObject } from "./remark.ts";
import type { Checked, Sourced } from "./remark.ts";

/** Whether Gatekeeper made a ValidatingAdmissionPolicy or a binding: its owner is a template or a constraint. */
export function isGenerated(object: PlainObject): boolean {
  const { group, kind } = objectMeta(object);
  return (
    group === "admissionregistration.k8s.io" &&
    kind.startsWith("ValidatingAdmissionPolicy") &&
    listAt(object, "metadata", "ownerReferences").some((owner) =>
      /^(?:templates|constraints)\.gatekeeper\.sh\//.test(textAt(owner, "apiVersion")),
    )
  );
}

/** They stay in the cluster and go on deciding, in the API server itself. */
export function checkAdmissionPolicies(policies: readonly Sourced[]): readonly Checked[] {
  return policies.map((policy) => {
    const { kind, name } = objectMeta(policy.object);
    const remark = changed(
      "Gatekeeper made it; it stays and the API server goes on enforcing it, but nobody brings it up to date",
      `kubectl delete ${kind.toLowerCase()} ${name}, once Portcullis enforces the constraints behind it`,
    );
    return checkedObject(policy, [remark]);
  });
}
