import { connectToCluster, createKubeApi } from "@portcullis/engine/cluster";
import type { KubeApi } from "@portcullis/engine/cluster";
import type { PlainObject } from "@portcullis/interpreter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startControlPlane, whyNoControlPlane } from "../testbed/control-plane.ts";
import type { ControlPlane } from "../testbed/control-plane.ts";
import { installKinds, startManager } from "../testbed/manager.ts";
import type { Manager } from "../testbed/manager.ts";
import { ClusterPolicies } from "./cluster-policies.ts";
import { verdictOf } from "./kubectl-verdict.ts";
import { BAD_RESOURCES, GOOD_TEMPLATE } from "./own-resources.ts";

// Gatekeeper's own kinds, as a user applies them: what is wrong is refused with Gatekeeper's words. MANAGER_BIN puts the real
// one in our place.

const skipped = whyNoControlPlane();
if (skipped !== undefined) console.log(`self-validation against a real API server: ${skipped}`);

const brokenTemplate = (name: string, rego: string): PlainObject => ({
  apiVersion: "templates.gatekeeper.sh/v1",
  kind: "ConstraintTemplate",
  metadata: { name: name.toLowerCase() },
  spec: {
    crd: { spec: { names: { kind: name } } },
    targets: [{ target: "admission.k8s.gatekeeper.sh", rego }],
  },
});

describe.skipIf(skipped !== undefined)("self-validation", { timeout: 60_000 }, () => {
  let plane: ControlPlane;
  let manager: Manager | undefined;
  let api: KubeApi;

  beforeAll(async () => {
    plane = await startControlPlane();
    api = createKubeApi({ connection: await connectToCluster({ kubeconfig: plane.kubeconfig }) });
    await installKinds(plane);
    manager = await startManager(plane, { flags: ["--audit-interval=0", "--exempt-namespace=free"] });
    const policies = new ClusterPolicies(plane, api);
    await policies.apply(GOOD_TEMPLATE);
    await policies.apply({
      apiVersion: "constraints.gatekeeper.sh/v1beta1",
      kind: "K8sGood",
      metadata: { name: "good" },
    });
    await policies.settled();
  }, 180_000);

  afterAll(async () => {
    await manager?.stop();
    await api?.close();
    await plane?.stop();
  }, 60_000);

  const create = async (object: PlainObject) =>
    verdictOf(await plane.kubectl(["create", "--dry-run=server", "-f", "-"], JSON.stringify(object)));

  it.each(BAD_RESOURCES.map((row) => [row.what, row] as const))("refuses %s", async (_what, row) => {
    const { lines } = await create(row.object);
    expect(lines.join("\n").trim()).toBe(row.says.trim());
  });

  describe.skipIf(process.env["MANAGER_BIN"])(
    "beyond Gatekeeper: a template whose Rego does not compile",
    () => {
      it("is refused, with line and caret", async () => {
        const rego = 'package k8sx\n\nviolation[{"msg": msg}] {\n  msg := undefined_thing\n}\n';
        const { verdict, stderr } = await create(brokenTemplate("K8sX", rego));
        expect(verdict).toBe("deny");
        expect(stderr).toContain(
          "spec.targets.0.rego:4:3: rego_unsafe_var_error: var undefined_thing is unsafe",
        );
        expect(stderr).toContain("4 |   msg := undefined_thing\n  |   ^");
      });

      it("that calls external data is refused: nobody would answer it", async () => {
        const rego =
          'package k8sx\nviolation[{"msg": msg}] {\n  r := external_data({"provider": "p", "keys": ["k"]})\n  msg := r.system_error\n}\n';
        const { verdict, stderr } = await create(brokenTemplate("K8sX", rego));
        expect(verdict).toBe("deny");
        expect(stderr).toContain("undefined function external_data");
      });
    },
  );

  it("lets a deletion of a whole collection through, and any deletion", async () => {
    const all = await plane.kubectl([
      "delete",
      "--raw",
      "/apis/mutations.gatekeeper.sh/v1/assign?dryRun=All",
    ]);
    expect(all).toMatchObject({ code: 0 });
  });

  describe("the ignore label", () => {
    const namespace = (name: string): PlainObject => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, labels: { "admission.gatekeeper.sh/ignore": "yes" } },
    });

    it("may be carried by a namespace that the flags name, and by no other", async () => {
      expect(await create(namespace("free"))).toMatchObject({ verdict: "allow" });
      const refused = await create(namespace("others"));
      expect(refused.lines).toEqual([
        "Only exempt namespace can have the admission.gatekeeper.sh/ignore label",
      ]);
    });
  });
});
