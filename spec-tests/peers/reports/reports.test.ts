import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { opaBinary } from "../../bench/opa.ts";
import { readKnownGaps } from "../known-gaps.ts";
import { bothReports, REPORT_KINDS, writeQuery } from "./compare.ts";
import { REPORT_CORPORA } from "./corpus.ts";

const opa = opaBinary() ?? "";
if (opa === "")
  console.warn("OPA_BIN is not set: coverage, profiles and metrics are not compared with OPA's");

/** `npm run reports` compares all of them. */
const EVERY: Readonly<Record<string, number>> = { constructs: 1 };
const SELDOM = 60;

const queries =
  opa === ""
    ? []
    : Object.entries(REPORT_CORPORA).flatMap(([corpus, read]) =>
        read().filter((_, i) => i % (EVERY[corpus] ?? SELDOM) === 0),
      );

const gaps = readKnownGaps(new URL("known-gaps.txt", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "portcullis-reports-"));
afterAll(() => {
  process.chdir(tmpdir());
  rmSync(root, { recursive: true });
});

describe.skipIf(opa === "")("coverage, profile and metrics are those of opa eval", () => {
  it.each(queries)("$name", async (query) => {
    process.chdir(root);
    const written = writeQuery(query, join(root, "query"));
    process.chdir(written.folder);
    for (const kind of REPORT_KINDS) {
      const reports = await bothReports(written, kind, opa);
      // A gap that is closed must leave the list.
      if (gaps.has(`${kind}: ${query.name}`)) expect(reports?.ours).not.toBe(reports?.theirs);
      else expect(reports?.ours).toBe(reports?.theirs);
    }
  });
});
