import type { PlainObject } from "@portcullis/interpreter";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { namespace, pod } from "../testing/index.ts";
import { Inventory } from "./inventory.ts";

const DEPLOYMENT: PlainObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "shop" },
};

describe("the inventory", () => {
  it("is an empty object before anything is put in", () => {
    expect(new Inventory().snapshot().root).toEqual({ inventory: {} });
  });

  it("puts cluster-scoped objects below cluster and others below their namespace, group and version as one key", () => {
    const inventory = new Inventory();
    inventory.put(namespace("shop"));
    inventory.put(DEPLOYMENT);
    expect(inventory.snapshot().root).toEqual({
      inventory: {
        cluster: { v1: { Namespace: { shop: namespace("shop") } } },
        namespace: { shop: { "apps/v1": { Deployment: { web: DEPLOYMENT } } } },
      },
    });
  });

  it.each([
    [
      "no version",
      { kind: "Pod", metadata: { name: "x" } },
      "invalid request object: resource x has no version",
    ],
    [
      "no kind",
      { apiVersion: "v1", metadata: { name: "x" } },
      "invalid request object: resource x has no kind",
    ],
  ])("refuses an object with %s", (_what, object, message) => {
    expect(new Inventory().put(object)).toMatchObject({
      ok: false,
      error: { code: "invalid_object", message },
    });
  });

  it("takes an object out that is being deleted", () => {
    const inventory = new Inventory();
    inventory.put(DEPLOYMENT);
    inventory.put({
      ...DEPLOYMENT,
      metadata: { name: "web", namespace: "shop", deletionTimestamp: "2026-01-01T00:00:00Z" },
    });
    expect(inventory.snapshot().root).toEqual({ inventory: {} });
  });

  it("takes out all objects of one kind, wherever they are", () => {
    const inventory = new Inventory();
    for (const object of [namespace("shop"), pod("a"), pod("b", { namespace: "shop" }), DEPLOYMENT]) {
      inventory.put(object);
    }
    inventory.wipe({ group: "", version: "v1", kind: "Pod" });
    inventory.wipe({ group: "", version: "v1", kind: "Namespace" });
    expect(inventory.snapshot().root).toEqual({
      inventory: { namespace: { shop: { "apps/v1": { Deployment: { web: DEPLOYMENT } } } } },
    });
    const { revision } = inventory;
    inventory.wipe({ group: "", version: "v1", kind: "Pod" });
    expect(inventory.revision).toBe(revision);
  });

  it("never changes a snapshot it has given out", () => {
    const change = fc.record({
      put: fc.boolean(),
      name: fc.constantFrom("a", "b", "__proto__"),
      space: fc.constantFrom("x", "constructor"),
    });
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const inventory = new Inventory();
        const seen: [PlainObject, string][] = [];
        for (const { put, name, space } of changes) {
          const object = pod(name, { namespace: space });
          if (put) inventory.put(object);
          else inventory.remove(object);
          const { root } = inventory.snapshot();
          seen.push([root, JSON.stringify(root)]);
        }
        for (const [root, text] of seen) expect(JSON.stringify(root)).toBe(text);
      }),
    );
  });

  it("gives the same snapshot while nothing changes", () => {
    const inventory = new Inventory();
    inventory.put(DEPLOYMENT);
    const first = inventory.snapshot();
    inventory.remove(pod("not there"));
    expect(inventory.snapshot()).toBe(first);
  });
});
