import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { listAt, objectMeta, textAt, valueAt } from "@portcullis/engine";
import type { Value } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { flagProblems } from "../../server/src/manager/check-flags.ts";
import { parseGoFlags } from "../../server/src/manager/go-flags.ts";
import { MANAGER_FLAGS } from "../../server/src/manager/manager-flags.ts";
import { container, find, objectsIn, podSpec, render, whyNoHelm } from "./chart.ts";
import { danglingReferences } from "./references.ts";

// What the chart makes with its defaults, as a file: so its objects are checked where there is no helm, too.

const file = join(dirname(fileURLToPath(import.meta.url)), "default-objects.golden.yaml");
const skipped = whyNoHelm();
if (skipped !== undefined) console.log(`the chart as helm renders it: ${skipped}`);
if (skipped === undefined && process.env["UPDATE"]) writeFileSync(file, await render());

const text = existsSync(file) ? readFileSync(file, "utf8") : "";
const objects = objectsIn(text);
const deployments = ["gatekeeper-controller-manager", "gatekeeper-audit"].map((name) =>
  find(objects, "Deployment", name),
);

describe("the objects of the chart", () => {
  it.skipIf(skipped !== undefined)("are what helm renders", async () => {
    expect(await render()).toBe(text);
  });

  it("have Gatekeeper's names", () => {
    const release = objects.filter(
      (object) => textAt(object, "metadata", "annotations", "helm.sh/hook") === "",
    );
    expect(release.map((object) => `${textAt(object, "kind")} ${objectMeta(object).name}`).sort()).toEqual([
      "ClusterRole gatekeeper-manager-role",
      "ClusterRoleBinding gatekeeper-manager-rolebinding",
      "Deployment gatekeeper-audit",
      "Deployment gatekeeper-controller-manager",
      "MutatingWebhookConfiguration gatekeeper-mutating-webhook-configuration",
      "PodDisruptionBudget gatekeeper-controller-manager",
      "ResourceQuota gatekeeper-critical-pods",
      "Role gatekeeper-manager-role",
      "RoleBinding gatekeeper-manager-rolebinding",
      "Secret gatekeeper-webhook-server-cert",
      "Service gatekeeper-webhook-service",
      "ServiceAccount gatekeeper-admin",
      "ValidatingWebhookConfiguration gatekeeper-validating-webhook-configuration",
    ]);
  });

  it("find each other", () => {
    expect(danglingReferences(objects)).toEqual([]);
  });

  it("have names and labels that Gatekeeper's own selectors select, so that its release can be upgraded", () => {
    expect(deployments.map((deployment) => valueAt(deployment, "spec", "selector", "matchLabels"))).toEqual(
      [
        ["controller-manager", "webhook"],
        ["audit-controller", "audit"],
      ].map(([plane, operation]) => ({
        app: "gatekeeper",
        chart: "gatekeeper",
        "control-plane": plane,
        "gatekeeper.sh/operation": operation,
        "gatekeeper.sh/system": "yes",
        heritage: "Helm",
        release: "gatekeeper",
      })),
    );
  });

  it("start processes that understand their flags", () => {
    for (const deployment of deployments) {
      const args = listAt(container(deployment), "args") as readonly string[];
      const parsed = parseGoFlags(MANAGER_FLAGS, args);
      if (parsed.ok !== true) throw new Error(JSON.stringify(parsed));
      expect(flagProblems(parsed.values)).toEqual([]);
    }
  });

  it("do everything that a process can do, each operation in one Deployment", () => {
    const operations = deployments.map((deployment) =>
      (listAt(container(deployment), "args") as readonly string[])
        .filter((arg) => arg.startsWith("--operation="))
        .map((arg) => arg.slice("--operation=".length)),
    );
    expect(operations).toEqual([
      ["webhook", "mutation-webhook"],
      ["audit", "status", "mutation-status", "generate"],
    ]);
  });

  it("meet the restricted pod security standard", () => {
    const pods = [...deployments, objects.find((object) => textAt(object, "kind") === "Job") ?? {}];
    for (const pod of pods) {
      expect(valueAt(container(pod), "securityContext")).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
        runAsGroup: 999,
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect(valueAt(podSpec(pod), "spec", "hostNetwork") ?? false).toBe(false);
    }
  });

  it("grant no rights by wildcard besides reading", () => {
    const rules = ["ClusterRole", "Role"].flatMap((kind) =>
      listAt(find(objects, kind, "gatekeeper-manager-role"), "rules"),
    );
    const reading = new Set<Value>(["get", "list", "watch"]);
    for (const rule of rules) {
      if (listAt(rule, "verbs").every((verb) => reading.has(verb))) continue;
      expect([
        ...listAt(rule, "verbs"),
        ...listAt(rule, "apiGroups"),
        ...listAt(rule, "resources"),
      ]).not.toContain("*");
    }
  });

  it("fail closed for validation, open for mutation", () => {
    const policies = ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"].flatMap((kind) =>
      listAt(find(objects, kind), "webhooks").map((webhook) => [
        textAt(webhook, "name"),
        textAt(webhook, "failurePolicy"),
      ]),
    );
    expect(policies).toEqual([
      ["validation.gatekeeper.sh", "Fail"],
      ["check-ignore-label.gatekeeper.sh", "Fail"],
      ["mutation.gatekeeper.sh", "Ignore"],
    ]);
  });
});
