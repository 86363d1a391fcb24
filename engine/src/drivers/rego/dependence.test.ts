import { describe, expect, it } from "vitest";
import { createClient } from "../../create-client.ts";
import { constraint, template } from "../../testing/index.ts";

function dependenceOf(body: string, libs: readonly string[] = []): string | undefined {
  const client = createClient();
  const added = client.addTemplate(
    template("KA", `package x\nviolation[{"msg": "no"}] { ${body} }`, { libs }),
  );
  if (!added.ok) throw new Error(added.error.message);
  return client.templates()[0]?.dependsOn;
}

it.each([
  ["input.review.name == input.parameters.name", "object"],
  ["data.inventory.cluster", "inventory"],
  ["x := data.inventory; x.cluster", "inventory"],
  ["count([y | y := data.inventory.namespace[_][_][_][_]]) > 0", "inventory"],
  ["not data.inventory.cluster", "inventory"],
  ["time.now_ns() > 5", "world"],
  ['data.inventory.cluster; rand.intn("x", 5) == 1', "world"],
  ['rand.intn("x", 5) == 1; data.inventory.cluster', "world"],
  ['http.send({"method": "get", "url": "x"}).status_code == 200', "world"],
  ['io.jwt.decode_verify("x", {})[0]', "world"],
  ['crypto.x509.parse_and_verify_certificates("x")[0]', "world"],
  ["data.lib.a.f(1) == 2", "object"],
])("what `%s` depends on: %s", (body, expected) => {
  expect(dependenceOf(body, ["package lib.a\nf(x) = y { y := x + 1 }"])).toBe(expected);
});

it("counts what libraries read", () => {
  expect(dependenceOf("data.lib.a.f(1) == 2", ["package lib.a\nf(_) = count(data.inventory.cluster)"])).toBe(
    "inventory",
  );
});

it.each([
  ["data.inventory.cluster.v1.Namespace[_].x", { groupVersion: "v1", kind: "Namespace" }],
  [
    'data.inventory.namespace[_]["networking.k8s.io/v1"].Ingress[_]',
    { groupVersion: "networking.k8s.io/v1", kind: "Ingress" },
  ],
  ["data.inventory.namespace.a[_].Ingress", { kind: "Ingress" }],
  ["data.inventory.namespace[_].v1[_].x", { groupVersion: "v1" }],
  ["data.inventory.namespace[_].v1", { groupVersion: "v1" }],
  ["data.inventory.namespace.a", {}],
  ["data.inventory[_].v1.Pod", {}],
  ["x := data.inventory; x.cluster.v1.Pod", {}],
])("what `%s` reads: %j", (body, expected) => {
  const client = createClient();
  client.addTemplate(template("KA", `package x\nviolation[{"msg": "no"}] { ${body} }`));
  client.addConstraint(constraint("KA", "c"));
  expect(client.inventoryReads({ group: "", kind: "Pod" }, "audit.gatekeeper.sh")).toEqual([expected]);
});

it("reads what each template reads that can match", () => {
  const client = createClient();
  for (const [name, kind] of [
    ["KA", "Pod"],
    ["KB", "Service"],
    ["KC", "Ingress"],
  ] as const) {
    client.addTemplate(
      template(name, `package x\nviolation[{"msg": "no"}] { data.inventory.cluster.v1.${kind}.a }`),
    );
  }
  client.addConstraint(constraint("KA", "c"));
  client.addConstraint(constraint("KB", "c"));
  client.addConstraint(
    constraint("KC", "c", { match: { kinds: [{ apiGroups: ["*"], kinds: ["Secret"] }] } }),
  );
  const reads = client.inventoryReads({ group: "", kind: "Pod" }, "audit.gatekeeper.sh");
  expect(reads.map(({ kind }) => kind)).toEqual(["Pod", "Service"]);
});

describe("what the verdict on a kind depends on", () => {
  const client = createClient();
  client.addTemplate(template("KPure", 'package x\nviolation[{"msg": "no"}] { true }'));
  client.addTemplate(template("KData", 'package x\nviolation[{"msg": "no"}] { data.inventory.cluster }'));
  client.addConstraint(
    constraint("KPure", "pods", { match: { kinds: [{ apiGroups: [""], kinds: ["Pod", "Service"] }] } }),
  );
  client.addConstraint(
    constraint("KData", "services", { match: { kinds: [{ apiGroups: ["*"], kinds: ["Service"] }] } }),
  );
  client.addConstraint(
    constraint("KData", "webhook", {
      match: { kinds: [{ apiGroups: [""], kinds: ["ConfigMap"] }] },
      enforcementAction: "scoped",
      scopedEnforcementActions: [
        { action: "deny", enforcementPoints: [{ name: "validation.gatekeeper.sh" }] },
      ],
    }),
  );

  it.each([
    ["", "Pod", "object"],
    ["", "Service", "inventory"],
    ["serving.knative.dev", "Service", "inventory"],
    ["other", "Pod", "nothing"],
    ["", "Secret", "nothing"],
    ["", "ConfigMap", "nothing"],
  ])("%s %s: %s", (group, kind, expected) => {
    expect(client.dependence({ group, kind }, "audit.gatekeeper.sh")).toBe(expected);
  });

  it("is told for each enforcement point", () => {
    expect(client.dependence({ group: "", kind: "ConfigMap" }, "validation.gatekeeper.sh")).toBe("inventory");
  });
});
