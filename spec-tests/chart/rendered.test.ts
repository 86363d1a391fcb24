import { listAt, objectMeta, textAt } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import { beforeAll, describe, expect, it } from "vitest";
import {
  chartFolder,
  container,
  defaultValues,
  find,
  helm,
  objectsIn,
  podSpec,
  render,
  valuesSchema,
  whyNoHelm,
} from "./chart.ts";
import { danglingReferences } from "./references.ts";
import { documentedValues, nested, valueAtPath } from "./schema-paths.ts";
import type { DocumentedValue } from "./schema-paths.ts";

const skipped = whyNoHelm();
if (skipped !== undefined) console.log(`each value of the chart rendered: ${skipped}`);

const EXPORTED = { enableViolationExport: true, exportBackend: "disk" };
const READER = { name: "reader", image: "reader:1" };

/** Values that mean something only together with others. */
const TOGETHER_WITH: Readonly<Record<string, PlainObject>> = {
  "controllerManager.clientCNName": { controllerManager: { clientCAName: "ca.crt" } },
  exportBackend: { enableViolationExport: true },
  enableAdmissionViolationExport: { exportBackend: "disk" },
  "audit.connection": EXPORTED,
  "audit.channel": EXPORTED,
  "audit.exportConnection.path": EXPORTED,
  "audit.exportConnection.maxAuditResults": EXPORTED,
  "audit.exportVolumeMount.path": EXPORTED,
  "audit.exportVolume": EXPORTED,
  "audit.exportSidecar": EXPORTED,
  "audit.disableAuditSidecar": { ...EXPORTED, audit: { exportSidecar: READER } },
  "admission.exportSidecar": {
    exportBackend: "disk",
    enableAdmissionViolationExport: true,
    admission: { disableExportSidecar: false },
  },
  "admission.disableExportSidecar": {
    exportBackend: "disk",
    enableAdmissionViolationExport: true,
    admission: { exportSidecar: READER },
  },
  "controllerManager.networkPolicy.ingress": { controllerManager: { networkPolicy: { enabled: true } } },
  extraVolumeMounts: { extraVolumes: [{ name: "logs", emptyDir: {} }] },
  "externalCertInjection.secretName": { externalCertInjection: { enabled: true } },
  "serviceMonitor.interval": { serviceMonitor: { enabled: true } },
  "serviceMonitor.labels": { serviceMonitor: { enabled: true } },
};

/** Structures of Kubernetes' own, by the value's name. */
const EXAMPLES: Readonly<Record<string, unknown>> = {
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } },
  exportSidecar: READER,
  exportVolume: { name: "exports" },
  extraArgs: ["--cert-validity=24h"],
  extraEnvs: [{ name: "HTTPS_PROXY", value: "http://proxy.example" }],
  extraRules: [{ apiGroups: ["example.com"], resources: ["things"], verbs: ["get"] }],
  extraVolumeMounts: [{ name: "logs", mountPath: "/logs" }],
  extraVolumes: [{ name: "logs", emptyDir: {} }],
  ingress: [{ from: [{ ipBlock: { cidr: "192.0.2.0/24" } }] }],
  interval: "45s",
  podCountLimit: "7",
  podSecurityContext: { fsGroup: 1234 },
  pullSecrets: [{ name: "registry" }],
  readRules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
  resources: { limits: { memory: "1234Mi" } },
  securityContext: { runAsUser: 1234 },
  strategyRollingUpdate: { maxSurge: 2 },
  tolerations: [{ key: "example.com/only", operator: "Exists" }],
  topologySpreadConstraints: [
    { maxSkew: 2, topologyKey: "example.com/rack", whenUnsatisfiable: "DoNotSchedule" },
  ],
  validatingWebhookCustomRules: [
    { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] },
  ],
  mutatingWebhookCustomRules: [
    { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["services"] },
  ],
  validatingWebhookObjectSelector: { matchLabels: { "example.com/checked": "yes" } },
  mutatingWebhookObjectSelector: { matchLabels: { "example.com/checked": "yes" } },
  validatingWebhookMatchConditions: [{ name: "example", expression: 'request.operation == "CREATE"' }],
  mutatingWebhookMatchConditions: [{ name: "example", expression: 'request.operation == "CREATE"' }],
  validatingWebhookExemptNamespacesLabels: { "example.com/team": ["platform"] },
  mutatingWebhookExemptNamespacesLabels: { "example.com/team": ["platform"] },
};

