import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RegoVersion } from "@portcullis/interpreter";
import { randomChoices } from "../differential/generate/choices.ts";
import { LIBRARY, program } from "../differential/generate/program.ts";
import { readSuite } from "../opa-cases/cases.ts";
import { testData } from "../test-data.ts";

export interface CorpusText {
  readonly source: string;
  readonly version: RegoVersion;
}

/** Texts longer than this are left out: a run is one text, and many small ones reach more than few big ones. */
const LONGEST = 3_000;

/** Policies that mutations start from: generated ones always, those of other projects where the test data are. */
export function policies(): readonly CorpusText[] {
  const generated = Array.from({ length: 60 }, (_, seed) => program(randomChoices(seed))).flatMap(
    ({ modules, version }) => modules.map(({ source }) => ({ source, version })),
  );
  const root = testData("opa-conformance");
  const cases = (["v0", "v1"] as const).flatMap((version) =>
    (root === undefined ? [] : readSuite(root, version)).flatMap(({ modules }) =>
      modules.map((source) => ({ source, version })),
    ),
  );
  const folders = ["gatekeeper-library", "seeds", "bench"].map((name) => testData(name));
  const files = folders.flatMap((folder) =>
    folder === undefined
      ? []
      : globSync(join(folder, "**/*.rego"))
          .sort()
          .map((file) => ({ source: readFileSync(file, "utf8"), version: "v0" as const })),
  );
  const all = [{ source: LIBRARY, version: "v1" as const }, ...generated, ...cases, ...files];
  return all.filter(({ source }) => source.length > 0 && source.length <= LONGEST);
}

/** JSON texts: every kind of value, number and escape. */
export const DOCUMENTS: readonly string[] = [
  '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "labels": {"x": "y"}}, "spec": {"containers": []}}',
  "[0, -0, 1.5, -2.75e+10, 1E-7, 9007199254740993, 123456789012345678901234567890, 1e400]",
  String.raw`{"a": "\u00e9\ud83d\ude00\n\t\"\\\/\b\f\r", "__proto__": {"x": [true, false, null]}, "": "ünï😀"}`,
  '{"a": {"a": {"a": [[[[[{}]]]]]}}, "b": [[], {}, "", 0], "a b": "c"}',
  "[[[[[[[[[[1]]]]]]]]]]",
  ' \t\r\n"text" ',
];
