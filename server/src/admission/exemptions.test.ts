import { describe, expect, it } from "vitest";
import { podRequest, testApp, violation } from "../testing/test-app.ts";

const denying = { review: () => ({ results: [violation("c", "no")], errors: [] }) };
const excluding = (...namespaces: string[]) => ({
  config: { spec: { match: [{ excludedNamespaces: namespaces, processes: ["webhook"] }] } },
});

describe("exempt from review", () => {
  it("is Gatekeeper's own service account", async () => {
    const request = podRequest({
      userInfo: { username: "system:serviceaccount:gatekeeper-system:gatekeeper-admin" },
    });
    expect(await testApp(denying).send(request)).toMatchObject({
      allowed: true,
      status: { code: 200, message: "Gatekeeper does not self-manage" },
    });
  });

  it.each([["shop"], ["sh*"], ["*"]])("is a namespace that the Config excludes as %s", async (pattern) => {
    expect(await testApp({ ...denying, ...excluding(pattern) }).send(podRequest())).toMatchObject({
      allowed: true,
      status: { message: "Namespace is set to be ignored by Gatekeeper config" },
    });
  });

  it("is a Namespace object that is excluded by its own name", async () => {
    const object = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } };
    const request = podRequest({
      kind: { group: "", version: "v1", kind: "Namespace" },
      object,
      namespace: "shop",
    });
    expect((await testApp({ ...denying, ...excluding("shop") }).send(request)).allowed).toBe(true);
  });

  it("is not a namespace of another name or another process", async () => {
    expect((await testApp({ ...denying, ...excluding("other") }).send(podRequest())).allowed).toBe(false);
    const config = { spec: { match: [{ excludedNamespaces: ["shop"], processes: ["audit"] }] } };
    expect((await testApp({ ...denying, config }).send(podRequest())).allowed).toBe(false);
  });

  it("counts the request's namespace where the object names none", async () => {
    const request = podRequest({ object: { apiVersion: "v1", kind: "Pod", metadata: { name: "web" } } });
    expect((await testApp({ ...denying, ...excluding("shop") }).send(request)).allowed).toBe(true);
  });
});

describe("/v1/admitlabel", () => {
  const label = (name: string, labels: Record<string, string>, over = {}) =>
    podRequest({
      kind: { group: "", version: "v1", kind: "Namespace" },
      object: { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } },
      ...over,
    });
  const ignore = { "admission.gatekeeper.sh/ignore": "" };
  const { send } = testApp({
    options: {
      exemptNamespaces: ["kube-system"],
      exemptNamespacePrefixes: ["dev-"],
      exemptNamespaceSuffixes: ["-ci"],
    },
  });

  it.each([
    ["the label on an exempt namespace", label("kube-system", ignore), true, "is allowed to set"],
    ["the label with an exempt prefix", label("dev-1", ignore), true, "is allowed to set"],
    ["the label with an exempt suffix", label("my-ci", ignore), true, "is allowed to set"],
    ["the label elsewhere", label("prod", ignore), false, "Only exempt namespace can have the"],
    ["no label", label("prod", {}), true, "Namespace is not setting the"],
    ["a deletion", label("prod", ignore, { operation: "DELETE" }), true, "Delete is always allowed"],
    ["another kind", podRequest(), true, "Not a namespace"],
    ["nothing to read", label("prod", {}, { object: null }), false, "while deserializing resource"],
  ])("%s", async (_, request, allowed, message) => {
    const answer = await send(request, "/v1/admitlabel");
    expect(answer.allowed).toBe(allowed);
    expect(answer.status.message).toContain(message);
  });
});
