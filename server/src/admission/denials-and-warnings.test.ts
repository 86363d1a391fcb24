import { describe, expect, it } from "vitest";
import { podRequest, testApp, violation } from "../testing/test-app.ts";

const answers = (...results: ReturnType<typeof violation>[]) => ({ review: () => ({ results, errors: [] }) });

describe("the answer to a review", () => {
  it("is 200 when nothing is violated", async () => {
    const answer = await testApp().send(podRequest());
    expect(answer).toEqual({ uid: "u-1", allowed: true, status: { metadata: {}, code: 200 } });
  });

  it("is 403 with a line for each denial, in the engine's order", async () => {
    const { send } = testApp(answers(violation("b", "two"), violation("a", "one")));
    expect(await send(podRequest())).toEqual({
      uid: "u-1",
      allowed: false,
      status: { metadata: {}, code: 403, reason: "Forbidden", message: "[b] two\n[a] one" },
    });
  });

  it("is 299 with warnings when nothing denies", async () => {
    const answer = await testApp(answers(violation("w", "careful", ["warn"]))).send(podRequest());
    expect(answer).toMatchObject({ allowed: true, status: { code: 299 }, warnings: ["[w] careful"] });
  });

  it("carries warnings beside denials, and both for a scoped result that asks for both", async () => {
    const { send } = testApp(
      answers(violation("s", "both", ["deny", "warn"]), violation("d", "silent", ["dryrun"])),
    );
    expect(await send(podRequest())).toMatchObject({
      allowed: false,
      status: { code: 403, message: "[s] both" },
      warnings: ["[s] both"],
    });
  });

  it("says nothing of dryrun and unknown actions", async () => {
    const { send } = testApp(answers(violation("d", "x", ["dryrun"]), violation("u", "y", ["warning"])));
    expect(await send(podRequest())).toMatchObject({ allowed: true, status: { code: 200 } });
  });

  it("is 500 when something could not be judged, whatever else was found", async () => {
    const errors = [{ code: "evaluation_failed", message: "out of time", retryable: true }] as const;
    const { send } = testApp({ review: () => ({ results: [violation("w", "x", ["warn"])], errors }) });
    expect(await send(podRequest())).toMatchObject({
      allowed: false,
      status: { code: 500, message: "out of time" },
    });
  });

  it("is 500 when the engine has a bug", async () => {
    const { send, logged } = testApp({
      review: () => {
        throw new Error("oh no");
      },
    });
    expect(await send(podRequest())).toMatchObject({
      allowed: false,
      uid: "u-1",
      status: { code: 500, message: "panic: oh no [recovered]" },
    });
    expect(logged).toHaveLength(1);
  });
});

describe("the review that the engine is asked", () => {
  it("has the Namespace of the request", async () => {
    const { send, reviews } = testApp();
    await send(podRequest());
    expect(reviews[0]).toMatchObject({ namespace: { metadata: { name: "shop" } }, source: "Original" });
  });

  it("is 500 when the Namespace cannot be found", async () => {
    const { send } = testApp({ namespace: () => Promise.resolve(undefined) });
    expect((await send(podRequest())).status).toMatchObject({
      code: 500,
      message: expect.stringContaining("shop"),
    });
  });

  it("has no namespace for a Namespace", async () => {
    const { send, reviews } = testApp();
    await send(podRequest({ kind: { group: "", version: "v1", kind: "Namespace" }, namespace: "shop" }));
    expect(reviews[0]?.request).not.toHaveProperty("namespace");
    expect(reviews[0]).not.toHaveProperty("namespace");
  });
});

describe("--log-denies", () => {
  it("writes Gatekeeper's line for each violation with a known action", async () => {
    const { send, logged } = testApp({
      ...answers(violation("c", "bad"), violation("u", "y", ["warning"])),
      options: { logDenies: true },
    });
    await send(podRequest());
    expect(logged).toHaveLength(1);
    expect(logged[0]?.message).toBe("denied admission: bad");
    expect(logged[0]?.fields).toEqual({
      logger: "webhook",
      hookType: "validation",
      semantic: true,
      process: "admission",
      details: {},
      event_type: "violation",
      constraint_name: "c",
      constraint_group: "constraints.gatekeeper.sh",
      constraint_api_version: "v1beta1",
      constraint_kind: "K8sTest",
      constraint_action: "deny",
      constraint_enforcement_actions: null,
      resource_group: "",
      resource_api_version: "v1",
      resource_kind: "Pod",
      resource_namespace: "shop",
      resource_name: "web",
      request_username: "ann",
    });
  });
});
