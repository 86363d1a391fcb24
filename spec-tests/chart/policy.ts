import { rootCertificates } from "node:tls";
import type { PlainObject } from "@portcullis/interpreter";

/** A policy for tests: Pods must have the label `owner`. */
export function template(label?: PlainObject): PlainObject {
  return {
    apiVersion: "templates.gatekeeper.sh/v1",
    kind: "ConstraintTemplate",
    metadata: { name: "demandslabel" },
    spec: {
      crd: {
        spec: {
          names: { kind: "DemandsLabel" },
          validation: {
            openAPIV3Schema: { type: "object", properties: label === undefined ? {} : { label } },
          },
        },
      },
      targets: [
        {
          target: "admission.k8s.gatekeeper.sh",
          rego: `package demandslabel
violation[{"msg": "no owner"}] { not input.review.object.metadata.labels.owner }`,
        },
      ],
    },
  };
}

export function constraint(enforcementAction = "deny"): PlainObject {
  return {
    apiVersion: "constraints.gatekeeper.sh/v1beta1",
    kind: "DemandsLabel",
    metadata: { name: "demands-owner" },
    spec: { enforcementAction, match: { kinds: [{ apiGroups: [""], kinds: ["Pod"] }] } },
  };
}

export function modifySet(): PlainObject {
  return {
    apiVersion: "mutations.gatekeeper.sh/v1",
    kind: "ModifySet",
    metadata: { name: "adds-an-argument" },
    spec: {
      applyTo: [{ groups: [""], kinds: ["Pod"], versions: ["v1"] }],
      match: { namespaces: ["nowhere"] },
      location: "spec.containers[name: *].args",
      parameters: { values: { fromList: ["--quiet"] } },
    },
  };
}

const caBundle = Buffer.from(rootCertificates[0] as string).toString("base64");

export function provider(timeout = 1): PlainObject {
  return {
    apiVersion: "externaldata.gatekeeper.sh/v1beta1",
    kind: "Provider",
    metadata: { name: "answers-nothing" },
    spec: { url: "https://provider.example", timeout, caBundle },
  };
}

export function connection(maxAuditResults = 3): PlainObject {
  return {
    apiVersion: "connection.gatekeeper.sh/v1alpha1",
    kind: "Connection",
    metadata: { name: "audit-connection", namespace: "gatekeeper-system" },
    spec: { driver: "disk", config: { path: "/tmp/violations", maxAuditResults } },
  };
}
