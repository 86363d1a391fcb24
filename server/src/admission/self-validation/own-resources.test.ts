import { createClient } from "@portcullis/engine";
import { describe, expect, it } from "vitest";
import type { AdmissionOptions } from "../policies.ts";
import { podRequest, testApp } from "../../testing/test-app.ts";

const own = (group: string, kind: string, object: object, over = {}) =>
  podRequest({
    kind: { group: `${group}.gatekeeper.sh`, version: "v1", kind },
    name: "x",
    object: { metadata: { name: "x" }, ...object } as never,
    ...over,
  });
const refusing = {
  ok: false,
  error: { code: "invalid_template", message: "bad shape", retryable: false },
} as const;

describe("own resources", () => {
  it("a template that makes no CRD is refused with 422", async () => {
    const { send } = testApp({ client: { validateTemplate: () => refusing } });
    const answer = await send(own("templates", "ConstraintTemplate", {}));
    expect(answer).toMatchObject({ allowed: false, status: { code: 422, message: "bad shape" } });
    expect(answer.status).not.toHaveProperty("reason");
  });

  describe("a template whose Rego does not compile", () => {
    const rego = 'package k8sx\n\nviolation[{"msg": msg}] {\n  msg := undefined_thing\n}\n';
    const broken = {
      apiVersion: "templates.gatekeeper.sh/v1",
      kind: "ConstraintTemplate",
      metadata: { name: "k8sx" },
      spec: {
        crd: { spec: { names: { kind: "K8sX" } } },
        targets: [{ target: "admission.k8s.gatekeeper.sh", rego }],
      },
    };
    const send = (over: object, options: AdmissionOptions) => {
      const client = createClient();
      const compile = client.compileTemplate.bind(client);
      return testApp({ client: { compileTemplate: compile }, options }).send(
        own("templates", "ConstraintTemplate", broken, { name: "k8sx", ...over }),
      );
    };

    it("is refused with line and caret when that is asked for", async () => {
      const { allowed, status } = await send({}, { refuseBrokenTemplates: true });
      expect([allowed, status.code]).toEqual([false, 422]);
      expect(status.message).toContain("spec.targets.0.rego:4:3: rego_unsafe_var_error: ");
      expect(status.message).toContain("4 |   msg := undefined_thing\n  |   ^");
    });

    it.each<[string, object, AdmissionOptions]>([
      ["by default, as in Gatekeeper", {}, {}],
      ["when it is deleted", { operation: "DELETE", oldObject: broken }, { refuseBrokenTemplates: true }],
      ["when its spec stays", { operation: "UPDATE", oldObject: broken }, { refuseBrokenTemplates: true }],
    ])("is let through %s", async (_when, over, options) => {
      expect((await send(over, options)).allowed).toBe(true);
    });
  });

  it("`*` beside other operations is refused", async () => {
    const spec = { targets: [{ operations: ["*", "CREATE"] }] };
    expect((await testApp().send(own("templates", "ConstraintTemplate", { spec }))).status).toMatchObject({
      code: 500,
      message: "if '*' is present, must not specify other operations",
    });
  });

  it("a constraint that does not fit its template is refused with 422", async () => {
    const { send } = testApp({ client: { validateConstraint: () => refusing } });
    expect((await send(own("constraints", "K8sX", {}))).status.code).toBe(422);
  });

  describe("a constraint whose template is not loaded", () => {
    const missing = {
      ok: false,
      error: { code: "unknown_template", message: "no template", retryable: false },
    } as const;
    const early = (options: AdmissionOptions, over = {}) =>
      testApp({ client: { validateConstraint: () => missing }, options }).send(
        own("constraints", "K8sX", {
          apiVersion: "constraints.gatekeeper.sh/v1beta1",
          kind: "K8sX",
          metadata: { name: "x" },
          ...over,
        }),
      );

    it("is refused by default, as in Gatekeeper", async () => {
      expect((await early({})).status).toMatchObject({ code: 422, message: "no template" });
    });

    it("is admitted with a warning when that is asked for", async () => {
      expect(await early({ admitEarlyConstraints: true })).toMatchObject({
        allowed: true,
        status: { code: 299 },
        warnings: ["K8sX x is not enforced yet: its ConstraintTemplate k8sx is not loaded"],
      });
    });

    it("must have a known action all the same", async () => {
      const { allowed } = await early({ admitEarlyConstraints: true }, { spec: { enforcementAction: "x" } });
      expect(allowed).toBe(false);
    });
  });

  const odd = own("constraints", "K8sX", { spec: { enforcementAction: "warning" } });

  it("an unknown enforcement action is refused", async () => {
    expect((await testApp().send(odd)).status).toMatchObject({
      code: 422,
      message: expect.stringContaining(
        'unrecognized enforcementAction: "warning" is not within the supported list',
      ),
    });
  });

  it("an unknown enforcement action passes when the check is off", async () => {
    expect((await testApp({ options: { disableEnforcementActionValidation: true } }).send(odd)).allowed).toBe(
      true,
    );
  });

  it("a mutator that could not run is refused with 422", async () => {
    const spec = { location: "spec.x", parameters: { assign: { value: "v" } } };
    const answer = await testApp().send(
      own("mutations", "AssignMetadata", {
        apiVersion: "mutations.gatekeeper.sh/v1",
        kind: "AssignMetadata",
        spec,
      }),
    );
    expect(answer).toMatchObject({ allowed: false, status: { code: 422 } });
    expect(answer.status.message).toContain("metadata");
  });

  it("an ExpansionTemplate that says too little is refused with 422", async () => {
    const answer = await testApp().send(
      own("expansion", "ExpansionTemplate", { apiVersion: "expansion.gatekeeper.sh/v1beta1" }),
    );
    expect(answer.status).toMatchObject({ code: 422, message: "ExpansionTemplate x has empty source field" });
  });

  it("a Config must be named config", async () => {
    expect((await testApp().send(own("config", "Config", {}))).status).toMatchObject({
      code: 422,
      message: "config resource must have name 'config'",
    });
    expect((await testApp().send(own("config", "Config", { metadata: { name: "config" } }))).allowed).toBe(
      true,
    );
  });

  it("names of more than 63 bytes are refused, status objects excepted", async () => {
    const metadata = { name: "n".repeat(64) };
    expect((await testApp().send(own("mutations", "Assign", { metadata }))).status).toMatchObject({
      code: 500,
      message: "resource cannot have metadata.name larger than 63 char; length: 64",
    });
    expect((await testApp().send(own("status", "ConfigPodStatus", { metadata }))).allowed).toBe(true);
  });

  it("a deletion is checked on the old object; that of a collection passes", async () => {
    const over = { operation: "DELETE", object: null, oldObject: { metadata: { name: "y" } } };
    expect((await testApp().send(own("config", "Config", {}, over))).status.code).toBe(422);
    expect((await testApp().send(own("config", "Config", {}, { ...over, name: "" }))).allowed).toBe(true);
  });

  it("groups that Gatekeeper does not check pass", async () => {
    expect(
      (await testApp().send(own("syncset", "SyncSet", { metadata: { name: "n".repeat(99) } }))).allowed,
    ).toBe(true);
  });
});
