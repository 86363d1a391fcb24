import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createShapesReader } from "./json-shapes.ts";
import { MAX_DEPTH, parseJson } from "./json.ts";
import type { Value } from "./value.ts";

const encoder = new TextEncoder();
const reader = createShapesReader();
const read = (text: string): Value | undefined => reader.read(encoder.encode(text), text);
const isAscii = (text: string): boolean => encoder.encode(text).length === text.length;

/** What `parseJson` makes of a text, to be compared key by key in their order. */
function known(text: string): unknown {
  const result = parseJson(text);
  return result.ok ? inOrder(result.value) : undefined;
}

/** With the keys of objects in their order, and `__proto__` as what it is. */
function inOrder(value: Value | undefined): unknown {
  if (Array.isArray(value)) return value.map((element: Value) => inOrder(element));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return { entries: Object.entries(value).map(([key, member]) => [key, inOrder(member as Value)]) };
}

const key = fc.oneof(
  fc.constantFrom("a", "b", "name", "10", "9", "", "constructor", "__proto__", '"', "\\", "\n"),
  fc.string({ maxLength: 3 }),
);
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom("-0", "1.0", "01", "1e3", "12345678901234567890", "999999999999999", "-", "1.", "0.10"),
);
/** Texts of JSON as API servers write it, some with a key twice and some numbers that are none. */
const { json } = fc.letrec<{ json: string; object: string; list: string }>((tie) => ({
  object: fc
    .array(fc.tuple(key, tie("json")), { maxLength: 4 })
    .map((entries) => `{${entries.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`),
  list: fc.array(tie("json"), { maxLength: 3 }).map((texts) => `[${texts.join(",")}]`),
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("true", "false", "null", '"\\u00e9\\ud83d\\ude00"', '"\\ud800"', '"\\x"'),
    number,
    fc.string().map((text) => JSON.stringify(text)),
    tie("object"),
    tie("list"),
  ),
}));

describe("a reader that knows shapes", () => {
  it("reads what parseJson reads, or leaves it to it", () => {
    let count = 0;
    fc.assert(
      fc.property(json, (text) => {
        fc.pre(isAscii(text));
        for (const each of [text, `${text}\n`]) {
          const found = read(each);
          if (found === undefined) continue;
          count++;
          expect(inOrder(found)).toEqual(known(each));
        }
      }),
      { numRuns: 2_000 },
    );
    expect(count).toBeGreaterThan(1_000);
  });

  it("never takes what is no JSON", () => {
    fc.assert(
      fc.property(json, fc.nat(), fc.string({ maxLength: 2 }), fc.nat(2), (text, place, junk, gone) => {
        const at = place % (text.length + 1);
        const broken = text.slice(0, at) + junk + text.slice(at + gone);
        fc.pre(isAscii(broken));
        const found = read(broken);
        expect(found === undefined || isDeepStrictEqual(inOrder(found), known(broken))).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    [
      "an object again and again, with code for it in the end",
      '{"kind":"Pod","spec":{"a":[1,{"b":"c"}],"n":-5}}',
    ],
    ["escapes", String.raw`{"a":"{\"b\":\"\\\"}","\u0041":"\u00e9","c\"":1}`],
    ["numbers of every spelling", "[0,-1,1.50,1e3,12345678901234567890,-0,999999999999999]"],
    ["keys that look like places in a list", '{"b":1,"10":2,"9":3,"a":4}'],
    ["many keys", `{${Array.from({ length: 200 }, (_, i) => `"k${i}":${i}`).join(",")}}`],
  ])("reads %s", (_, text) => {
    for (let i = 0; i < 40; i++) expect(inOrder(read(text))).toEqual(known(text));
  });

  it.each([
    ["a key twice", '{"a":1,"a":2}'],
    ["a key twice among many", `{${Array.from({ length: 60 }, (_, i) => `"k${i % 59}":${i}`).join(",")}}`],
    ["__proto__", '{"__proto__":{"x":1}}'],
    ["a key that is no ASCII", String.raw`{"\u0141":1}`],
    ["half of a surrogate pair", String.raw`["\ud800"]`],
    ["white space", "[1, 2]"],
    ["nothing", ""],
    ["great depth", "[".repeat(MAX_DEPTH + 1) + "]".repeat(MAX_DEPTH + 1)],
    ["an open end", "[".repeat(1_000_000)],
  ])("leaves %s alone", (_, text) => {
    for (let i = 0; i < 2; i++) expect(read(text)).toBeUndefined();
  });

  describe("with a member that is read later", () => {
    const lazy = createShapesReader({ later: "last" });
    const readLazily = (text: string): Value | undefined => lazy.read(encoder.encode(text), text);
    /** What ends such a member may stand within it, also as text. */
    const inside = fc.oneof(
      json,
      fc.constantFrom('"}]}"', '"}]},"', '{"a":[{"b":[{}]}]}', '[{"last":[{}]}]', '"\\"}]}\\""'),
    );
    const members = fc.array(fc.tuple(fc.constantFrom("a", "b", "last"), inside), { maxLength: 4 });

    it("reads what parseJson reads", () => {
      let count = 0;
      fc.assert(
        fc.property(members, fc.array(inside, { maxLength: 3 }), members, (before, list, after) => {
          const last = `"last":[${list.map((each) => `{"k":${each}}`).join(",")}]`;
          const of = (all: readonly (readonly [string, string])[]): string[] =>
            all.map(([name, value]) => `"${name}":${value}`);
          const text = `{"meta":{${[...of(before), last].join(",")}},${[...of(after), '"z":1'].join(",")}}`;
          fc.pre(isAscii(text) && parseJson(text).ok);
          const found = readLazily(text);
          if (found === undefined) return;
          count++;
          expect(inOrder(found)).toEqual(known(text));
        }),
        { numRuns: 3_000 },
      );
      expect(count).toBeGreaterThan(300);
    });

    it("leaves it unread until it is asked for", () => {
      const made = readLazily('{"meta":{"a":1,"last":[{"b":}]},"c":2}') as Record<
        string,
        Record<string, Value>
      >;
      expect([made["c"], made["meta"]?.["a"]]).toEqual([2, 1]);
      expect(() => made["meta"]?.["last"]).toThrow("last cannot be read: invalid character '}'");
    });

    it("reads it once", () => {
      const { meta } = readLazily('{"meta":{"a":1,"last":[{"b":2}]}}') as Record<
        string,
        Record<string, Value>
      >;
      expect(meta?.["last"]).toBe(meta?.["last"]);
      expect(meta).toEqual({ a: 1, last: [{ b: 2 }] });
    });
  });

  it("does not take one key for another that differs beyond ASCII only", () => {
    const [a, b] = ['{"A":1}', String.raw`{"\u0141":1}`];
    for (const text of [b, a, b, a])
      expect(inOrder(read(text) ?? null)).toEqual(text === a ? known(a) : null);
  });

  it("reads on when there have been more shapes than it remembers", () => {
    for (let i = 0; i < 10_000; i++) {
      const text = `{"k${i}":{"x":${i},"y":[]}}`;
      expect(inOrder(read(text))).toEqual(known(text));
    }
  });
});
