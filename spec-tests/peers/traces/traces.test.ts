import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { opaBinary } from "../../bench/opa.ts";
import { bothTraces, FORMS } from "./compare.ts";
import { CORPORA, ofProgram, type TracedQuery } from "./corpus.ts";
import { readKnownGaps } from "../known-gaps.ts";
import { isKnownGap } from "./known-gaps.ts";
import { TRACED_PROGRAMS } from "./programs.ts";

const opa = opaBinary() ?? "";
if (opa === "")
  console.warn(`OPA_BIN is not set: ${TRACED_PROGRAMS.length} programs are not compared with OPA's traces`);

const folder = mkdtempSync(join(tmpdir(), "portcullis-traces-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(opa === "")("traces are those of opa eval --explain, byte for byte", () => {
  it.each(TRACED_PROGRAMS)("$name", (program) => {
    for (const form of FORMS) {
      const traces = bothTraces(ofProgram(program), form, opa, join(folder, "work"));
      expect(traces?.ours).toBe(traces?.theirs);
      if (form.mode === "full") expect(traces?.ours).not.toBe("");
    }
  });
});

/** `npm run traces` compares all of them. */
const EVERY = 60;
const sample = Object.entries(CORPORA).flatMap(([corpus, read]): readonly TracedQuery[] =>
  corpus === "programs" || opa === "" ? [] : read().filter((_, i) => i % EVERY === 0),
);

const gaps = readKnownGaps(new URL("known-gaps.txt", import.meta.url));

describe.skipIf(sample.length === 0)("so are those of conformance cases and real policies", () => {
  it.each(sample)("$name", (query) => {
    for (const mode of ["full", "debug"] as const) {
      const traces = bothTraces(query, { mode, vars: true }, opa, join(folder, "work"));
      // A gap that is closed must leave the list.
      if (isKnownGap(gaps, mode, query.name)) expect(traces?.ours).not.toBe(traces?.theirs);
      else expect(traces?.ours).toBe(traces?.theirs);
    }
  });
});
