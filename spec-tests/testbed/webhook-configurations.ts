import type { PlainObject } from "@portcullis/interpreter";

const SUBRESOURCES = [
  ...["ephemeralcontainers", "exec", "log", "eviction", "portforward", "proxy", "attach", "binding"].map(
    (name) => `pods/${name}`,
  ),
  ...["deployments", "replicasets", "statefulsets", "replicationcontrollers"].map((name) => `${name}/scale`),
  "pods/resize",
  "services/proxy",
  "nodes/proxy",
  "services/status",
];

const EXCEPT_OWN = {
  key: "kubernetes.io/metadata.name",
  operator: "NotIn",
  values: ["gatekeeper-system"],
};
const EXCEPT_IGNORED = { key: "admission.gatekeeper.sh/ignore", operator: "DoesNotExist" };

/**
 * The webhook configurations of Gatekeeper's chart (contract 4.10), with the URL of a process in the place of the Service,
 * and with a failure policy that hides nothing.
 */
export function webhookConfigurations(url: string, ca: string): readonly PlainObject[] {
  const webhook = (name: string, path: string, rest: PlainObject): PlainObject => ({
    name,
    admissionReviewVersions: ["v1", "v1beta1"],
    clientConfig: { url: `${url}${path}`, caBundle: Buffer.from(ca).toString("base64") },
    failurePolicy: "Fail",
    matchPolicy: "Exact",
    sideEffects: "None",
    timeoutSeconds: 10,
    ...rest,
  });
  const everything = (operations: readonly string[]): PlainObject => ({
    rules: [
      { apiGroups: ["*"], apiVersions: ["*"], operations, resources: ["*", ...SUBRESOURCES], scope: "*" },
    ],
    namespaceSelector: { matchExpressions: [EXCEPT_IGNORED, EXCEPT_OWN] },
  });
  return [
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: "gatekeeper-validating-webhook-configuration" },
      webhooks: [
        webhook(
          "validation.gatekeeper.sh",
          "/v1/admit",
          everything(["CREATE", "UPDATE", "DELETE", "CONNECT"]),
        ),
        webhook("check-ignore-label.gatekeeper.sh", "/v1/admitlabel", {
          rules: [
            {
              apiGroups: [""],
              apiVersions: ["*"],
              operations: ["CREATE", "UPDATE"],
              resources: ["namespaces"],
              scope: "*",
            },
          ],
          namespaceSelector: { matchExpressions: [EXCEPT_OWN] },
        }),
      ],
    },
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingWebhookConfiguration",
      metadata: { name: "gatekeeper-mutating-webhook-configuration" },
      webhooks: [
        webhook("mutation.gatekeeper.sh", "/v1/mutate", {
          ...everything(["CREATE", "UPDATE"]),
          reinvocationPolicy: "Never",
        }),
      ],
    },
  ];
}
