import { fc, test } from "@fast-check/vitest";
import { parseJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { unreadPage } from "./unread-page.ts";

const POD = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };

function read(text: string): unknown {
  const page = unreadPage(new TextEncoder().encode(text), POD);
  if (typeof page === "string") return page;
  const { length: _, objects, ...place } = page;
  return { ...place, objects: [...objects()] };
}

const key = fc.constantFrom('"a"', '"items"', '"metadata"', '"__proto__"', '"{["', '"\\""');

/** JSON texts, among them numbers that a double cannot hold, escapes, and names like our own. */
const json: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom("null", "true", "false", "-0", "1.50", "2e3", "12345678901234567890", "0", "-17"),
    fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
    fc.constantFrom('"\\ud800"', '"\\u003c]"', '"\\\\"', '"a\\"]}"', '"items"'),
    fc.array(tie("value"), { maxLength: 4 }).map((all) => `[${all.join(" , ")}]`),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((all) => objectText(all)),
  ),
})).value;

function objectText(members: readonly (readonly [string, string])[]): string {
  return `{ ${members.map(([name, value]) => `${name} :\n${value}`).join(",")}}`;
}

const someObject = fc.array(fc.tuple(key, json), { maxLength: 4 }).map(objectText);
/** As API servers write them; what they begin with may come within them too. */
const alikeObject = fc
  .oneof(
    someObject,
    fc.constantFrom('[{"metadata":{}},{"metadata":{}}]', '"},{\\"metadata\\":"', '[{"b":[]},{"b":7}]'),
  )
  .map((inside) => `{"metadata":{"labels":${inside}}}`);

test.prop([
  fc.oneof(fc.array(someObject, { maxLength: 5 }), fc.array(alikeObject, { maxLength: 5 })),
  json,
  fc.constantFrom("", '"metadata":{},'),
  fc.constantFrom(",", ", "),
])("an object is what reading the list as a whole gives", (objects, other, metadata, comma) => {
  const text = `{"kind":"PodList","other":${other},${metadata}"items":[${objects.join(comma)}] }\n`;
  const whole = parseJson(text);
  if (!whole.ok) throw new Error(whole.error.message);
  const wanted = (whole.value as { readonly items: readonly PlainObject[] }).items.map((item) => ({
    apiVersion: "v1",
    kind: "Pod",
    ...item,
  }));
  expect(read(text)).toEqual({ objects: wanted });
});

test.prop([fc.string({ unit: fc.constantFrom(...'{}[]",:\\ 1e.-a') })])("ends on any text", (text) => {
  read(text);
  read(`{"items":[${text}`);
  read(`{"items":[${text}]}`);
});

describe("a page", () => {
  it("says how it goes on", () => {
    expect(read('{"metadata":{"continue":"x","remainingItemCount":7},"items":[]}')).toEqual({
      objects: [],
      continue: "x",
      remainingItemCount: 7,
    });
  });

  it.each(['{"items":null}', "{}", '{"items":"none"}', '{"items":[1],"items":[]}'])(
    "without objects: %s",
    (text) => expect(read(text)).toEqual({ objects: [] }),
  );

  it.each([
    "",
    "[]",
    "null",
    '{"items":[{}]',
    '{"items":[{}',
    '{"items":[{}]}}',
    '{"items"}',
    '{"metadata":{x}}',
    '{"metadata":{},"items":x]}',
    '{"metadata":{},"items":]}',
  ])("that is no list: %s", (text) => expect(read(text)).toBeTypeOf("string"));

  it.each([
    ['{"metadata":{},"items":[{"a":1}],"items":[]}', "something follows the items of the list"],
    [
      '{"metadata":{},"items":[{"a":1}],"metadata":{"continue":"x"},"b":[]}',
      "something follows the items of the list",
    ],
    ['{"metadata":{},"items":[{"a":[{"a":1},{"a":1]}', "the list has no end"],
    ['{"metadata":{},"items":[{"a":1},{"a":[]}', "the list has no end"],
  ])("whose items end otherwise than they seemed to: %s", (text, why) => {
    const { objects } = read(text) as { readonly objects: readonly unknown[] };
    expect(objects.at(-1)).toBe(why);
  });

  it("keeps keys with escapes apart, which V8's own reader takes for one another", () => {
    const items = ['{"a":{"":0,"\\\\":0}}', '{"a":{"":0,"\\n":0}}'].join(",");
    expect(read(`{"metadata":{},"items":[${items}]}`)).toMatchObject({
      objects: [{ a: { "": 0, "\\": 0 } }, { a: { "": 0, "\n": 0 } }],
    });
  });

  it("has each object that can be read beside one that cannot", () => {
    const pod = { apiVersion: "v1", kind: "Pod", a: 1 };
    expect(read('{"items":[{"a":1},{"a":},7,{"a":1}]}')).toEqual({
      objects: [pod, expect.stringContaining("invalid character"), "no JSON object", pod],
    });
  });
});
