import { describe, expect, it } from "vitest";
import { placeTexts } from "./places.ts";

const LONG = "lib/constraints/very/long/path/of/folders/that/go/on/and/on/policies";

/** The texts wanted are those OPA 1.22 prints. */
describe("where an event happened", () => {
  it.each<readonly [name: string, files: readonly string[], texts: readonly string[]]>([
    ["short paths stay", ["", "a/b.rego"], ["query:2", "a/b.rego:2"]],
    [
      "long ones lose what their folders have in common, as far as needed",
      [`${LONG}/p1/one.rego`, `${LONG}/q2/r/two.rego`],
      [
        "lib/...ath/of/folders/that/go/on/and/on/policies/p1/one.rego:2",
        "lib/...ath/of/folders/that/go/on/and/on/policies/q2/r/two.rego:2",
      ],
    ],
    [
      "where they have nothing in common they stay",
      [`${LONG}/p1/one.rego`, "k/two.rego"],
      [`${LONG}/p1/one.rego:2`, "k/two.rego:2"],
    ],
    [
      "the first of a path's folders is kept",
      [
        "aaaaaaaaaaaaaaaaaaaa/bbbbbbbbbbbbbbbbbbbbbbbbbb/cccccccccccccccccccccccccc/x1/policies/one.rego",
        "aaaaaaaaaaaaaaaaaaaa/bbbbbbbbbbbbbbbbbbbbbbbbbb/cccccccccccccccccccccccccc/y2/policies/two.rego",
      ],
      [
        "aaaaaaaaaaaaaaaaaaaa/...ccccccccccccccccc/x1/policies/one.rego:2",
        "aaaaaaaaaaaaaaaaaaaa/...ccccccccccccccccc/y2/policies/two.rego:2",
      ],
    ],
  ])("%s", (_, files, texts) => {
    expect(placeTexts(files.map((file) => ({ file, row: 2 })))).toEqual(texts);
  });
});