const values = defaultValues();
const documented = documentedValues(valuesSchema());

describe.skipIf(skipped !== undefined)("helm", { timeout: 120_000 }, () => {
  it("finds nothing wrong with the chart", async () => {
    const { code, stdout, stderr } = await helm("lint", "--strict", chartFolder);
    expect({ code, stderr, stdout }).toMatchObject({ code: 0, stderr: "" });
  });

  it("refuses a value that is not there", async () => {
    await expect(render({ replica: 3 })).rejects.toThrow("replica");
    await expect(render({ controllerManager: { prot: 8443 } })).rejects.toThrow("prot");
    await expect(render({ auditInterval: -1 })).rejects.toThrow("auditInterval");
  });
});

describe.skipIf(skipped !== undefined)("each value shows in what is rendered", { timeout: 60_000 }, () => {
  const bases = new Map<string, Promise<string>>();
  beforeAll(() => {
    bases.set("{}", render());
  });

  it.each(documented.map((each) => [each.path.join("."), each] as const))("%s", async (name, each) => {
    const context = TOGETHER_WITH[name] ?? {};
    const key = JSON.stringify(context);
    const before = await (bases.get(key) ?? bases.set(key, render(context)).get(key));
    const changed = changedValue(each);
    const after = await render(merged(context, nested(each.path, changed)));
    const added = addedLines(before as string, after);
    if (typeof changed === "boolean") expect(after).not.toBe(before);
    // What is written is what was meant, not some default.
    else if (typeof changed !== "object") expect(added.join("\n")).toContain(String(changed));
    else expect(added).not.toEqual([]);
    expect(danglingReferences(objectsIn(after), GIVEN)).toEqual([]);
  });
});

/** What a value may name that the user brings. */
const GIVEN = [
  "Secret other",
  "Secret gatekeeper-webhook-server-cert",
  "ServiceAccount gatekeeper-admin",
  "ServiceAccount gatekeeper-admin-upgrade-crds",
];

