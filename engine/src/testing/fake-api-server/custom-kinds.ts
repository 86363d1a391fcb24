import type { PlainObject } from "@portcullis/interpreter";
import { objectAt, textAt, listAt, valueAt } from "../../kubernetes/object-meta.ts";
import type { FakeResource } from "./store.ts";

export const CRDS: FakeResource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
  hasStatus: true,
};

/** The kinds that a CustomResourceDefinition adds, one for each served version. */
export function kindsOfCrd(crd: PlainObject): readonly FakeResource[] {
  return listAt(crd, "spec", "versions")
    .filter((version) => valueAt(version, "served") === true)
    .map((version) => ({
      group: textAt(crd, "spec", "group"),
      version: textAt(version, "name"),
      kind: textAt(crd, "spec", "names", "kind"),
      plural: textAt(crd, "spec", "names", "plural"),
      namespaced: textAt(crd, "spec", "scope") === "Namespaced",
      hasStatus: objectAt(version, "subresources", "status") !== undefined,
    }));
}

/** The CustomResourceDefinition as it is once the server serves its kinds. */
export function established(crd: PlainObject): PlainObject {
  const condition = (type: string) => ({ type, status: "True", reason: "Accepted", message: "" });
  return {
    ...crd,
    status: {
      acceptedNames: objectAt(crd, "spec", "names") ?? {},
      conditions: [condition("NamesAccepted"), condition("Established")],
      storedVersions: listAt(crd, "spec", "versions").map((version) => textAt(version, "name")),
    },
  };
}
