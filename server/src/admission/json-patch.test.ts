import { createRego, getOwn, parseJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonPatch } from "./json-patch.ts";
import type { PatchOperation } from "./json-patch.ts";

const patcher = createRego({ modules: [] }).prepare("x := json.patch(input.before, input.patch)");

/** The document stands below a name: OPA drops slashes at the start of a path, and with them an empty name. */
function apply(before: Value, patch: readonly PatchOperation[]): Value | undefined {
  const below = patch.map((operation) => ({ ...operation, path: `/root${operation.path}` }));
  const input = { before: { root: before }, patch: below };
  const result = patcher.eval({ input }).results[0]?.bindings["x"];
  return getOwn(result as PlainObject, "root");
}

describe("a JSON Patch between two documents", () => {
  const key = fc.constantFrom("a", "b/c", "~", "~1", "__proto__", "");
  const { document } = fc.letrec<{ document: Value }>((tie) => ({
    document: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Value>(null, true, 1, 2, "x", ""),
      fc.array(tie("document"), { maxLength: 4 }),
      fc
        .array(fc.tuple(key, tie("document")), { maxLength: 4 })
        .map((entries) => Object.fromEntries(entries) as Value),
    ),
  }));

  it("makes the second of the first", () => {
    fc.assert(
      fc.property(document, document, (before, after) => {
        expect(apply(before, jsonPatch(before, after))).toEqual(after);
      }),
    );
  });

  it("is empty where nothing differs", () => {
    fc.assert(
      fc.property(document, (one) => {
        expect(jsonPatch(one, structuredClone(one))).toEqual([]);
      }),
    );
  });

  it("tells integers apart that a double does not", () => {
    const parsed = ["9007199254740993", "9007199254740992"].map((text) => parseJson(`{"n":${text}}`));
    const [before, after] = parsed.map((each) => (each.ok ? each.value : null)) as [Value, Value];
    expect(jsonPatch(before, after)).toMatchObject([{ op: "replace", path: "/n" }]);
  });
});
