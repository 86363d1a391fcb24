import type { PlainObject } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { podRequest, testApp } from "../testing/test-app.ts";
import type { AdmissionAnswer, TestAppOptions } from "../testing/test-app.ts";

const ownerLabel: PlainObject = {
  apiVersion: "mutations.gatekeeper.sh/v1",
  kind: "AssignMetadata",
  metadata: { name: "owner" },
  spec: { location: "metadata.labels.owner", parameters: { assign: { value: "platform" } } },
};
const assign = (name: string, location: string, value: PlainObject[string], match: PlainObject = {}) => ({
  apiVersion: "mutations.gatekeeper.sh/v1",
  kind: "Assign",
  metadata: { name },
  spec: {
    applyTo: [{ groups: [""], versions: ["v1"], kinds: ["Pod"] }],
    location,
    match,
    parameters: { assign: { value } },
  },
});

const send = (request: PlainObject, options: TestAppOptions = { mutators: [ownerLabel] }) =>
  testApp(options).send(request, "/v1/mutate");

function patchOf({ patch }: AdmissionAnswer): unknown {
  return JSON.parse(Buffer.from(patch ?? "", "base64").toString());
}

describe("/v1/mutate", () => {
  it("answers a JSON Patch, and leaves the namespace to the API server", async () => {
    const object = { apiVersion: "v1", kind: "Pod", metadata: { name: "web" } };
    const answer = await send(podRequest({ object }));
    expect(answer).toMatchObject({ allowed: true, patchType: "JSONPatch", status: { code: 200 } });
    expect(patchOf(answer)).toEqual([{ op: "add", path: "/metadata/labels", value: { owner: "platform" } }]);
  });

  it("matches by the request's namespace where the object names none", async () => {
    const object = { apiVersion: "v1", kind: "Pod", metadata: { name: "web" }, spec: {} };
    const mutators = [assign("priority", "spec.priority", 7, { namespaces: ["shop"] })];
    expect(patchOf(await send(podRequest({ object }), { mutators }))).toEqual([
      { op: "add", path: "/spec/priority", value: 7 },
    ]);
  });

  it.for<[string, PlainObject]>([
    ["Mutating only on create or update", podRequest({ operation: "DELETE" })],
    ["Mutating only on create or update", podRequest({ operation: "CONNECT" })],
    [
      "Not mutating gatekeeper resources",
      podRequest({ kind: { group: "constraints.gatekeeper.sh", version: "v1beta1", kind: "K8sX" } }),
    ],
    [
      "Gatekeeper does not self-manage",
      podRequest({ userInfo: { username: "system:serviceaccount:gatekeeper-system:gatekeeper-admin" } }),
    ],
    [
      "Resource was not mutated",
      podRequest({ object: { kind: "Pod", metadata: { labels: { owner: "shop" }, namespace: "shop" } } }),
    ],
  ])("%s", async ([message, request]) => {
    const answer = await send(request);
    expect(answer).toMatchObject({ allowed: true, status: { code: 200, message } });
    expect(answer).not.toHaveProperty("patch");
  });

  it("leaves namespaces alone that the Config excludes for mutation-webhook only", async () => {
    const config = { spec: { match: [{ excludedNamespaces: ["shop"], processes: ["mutation-webhook"] }] } };
    const app = testApp({ mutators: [ownerLabel], config });
    const answer = await app.send(podRequest(), "/v1/mutate");
    expect(answer.status.message).toBe("Namespace is set to be ignored by Gatekeeper config");
    expect((await app.send(podRequest())).status).not.toHaveProperty("message");
  });

  it("fails with 500 where a mutator cannot be applied", async () => {
    const object = { apiVersion: "v1", kind: "Pod", metadata: { name: "web" }, spec: "text" };
    const answer = await send(podRequest({ object }), { mutators: [assign("p", "spec.priority", 7)] });
    expect(answer).toMatchObject({ allowed: false, status: { code: 500 } });
    expect(answer.status.message).toContain("mismatch between path entry");
  });

  it("fails with 500 where the Namespace is unknown", async () => {
    const answer = await send(podRequest(), { namespace: () => Promise.resolve(undefined) });
    expect(answer).toMatchObject({ allowed: false, status: { code: 500 } });
  });

  it("a Namespace is its own Namespace", async () => {
    const object = { apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } };
    const kind = { group: "", version: "v1", kind: "Namespace" };
    const answer = await send(podRequest({ kind, object, name: "team", namespace: "team" }));
    expect(patchOf(answer)).toEqual([{ op: "add", path: "/metadata/labels", value: { owner: "platform" } }]);
  });

  it("says in annotations which mutators changed the object, when it is told to", async () => {
    const object = { apiVersion: "v1", kind: "Pod", metadata: { name: "web" }, spec: {} };
    const mutators = [
      ownerLabel,
      { ...assign("b", "spec.priority", 7), metadata: { name: "b", generation: 3 } },
    ];
    const app = testApp({ mutators, options: { mutationAnnotations: true } });
    expect(patchOf(await app.send(podRequest({ object }), "/v1/mutate"))).toContainEqual({
      op: "add",
      path: "/metadata/annotations",
      value: {
        "gatekeeper.sh/mutations": "Assign//b:3, AssignMetadata//owner:0",
        "gatekeeper.sh/mutation-id": expect.any(String),
      },
    });
    const unchanged = {
      kind: "Pod",
      metadata: { labels: { owner: "shop" }, namespace: "shop" },
      spec: { priority: 7 },
    };
    expect(await app.send(podRequest({ object: unchanged }), "/v1/mutate")).not.toHaveProperty("patch");
  });

  it("logs each mutation, when it is told to", async () => {
    const app = testApp({ mutators: [ownerLabel], options: { logMutations: true } });
    const object = { apiVersion: "v1", kind: "Pod", metadata: { name: "web", labels: { a: "b" } } };
    await app.send(podRequest({ object }), "/v1/mutate");
    expect(app.logged).toEqual([
      {
        message: "Mutation applied",
        fields: expect.objectContaining({
          event_type: "mutation_applied",
          process: "mutation",
          resource_kind: "Pod",
          resource_name: "web",
          resource_labels: { a: "b" },
          iteration_0: "AssignMetadata//owner:0",
        }),
      },
    ]);
  });
});