describe.skipIf(skipped !== undefined)("values together", { timeout: 60_000 }, () => {
  it("without audit, the webhook's pods make CRDs and gather statuses", async () => {
    const objects = objectsIn(await render({ disableAudit: true }));
    const args = listAt(container(find(objects, "Deployment", "gatekeeper-controller-manager")), "args");
    expect(args).toEqual(
      expect.arrayContaining(["--operation=generate", "--operation=status", "--operation=mutation-status"]),
    );
    expect(() => find(objects, "Deployment", "gatekeeper-audit")).toThrow("no Deployment");
  });

  it("with everything on, all objects find each other", async () => {
    const objects = objectsIn(
      await render({
        serviceMonitor: { enabled: true },
        controllerManager: { networkPolicy: { enabled: true } },
        enableDeleteOperations: true,
        enableConnectOperations: true,
      }),
    );
    expect(danglingReferences(objects)).toEqual([]);
    const kinds = objects.map((object) => textAt(object, "kind"));
    expect(kinds).toEqual(expect.arrayContaining(["NetworkPolicy", "ServiceMonitor"]));
  });

  it("with everything off, nothing is left of what is off", async () => {
    const objects = objectsIn(
      await render({
        disableAudit: true,
        disableMutation: true,
        disableValidatingWebhook: true,
        resourceQuota: false,
        rbac: { create: false },
        serviceAccount: { gatekeeperAdmin: { create: false } },
        externalCertInjection: { enabled: true },
        upgradeCRDs: { enabled: false },
      }),
    );
    expect(objects.map((object) => `${textAt(object, "kind")} ${objectMeta(object).name}`).sort()).toEqual([
      "Deployment gatekeeper-controller-manager",
      "PodDisruptionBudget gatekeeper-controller-manager",
      "Service gatekeeper-webhook-service",
    ]);
  });

  it("with exports to a disk, both Deployments have the volume, and the Connection leads there", async () => {
    const objects = objectsIn(
      await render({
        ...EXPORTED,
        enableAdmissionViolationExport: true,
        audit: { exportSidecar: READER, connection: "ours", channel: "topic" },
      }),
    );
    expect(danglingReferences(objects)).toEqual([]);
    expect(find(objects, "Connection", "ours")).toMatchObject({
      metadata: { namespace: "gatekeeper-system" },
      spec: { driver: "disk", config: { path: "/tmp/violations/topics", maxAuditResults: 3 } },
    });
    const mount = { name: "tmp-violations", mountPath: "/tmp/violations" };
    for (const [name, flag, containers] of [
      ["gatekeeper-audit", "--enable-violation-export", ["manager", "reader"]],
      ["gatekeeper-controller-manager", "--enable-admission-violation-export", ["manager"]],
    ] as const) {
      const deployment = find(objects, "Deployment", name);
      const spec = podSpec(deployment);
      expect(listAt(spec, "spec", "volumes")).toContainEqual({ name: "tmp-violations", emptyDir: {} });
      expect(listAt(spec, "spec", "containers").map((each) => textAt(each, "name"))).toEqual(containers);
      expect(listAt(container(deployment), "volumeMounts")).toContainEqual(mount);
      expect(listAt(container(deployment), "args")).toEqual(
        expect.arrayContaining([flag, "--audit-connection=ours", "--audit-channel=topic"]),
      );
    }
  });

  it("with exports through Dapr, Connection and sidecar are the user's", async () => {
    const objects = objectsIn(await render({ enableViolationExport: true, exportBackend: "dapr" }));
    expect(() => find(objects, "Connection")).toThrow("no Connection");
    expect(listAt(podSpec(find(objects, "Deployment", "gatekeeper-audit")), "spec", "volumes")).toEqual([]);
    await expect(render({ enableAdmissionViolationExport: true, exportBackend: "dapr" })).rejects.toThrow(
      "enableAdmissionViolationExport needs exportBackend: disk",
    );
  });

  it.each([1.1, 1.2, 1.3, "1.0", "1.2"])("TLS version %s, as YAML reads it", async (version) => {
    const text = await render({ controllerManager: { tlsMinVersion: version } });
    expect(text).toContain(`--tls-min-version=${version}\n`);
  });

  it("our own namespace is left out whatever else is", async () => {
    for (const labels of [{}, { "kubernetes.io/metadata.name": [] }, { a: ["b"] }]) {
      const text = await render({ validatingWebhookExemptNamespacesLabels: labels });
      const [webhook] = listAt(find(objectsIn(text), "ValidatingWebhookConfiguration"), "webhooks");
      const expressions = listAt(webhook, "namespaceSelector", "matchExpressions");
      const names = expressions.find((each) => textAt(each, "key") === "kubernetes.io/metadata.name");
      expect(listAt(names, "values")).toContain("gatekeeper-system");
    }
  });
});

/** Another value than the default that the schema allows. */
function changedValue({ path, schema }: DocumentedValue): unknown {
  const name = path.at(-1) as string;
  if (Object.hasOwn(EXAMPLES, name)) return EXAMPLES[name];
  const before = valueAtPath(values, path);
  const words = schema["enum"] as readonly unknown[] | undefined;
  if (words) return words.find((word) => word !== before && word !== "");
  if (typeof before === "boolean") return !before;
  if (typeof before === "number") return before + 1;
  if (typeof before === "string") return "other";
  const item = schema["items"] as { readonly enum?: readonly string[] } | undefined;
  if (Array.isArray(before)) return [item?.enum?.[0] ?? "other"];
  return { "example.com/other": "other" };
}

function merged(a: PlainObject, b: PlainObject): PlainObject {
  const result: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
    result[key] = isMap && a[key] !== undefined ? merged(a[key] as PlainObject, value as PlainObject) : value;
  }
  return result as PlainObject;
}

/** Lines that the second text has more often than the first. */
function addedLines(before: string, after: string): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of before.split("\n")) counts.set(line, (counts.get(line) ?? 0) + 1);
  return after.split("\n").filter((line) => {
    const left = counts.get(line) ?? 0;
    counts.set(line, left - 1);
    return left <= 0;
  });
}
