import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { getOwn } from "../value/plain-object.ts";
import type { PlainObject } from "../value/value.ts";
import type { Change } from "./change.ts";
import { StorageError } from "./change.ts";
import { createStore } from "./store.ts";

describe("a store", () => {
  it("makes the objects on the way to a path, and takes values out again", () => {
    const store = createStore();
    store.commit([{ op: "put", path: ["a", "b"], value: 1 }]);
    expect(store.snapshot().root).toEqual({ a: { b: 1 } });
    store.commit([
      { op: "delete", path: ["a", "b"] },
      { op: "delete", path: ["x", "y"] },
    ]);
    expect(store.snapshot().root).toEqual({ a: {} });
  });

  it("keeps every branch that a commit does not touch, and freezes the rest", () => {
    const store = createStore({ root: { touched: { one: {} }, other: { two: {} } } });
    const before = store.snapshot().root;
    const after = store.commit([{ op: "put", path: ["touched", "new"], value: { deep: [1] } }]).root;
    expect(after["other"]).toBe(before["other"]);
    expect((after["touched"] as PlainObject)["one"]).toBe((before["touched"] as PlainObject)["one"]);
    expect(Object.isFrozen((after["touched"] as PlainObject)["new"])).toBe(true);
  });

  it("reads numbers of JSON texts exactly", () => {
    const store = createStore();
    const { root } = store.commit([{ op: "put", path: ["n"], json: "12345678901234567890" }]);
    expect((root["n"] as { text: string }).text).toBe("12345678901234567890");
  });

  it.each<[string, Change, StorageError["code"]]>([
    ["through a string", { op: "put", path: ["s", "x"], value: 1 }, "conflict"],
    ["through an array", { op: "put", path: ["list", "0", "x"], value: 1 }, "conflict"],
    ["a root that is no object", { op: "put", path: [], value: 1 }, "conflict"],
    ["broken JSON", { op: "put", path: ["x"], json: "{" }, "invalid_json"],
  ])("refuses to write %s, and then changes nothing", (_, change, code) => {
    const store = createStore({ root: { s: "text", list: [] } });
    const before = store.snapshot();
    const fine: Change = { op: "put", path: ["fine"], value: 1 };
    expect(() => store.commit([fine, change])).toThrow(expect.objectContaining({ code }) as Error);
    expect(store.snapshot()).toBe(before);
  });

  it("tells subscribers what was committed until they stop listening", () => {
    const store = createStore();
    const seen: number[] = [];
    const stop = store.subscribe(({ snapshot }) => seen.push(snapshot.revision));
    store.commit([]);
    store.commit([]);
    stop();
    store.commit([]);
    expect(seen).toEqual([1, 2]);
  });

  it("gives recent revisions back", () => {
    const store = createStore({ keep: 2 });
    store.commit([{ op: "put", path: ["n"], value: 1 }]);
    store.commit([{ op: "put", path: ["n"], value: 2 }]);
    expect([0, 1, 2].map((revision) => store.at(revision)?.root["n"])).toEqual([undefined, 1, 2]);
  });
});

describe("laws of the store", () => {
  const key = fc.constantFrom("a", "b", "__proto__", "constructor");
  const path = fc.array(key, { minLength: 1, maxLength: 3 });
  const change: fc.Arbitrary<Change> = fc.oneof(
    fc.record({ op: fc.constant("put" as const), path, value: fc.constantFrom(1, "x", true) }),
    fc.record({ op: fc.constant("delete" as const), path }),
  );
  const commits = fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 6 });

  it("a snapshot is not affected by later commits", () => {
    fc.assert(
      fc.property(commits, (list) => {
        const store = createStore({ keep: 100 });
        const texts = [JSON.stringify(store.snapshot().root)];
        for (const changes of list) {
          tryCommit(store, changes);
          if (store.snapshot().revision === texts.length) texts.push(JSON.stringify(store.snapshot().root));
        }
        expect(texts.map((_, revision) => JSON.stringify(store.at(revision)?.root))).toEqual(texts);
      }),
    );
  });

  it("what was put is read back, under any key", () => {
    fc.assert(
      fc.property(commits, path, (list, target) => {
        const store = createStore();
        for (const changes of list) tryCommit(store, changes);
        if (!tryCommit(store, [{ op: "put", path: target, value: "here" }])) return;
        expect(store.snapshot().read(target)).toBe("here");
        expect(
          target.reduce<unknown>((at, step) => getOwn(at as PlainObject, step), store.snapshot().root),
        ).toBe("here");
      }),
    );
  });

  it("one commit of many changes gives what many commits give", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
        const once = createStore();
        const many = createStore();
        const allDone = changes.every((each) => tryCommit(many, [each]));
        expect(tryCommit(once, changes)).toBe(allDone);
        expect(
          !allDone || JSON.stringify(once.snapshot().root) === JSON.stringify(many.snapshot().root),
        ).toBe(true);
      }),
    );
  });

  function tryCommit(store: ReturnType<typeof createStore>, changes: readonly Change[]): boolean {
    try {
      store.commit(changes);
      return true;
    } catch (error) {
      if (error instanceof StorageError) return false;
      throw error;
    }
  }
});
