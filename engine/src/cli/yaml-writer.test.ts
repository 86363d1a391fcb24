import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { KUBERNETES, WIDE, writeYaml } from "./yaml-writer.ts";

const VALUE = {
  result: { msg: "no <b>", list: [{ b: 1, a: ["", "x"] }, "z"], empty: [], none: {} },
  trace: null,
};

describe("YAML", () => {
  it("is laid out as Go's yaml.v3 does", () => {
    expect(writeYaml([VALUE], WIDE)).toBe(
      [
        "- result:",
        "    msg: no <b>",
        "    list:",
        "        - b: 1",
        "          a:",
        '            - ""',
        "            - x",
        "        - z",
        "    empty: []",
        "    none: {}",
        "  trace: null",
        "",
      ].join("\n"),
    );
  });

  it("is laid out as kubectl does", () => {
    expect(writeYaml(VALUE.result, KUBERNETES)).toBe(
      ["empty: []", "list:", "- a:", '  - ""', "  - x", "  b: 1", "- z", "msg: no <b>", "none: {}", ""].join(
        "\n",
      ),
    );
  });

  it.each([
    ["true", '"true"'],
    ["12", '"12"'],
    ["", '""'],
    ["a: b", "'a: b'"],
    ["it's#1", "it's#1"],
    ["'quoted'", "'''quoted'''"],
    ["tab\there", '"tab\\there"'],
  ])("writes the text %j as %s", (text, wanted) => {
    expect(writeYaml(text, WIDE)).toBe(`${wanted}\n`);
  });

  it.each([
    ["wide", WIDE],
    ["kubectl's", KUBERNETES],
  ])("says the same when it is read again, %s", (_name, layout) => {
    const { json } = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { depthSize: "small" },
        fc.string(),
        fc.constantFrom(
          "a\nb",
          "a\n\n",
          " x",
          "yes",
          "- a",
          "null",
          "a #b",
          "1e3",
          "0x1f",
          "---",
          "line\n  two\n",
        ),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("json")),
        fc.dictionary(
          fc.string().filter((key) => key !== "__proto__" && key !== "<<"),
          tie("json"),
        ),
      ),
    }));
    fc.assert(
      fc.property(json, (value) => {
        const text = writeYaml(value as never, layout);
        expect(parse(text, { version: "1.2" })).toEqual(value);
      }),
    );
  });
});
