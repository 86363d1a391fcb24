import type { PlainObject } from "@portcullis/interpreter";
import fc from "fast-check";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../test-data.ts";
import { reviewOf, webhook } from "../webhook.ts";

// The webhook's answer is well formed, and never a fault of ours, whatever stands in the place of an object's field.

const server = webhook({ logDenies: false });
const user = { username: "kubernetes-admin" };

const value = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  fc.constantFrom<unknown>(
    null,
    "",
    0,
    -0.5,
    1e300,
    12345678901234567000,
    [],
    {},
    [[]],
    "__proto__",
    "\u0000",
  ),
);
const key = fc.oneof(
  fc.constantFrom("name", "labels", "containers", "image", "__proto__", "constructor", ""),
  fc.string(),
);
const spec = fc.oneof(
  value,
  fc.record({
    containers: fc.oneof(
      value,
      fc.array(fc.dictionary(fc.constantFrom("name", "image", "securityContext"), value)),
    ),
    rules: value,
  }),
);
const object = fc
  .record({
    kind: fc.constantFrom(
      "Pod",
      "Namespace",
      "Ingress",
      "Deployment",
      "ConstraintTemplate",
      "K8sNoPrivileged",
      "Config",
    ),
    apiVersion: fc.constantFrom(
      "v1",
      "apps/v1",
      "networking.k8s.io/v1",
      "templates.gatekeeper.sh/v1",
      "constraints.gatekeeper.sh/v1beta1",
      "config.gatekeeper.sh/v1alpha1",
    ),
    metadata: fc.oneof(
      value,
      fc.dictionary(fc.oneof(key, fc.constant("namespace")), value),
      fc.constant({ name: "x" }),
    ),
    spec,
  })
  .map((made) => made as unknown as PlainObject);
const operation = fc.constantFrom("CREATE", "UPDATE", "DELETE", "CONNECT", "", "create");

describe("any object in an AdmissionReview", () => {
  it("gets a verdict or a refusal", async () => {
    expect(await server.load([join(repositoryRoot, "examples")])).toEqual([]);
    await fc.assert(
      fc.asyncProperty(object, operation, fc.boolean(), async (made, what, hasObject) => {
        const review = reviewOf(made, what, user);
        const request = { ...(review["request"] as PlainObject), ...(hasObject ? {} : { object: null }) };
        const answer = await server.post({ ...review, request });
        expect(answer).toMatchObject({ uid: "test", status: { code: expect.any(Number) } });
        expect(answer.allowed).toBe(answer.status.code < 300);
        expect(answer.status.message ?? "").not.toContain("panic");
      }),
      { numRuns: 1000, seed: 1 },
    );
  });
});
