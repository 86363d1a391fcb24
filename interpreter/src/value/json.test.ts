import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryValue } from "../testing/arbitrary-value.ts";
import { readJson } from "./json-reader.ts";
import { MAX_DEPTH, parseJson, toJsonValue, writeJson } from "./json.ts";
import { fromNative } from "./native.ts";
import { numberFromText } from "./number.ts";
import { ObjectBuilder } from "./object.ts";
import { equals } from "./order.ts";
import { RegoSet } from "./set.ts";
import type { Value } from "./value.ts";

describe("reading", () => {
  it.each([
    ["1.0"],
    [" 1e2"],
    ["[1.50,-0,12345678901234567890,0.1,1e-7]"],
    ['{"a":1.0,"b":[2.5,3.0]}'],
    ["123456789012345678901234567890.5"],
  ])("%s keeps the spelling of its numbers", (text) => {
    expect(writeJson(value(text))).toBe(text.trim());
  });

  it("takes the last of duplicate keys, and __proto__ and constructor as keys", () => {
    for (const text of [
      '{"a":1,"a":2,"__proto__":{"x":1},"constructor":3}',
      '{"a":1,"a":2,"__proto__":{"x":1.0},"constructor":3}',
    ]) {
      expect(Object.keys(value(text) as object).sort()).toEqual(["__proto__", "a", "constructor"]);
      expect((value(text) as Record<string, Value>)["a"]).toBe(2);
    }
  });

  it("does not mistake a key with an escape for an earlier one that is spelled as it begins", () => {
    for (const [before, text, keys] of [
      [String.raw`{"":0,"\\":0}`, String.raw`{"":0,"\n":0}`, ["", "\n"]],
      [String.raw`{"a":0,"b\\":0}`, String.raw`{"a":0,"b\t" :0}`, ["a", "b\t"]],
      [String.raw`{"c":"\"","d\\":0}`, String.raw`{"c":"\"","d\"":0}`, ["c", 'd"']],
    ] as const) {
      for (let i = 0; i < 3; i++) value(before);
      expect(Object.keys(value(text) as object)).toEqual(keys);
    }
  });

  it("reads half of a surrogate pair as U+FFFD, as Go does", () => {
    expect(value(String.raw`["\ud800", "\ud83d\ude00"]`)).toEqual(["\ufffd", "\u{1f600}"]);
  });

  it.each([
    ["", "EOF", 1, 1],
    ["[1", "unexpected EOF", 1, 3],
    ["nul", "unexpected EOF", 1, 4],
    ["[1,]", "invalid character ']' looking for beginning of value", 1, 4],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string", 1, 8],
    ['{"a" 1}', "invalid character '1' after object key", 1, 6],
    ['{"a":1 2}', "invalid character '2' after object key:value pair", 1, 8],
    ["[\n  1 2]", "invalid character '2' after array element", 2, 5],
    ["[1]x", "invalid character 'x' looking for beginning of value", 1, 4],
    ["01", "error: invalid character '1' after top-level value", 1, 2],
    ["[truf]", "invalid character 'f' in literal true (expecting 'e')", 1, 5],
    ["[-x]", "invalid character 'x' in numeric literal", 1, 3],
    ['["\\x"]', "invalid character 'x' in string escape code", 1, 4],
    ['["\u0001"]', "invalid character '\\x01' in string literal", 1, 3],
    ["é", "invalid character 'Ã' looking for beginning of value", 1, 1],
  ])("%j is refused with Go's words and a position", (text, message, row, col) => {
    const result = parseJson(text);
    expect(result.ok ? undefined : result.error).toMatchObject({ message, row, col });
  });

  it("refuses nesting beyond the limit, also where strings hold brackets", () => {
    const nested = (depth: number): string => "[".repeat(depth) + '"]]]"' + "]".repeat(depth);
    expect(parseJson(nested(MAX_DEPTH)).ok).toBe(true);
    const deeper = parseJson(nested(MAX_DEPTH + 1));
    expect(deeper.ok ? undefined : deeper.error.message).toBe("exceeded max depth");
    expect(parseJson("[".repeat(1_000_000)).ok).toBe(false);
    expect(parseJson('{"a":'.repeat(1_000_000)).ok).toBe(false);
  });

  it("gives the same value with the native parser and with our own", () => {
    fc.assert(
      fc.property(fc.json(), fc.string(), (json, junk) => {
        for (const text of [json, json + junk, junk]) {
          const result = parseJson(text);
          const own = attempt(() => readJson(text, MAX_DEPTH));
          expect(result.ok ? result.value : undefined).toEqual(own);
        }
      }),
    );
  });
});

describe("writing", () => {
  it.each<[string, Value, string]>([
    ["keys by code point", { b: 1, a: 2, "9": 3, "10": 4 }, '{"10":4,"9":3,"a":2,"b":1}'],
    ["sets as sorted arrays", new RegoSet([2, 1]), "[1,2]"],
    ["other keys as their JSON text", mixed(), '{"1":1,"[1,\\"a\\"]":2,"[1]":3,"null":4}'],
    ["HTML as escapes", "<&>\u2028", '"\\u003c\\u0026\\u003e\\u2028"'],
    ["control characters", "\b\f\n\r\t\u0001\u007f", '"\\b\\f\\n\\r\\t\\u0001\u007f"'],
  ])("%s", (_, given, text) => {
    expect(writeJson(given)).toBe(text);
  });

  it("leaves HTML alone and indents on request", () => {
    const options = { indent: "\t", prefix: ">", escapeHtml: false };
    expect(writeJson({ a: ["<"], b: [], c: {} }, options)).toBe(
      '{\n>\t"a": [\n>\t\t"<"\n>\t],\n>\t"b": [],\n>\t"c": {}\n>}',
    );
  });

  it("reads back what it has written", () => {
    fc.assert(
      fc.property(arbitraryValue, (given) => {
        const plain = toJsonValue(given);
        expect(equals(value(writeJson(given)), plain)).toBe(true);
        expect(writeJson(plain)).toBe(writeJson(given));
        expect(equals(value(writeJson(plain, { indent: "  " })), plain)).toBe(true);
      }),
    );
  });
});

describe("taking JavaScript data in", () => {
  it("keeps what needs no change", () => {
    const data = { a: [1, "x", null], b: { c: true } };
    expect(fromNative(data)).toBe(data);
  });

  it("turns unsafe integers, bigints, -0 and undefined members into values", () => {
    const taken = fromNative({ big: 2 ** 60, long: 10n ** 20n, zero: -0, gone: undefined });
    expect(writeJson(taken)).toBe('{"big":1152921504606846976,"long":100000000000000000000,"zero":0}');
  });

  it.each([Number.NaN, () => 1, new Date(0), Symbol("x")])("refuses what is no JSON", (data) => {
    expect(() => fromNative([data])).toThrow(TypeError);
  });
});

function value(text: string): Value {
  const result = parseJson(text);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

function mixed(): Value {
  const builder = new ObjectBuilder();
  builder.set(1, 1);
  builder.set([1, "a"], 2);
  builder.set(new RegoSet([numberFromText("1")]), 3);
  builder.set(null, 4);
  return builder.build();
}
