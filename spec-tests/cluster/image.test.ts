import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlainObject } from "@portcullis/interpreter";
import { servingCertificate } from "@portcullis/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { makeImage } from "../testbed/image.ts";
import type { Image } from "../testbed/image.ts";
import { apply, installKinds, kubectl, OWN_NAMESPACE, statusOf } from "../testbed/manager.ts";
import { freePorts, untilReady } from "../testbed/processes.ts";
import type { TestProcess } from "../testbed/processes.ts";
import { webhookConfigurations } from "../testbed/webhook-configurations.ts";
import { PATIENCE_MS } from "./cluster-policies.ts";
import { verdictOf } from "./kubectl-verdict.ts";

// The manager as the image has it, seeing nothing but the image, asked by a real API server.

const skipped = whyNoControlPlane();
if (skipped !== undefined) console.log(`the image against a real API server: ${skipped}`);

describe.skipIf(skipped !== undefined)("the image, against a real API server", { timeout: 120_000 }, () => {
  let plane: ControlPlane;
  let image: Image;
  let manager: TestProcess | undefined;

  beforeAll(async () => {
    image = makeImage();
    plane = await startControlPlane();
    await installKinds(plane);
  }, 180_000);

  afterAll(async () => {
    await manager?.stop(10_000);
    await plane?.stop();
    image?.remove();
  }, 60_000);

  it("starts with Gatekeeper's flags, becomes ready and refuses what a constraint forbids", async () => {
    const [port = 0, health = 0, metrics = 0] = await freePorts(3);
    const certs = await certificatesAndKubeconfig();
    const folder = image.isolated ? "/certs" : certs;
    await apply(plane, [POD]);
    const started = performance.now();
    manager = image.start(
      "manager",
      [
        ...image.entrypoint,
        `--port=${port}`,
        `--health-addr=127.0.0.1:${health}`,
        `--prometheus-port=${metrics}`,
        `--cert-dir=${folder}`,
        "--disable-cert-rotation",
        `--kubeconfig=${folder}/kubeconfig`,
        // Processes and threads of its own: they need what the image has, too.
        "--shards=2",
        "--audit-interval=1",
        "--logtostderr",
        "--exempt-namespace=gatekeeper-system",
        "--disable-opa-builtin={http.send}",
      ],
      { certs, env: { POD_NAME: POD.metadata.name, POD_NAMESPACE: OWN_NAMESPACE } },
    );
    await untilReady(manager, async () => (await statusOf(health, "/readyz")) === 200);
    const seconds = ((performance.now() - started) / 1000).toFixed(2);
    expect(await statusOf(health, "/healthz")).toBe(200);
    console.log(`ready after ${seconds} s, ${residentMiB(manager)} MiB resident, and two shards`);

    const ca = readFileSync(join(certs, "ca.crt"), "utf8");
    await apply(plane, webhookConfigurations({ url: `https://127.0.0.1:${port}`, ca }));
    await apply(plane, [TEMPLATE]);
    const kind = "crd/nonamesake.constraints.gatekeeper.sh";
    await expect
      .poll(async () => (await plane.kubectl(["get", kind])).code, { timeout: PATIENCE_MS })
      .toBe(0);
    await kubectl(plane, ["wait", "--for=condition=Established", kind, "--timeout=30s"]);
    await apply(plane, [CONSTRAINT]);
    for (const name of ["constrainttemplate/nonamesake", "nonamesake/nothing-forbidden"])
      await kubectl(plane, ["wait", "--for=condition=Ready", name, "--timeout=30s"]);
    const verdict = async () =>
      verdictOf(await plane.kubectl(["create", "configmap", "forbidden", "--dry-run=server"])).lines;
    await expect
      .poll(verdict, { timeout: PATIENCE_MS, interval: 100 })
      .toEqual(["[nothing-forbidden] the name forbidden is forbidden"]);
    const audited = () =>
      kubectl(plane, ["get", "nonamesake/nothing-forbidden", "-o", "jsonpath={.status.auditTimestamp}"]);
    await expect.poll(audited, { timeout: PATIENCE_MS, interval: 200 }).toMatch(/^\d{4}-/);
  });

  /** What a Pod would find mounted, with the kubeconfig besides. */
  async function certificatesAndKubeconfig(): Promise<string> {
    const folder = join(plane.folder, "certs");
    mkdirSync(folder);
    await servingCertificate(folder, { hosts: ["localhost", "127.0.0.1"], now: new Date() });
    const config = {
      clusters: [
        {
          name: "c",
          cluster: {
            server: plane.server,
            "certificate-authority-data": Buffer.from(plane.ca).toString("base64"),
          },
        },
      ],
      users: [{ name: "u", user: { token: plane.token } }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    };
    writeFileSync(join(folder, "kubeconfig"), JSON.stringify(config));
    return folder;
  }
});

const POD = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "gatekeeper-in-its-image", namespace: OWN_NAMESPACE },
  spec: { containers: [{ name: "manager", image: "portcullis" }] },
};

const TEMPLATE: PlainObject = {
  apiVersion: "templates.gatekeeper.sh/v1",
  kind: "ConstraintTemplate",
  metadata: { name: "nonamesake" },
  spec: {
    crd: { spec: { names: { kind: "NoNamesake" } } },
    targets: [
      {
        target: "admission.k8s.gatekeeper.sh",
        rego: `package nonamesake
violation[{"msg": msg}] {
  input.review.object.metadata.name == "forbidden"
  msg := sprintf("the name %v is forbidden", [input.review.object.metadata.name])
}`,
      },
    ],
  },
};

const CONSTRAINT: PlainObject = {
  apiVersion: "constraints.gatekeeper.sh/v1beta1",
  kind: "NoNamesake",
  metadata: { name: "nothing-forbidden" },
  spec: { match: { kinds: [{ apiGroups: [""], kinds: ["ConfigMap"] }] } },
};

function residentMiB({ pid }: TestProcess): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
