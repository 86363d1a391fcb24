import { describe, expect, it } from "vitest";
import { formatErrors } from "../errors.ts";
import { createRego } from "../rego.ts";

const TWICE = {
  "b.rego": "# METADATA\n# title: two\npackage a\n\nq := 1\n",
  "a.rego": "# METADATA\n# title: one\npackage a\n\np := 1\n",
};
const FAULTY = { "a.rego": "package a\n\n# METADATA\n# title: [\np := 1\n" };
const ASKS = { "z.rego": "package z\n\np := rego.metadata.rule()\n" };

const REDECLARED = "1 error occurred: b.rego:1: rego_type_error: package annotation redeclared: a.rego:1";
const MISREAD =
  "1 error occurred: a.rego:4: rego_parse_error: yaml: line 1: did not find expected node content";
const CARET = "\n\t# title: [\n\t^";

describe("METADATA blocks", () => {
  it.each([
    { what: "two for one package", files: TWICE, annotations: true, said: REDECLARED },
    { what: "two for one package", files: TWICE, annotations: false, said: "" },
    {
      what: "two for one package, and a rule that asks",
      files: { ...TWICE, ...ASKS },
      annotations: false,
      said: REDECLARED,
    },
    { what: "a faulty one", files: FAULTY, annotations: true, said: MISREAD + CARET },
    { what: "a faulty one", files: FAULTY, annotations: false, said: "" },
    {
      what: "a faulty one, and a rule that asks",
      files: { ...FAULTY, ...ASKS },
      annotations: false,
      said: MISREAD,
    },
  ])("$what, annotations asked for: $annotations", ({ files, annotations, said }) => {
    const modules = Object.entries(files).map(([name, source]) => ({ name, source }));
    const { errors } = createRego({ modules, annotations });
    expect(errors.length === 0 ? "" : formatErrors(errors)).toBe(said);
  });
});
