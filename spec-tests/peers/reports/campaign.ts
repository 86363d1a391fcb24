// npm run reports [-- --corpus NAME] [--filter TEXT] [--kind KIND] [--every N] [--known] [--show N]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { opaBinary } from "../../bench/opa.ts";
import { readKnownGaps } from "../known-gaps.ts";
import { firstDifference } from "../first-difference.ts";
import { bothReports, REPORT_KINDS, writeQuery } from "./compare.ts";
import { REPORT_CORPORA } from "./corpus.ts";

const HELP = `Compares coverage, profile and metrics of rego eval --format json with those of opa eval; times aside.

  npm run reports                          constructs, programs, conformance cases (v0, v1) and real policies (work)
  npm run reports -- --corpus work         one of them
  npm run reports -- --filter partialset   queries whose name contains a text
  npm run reports -- --kind coverage       one report: ${REPORT_KINDS.join(", ")}
  npm run reports -- --every 10            each tenth query
  npm run reports -- --known               only what known-gaps.txt lists
  npm run reports -- --show 3              print the first lines that differ, of so many queries (default 5)

Needs OPA_BIN, and the test data for all but constructs and programs. Exits 1 when anything differs that known-gaps.txt
does not list, or is equal although it does.`;

const { values } = parseArgs({
  options: {
    corpus: { type: "string" },
    filter: { type: "string", default: "" },
    kind: { type: "string" },
    every: { type: "string", default: "1" },
    known: { type: "boolean", default: false },
    show: { type: "string", default: "5" },
    help: { type: "boolean", default: false },
  },
});
const opa = opaBinary();
if (values.help || opa === undefined) {
  console.log(HELP);
  if (!values.help) console.error("OPA_BIN names no binary");
  process.exit(values.help ? 0 : 2);
}

const gaps = readKnownGaps(new URL("known-gaps.txt", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "portcullis-reports-"));
const folder = join(root, "query");
let shown = 0;
let unexpected = 0;
for (const [corpus, read] of Object.entries(REPORT_CORPORA)) {
  if (values.corpus !== undefined && corpus !== values.corpus) continue;
  const queries = read().filter(
    ({ name }, i) => name.includes(values.filter) && i % Number(values.every) === 0,
  );
  for (const kind of REPORT_KINDS) {
    if (values.kind !== undefined && kind !== values.kind) continue;
    let equal = 0;
    let refused = 0;
    let compared = 0;
    for (const query of queries) {
      const gap = gaps.has(`${kind}: ${query.name}`);
      if (values.known && !gap) continue;
      process.chdir(root);
      const written = writeQuery(query, folder);
      process.chdir(folder);
      const reports = await bothReports(written, kind, opa).catch((error: unknown) => String(error));
      if (reports === undefined) {
        refused++;
        continue;
      }
      compared++;
      const isEqual = typeof reports !== "string" && reports.ours === reports.theirs;
      if (isEqual) equal++;
      if (isEqual && !gap) continue;
      if (isEqual) console.log(`is equal although known-gaps.txt lists it: ${kind}: ${query.name}`);
      else console.log(`differs${gap ? ", as known-gaps.txt says" : ""}: ${kind}: ${query.name}`);
      if (gap !== isEqual) continue;
      unexpected++;
      if (!isEqual && shown++ < Number(values.show)) {
        console.log(typeof reports === "string" ? reports : firstDifference(reports));
      }
    }
    console.log(`${corpus}, ${kind}: ${equal} of ${compared} equal; ${refused} do not compile`);
  }
}
process.chdir(tmpdir());
rmSync(root, { recursive: true });
process.exit(unexpected > 0 ? 1 : 0);
