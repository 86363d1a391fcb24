import { parseJson, writeJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { namespace, pod } from "../testing/index.ts";
import { reviewInput } from "./review-input.ts";
import { reviewOfObject } from "./review-of-object.ts";
import type { Review } from "../reviews/review.ts";

const nowhere = (): undefined => undefined;

function inputOf(review: Review): PlainObject {
  const input = reviewInput(review, nowhere);
  if (!input.ok) throw new Error(input.error.message);
  return input.value.review;
}

describe("input.review", () => {
  it("holds what an object alone tells, with every key that is always there", () => {
    const object = pod("web");
    expect(inputOf(reviewOfObject(object))).toEqual({
      uid: "",
      kind: { group: "", version: "v1", kind: "Pod" },
      resource: { group: "", version: "", resource: "" },
      name: "web",
      namespace: "default",
      operation: "",
      userInfo: {},
      object,
      oldObject: null,
      options: null,
      namespaceObject: {},
    });
  });

  it("shows of the Namespace its metadata, spec and status", () => {
    const review = reviewOfObject(pod("web"), { namespace: namespace("default", { a: "b" }) });
    expect(inputOf(review)["namespaceObject"]).toEqual({
      metadata: { name: "default", labels: { a: "b" } },
      spec: {},
      status: {},
    });
  });

  it("does not show a Namespace that is for matching alone", () => {
    const review = reviewOfObject(pod("web"), { matchNamespace: namespace("default") });
    expect(inputOf(review)["namespaceObject"]).toEqual({});
  });

  it("puts the old object in the place of the object on DELETE", () => {
    const old = pod("web");
    const review: Review = {
      request: { operation: "DELETE", object: null, oldObject: old },
      source: "Original",
    };
    expect(inputOf(review)).toMatchObject({ object: old, oldObject: old });
  });

  it("refuses a DELETE without the old object", () => {
    const input = reviewInput({ request: { operation: "DELETE" }, source: "Original" }, nowhere);
    expect(input).toMatchObject({
      ok: false,
      error: { message: "oldObject cannot be nil for DELETE operations" },
    });
  });

  it("keeps what the request says and leaves out what it has not", () => {
    const request = {
      uid: "u1",
      kind: { group: "", version: "v1", kind: "Pod" },
      operation: "CREATE",
      userInfo: { username: "ann" },
      dryRun: false,
      subResource: "",
      object: pod("web"),
    };
    const input = inputOf({ request, source: "Original" });
    expect(input).toMatchObject({
      uid: "u1",
      operation: "CREATE",
      userInfo: { username: "ann" },
      dryRun: false,
    });
    expect(Object.keys(input)).not.toContain("subResource");
  });

  it("shows of kinds, resources and users the fields that Kubernetes gives them", () => {
    const request = {
      kind: { version: "v1", kind: "Pod", other: 1 },
      requestResource: { resource: "pods", other: 1 },
      userInfo: { username: "ann", uid: "", groups: ["a"], extra: {}, other: 1 },
      object: pod("web"),
      other: 1,
    };
    const input = inputOf({ request, source: "Original" });
    expect(input).toMatchObject({
      kind: { group: "", version: "v1", kind: "Pod" },
      resource: { group: "", version: "", resource: "" },
      requestResource: { group: "", version: "", resource: "pods" },
      userInfo: { username: "ann", groups: ["a"] },
    });
    expect(Object.keys(input["userInfo"] as PlainObject)).toEqual(["username", "groups"]);
    expect(Object.keys(input["kind"] as PlainObject)).toEqual(["group", "version", "kind"]);
    expect(Object.keys(input)).not.toContain("other");
  });

  it("has no namespace for a Namespace", () => {
    const request = {
      kind: { group: "", version: "v1", kind: "Namespace" },
      namespace: "shop",
      operation: "CREATE",
      object: namespace("shop"),
    };
    expect(Object.keys(inputOf({ request, source: "Original" }))).not.toContain("namespace");
  });

  it("holds the very object of the request, its numbers exact", () => {
    const parsed = parseJson('{"a":1000000,"b":9007199254740993,"c":100000000000000000000000}');
    const object = { ...pod("web"), spec: parsed.ok ? parsed.value : null };
    const shown = inputOf(reviewOfObject(object))["object"];
    expect(shown).toBe(object);
    expect(writeJson(object.spec)).toBe('{"a":1000000,"b":9007199254740993,"c":100000000000000000000000}');
  });
});
