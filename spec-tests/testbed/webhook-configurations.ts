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

/** How the API server reaches the webhooks. */
export type WebhookTarget =
  /** One process; PEM of the CA that signed its certificate. */
  | { readonly url: string; readonly ca: string }
  /** Whatever the Service leads to; the CA is put in by the processes themselves. */
  | { readonly service: { readonly namespace: string; readonly name: string } };

/** The webhook configurations of Gatekeeper's chart (contract 4.10), with a failure policy that hides nothing. */
export function webhookConfigurations(target: WebhookTarget): readonly PlainObject[] {
  const clientConfig = (path: string): PlainObject =>
    "url" in target
      ? { url: `${target.url}${path}`, caBundle: Buffer.from(target.ca).toString("base64") }
      : { service: { ...target.service, path } };
  const webhook = (name: string, path: string, rest: PlainObject): PlainObject => ({
    name,
    admissionReviewVersions: ["v1", "v1beta1"],
    clientConfig: clientConfig(path),
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
