// npm run traces [-- --corpus NAME] [--filter TEXT] [--show N] [--mode MODE]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { opaBinary } from "../../bench/opa.ts";
import { bothTraces, FORMS } from "./compare.ts";
import { CORPORA } from "./corpus.ts";
import { firstDifference } from "../first-difference.ts";
import { readKnownGaps } from "../known-gaps.ts";
import { isKnownGap } from "./known-gaps.ts";

const HELP = `Compares the traces of queries with those of opa eval --explain, byte for byte.

  npm run traces                          programs, conformance cases (v0, v1) and real policies (work)
  npm run traces -- --corpus work         one of them
  npm run traces -- --filter partialset   queries whose name contains a text
  npm run traces -- --mode debug           another mode than full: debug, fails, notes
  npm run traces -- --known               only what known-gaps.txt lists
  npm run traces -- --show 3              print the first lines that differ, of so many queries (default 5)

Needs OPA_BIN, and the test data for all but programs. Exits 1 when anything differs that known-gaps.txt does not list, or
is equal although it does.`;

const { values } = parseArgs({
  options: {
    corpus: { type: "string" },
    filter: { type: "string", default: "" },
    mode: { type: "string", default: "full" },
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

const folder = mkdtempSync(join(tmpdir(), "portcullis-traces-"));
const forms = FORMS.filter(({ mode }) => mode === values.mode);
let shown = 0;
let unexpected = 0;
const gaps = readKnownGaps(new URL("known-gaps.txt", import.meta.url));
for (const [corpus, read] of Object.entries(CORPORA)) {
  if (values.corpus !== undefined && corpus !== values.corpus) continue;
  const queries = read().filter(
    ({ name }) => name.includes(values.filter) && (!values.known || isKnownGap(gaps, values.mode, name)),
  );
  const equal = new Map<string, number>();
  const refused = new Set<string>();
  for (const query of queries) {
    for (const form of forms) {
      const { mode } = form;
      const gap = isKnownGap(gaps, mode, query.name);
      const traces = attempt(() => bothTraces(query, form, opa, join(folder, "work")));
      if (traces === undefined) {
        refused.add(query.name);
        break;
      }
      if (!(traces instanceof Error) && traces.ours === traces.theirs) {
        equal.set(mode, (equal.get(mode) ?? 0) + 1);
        if (gap) console.log(`is equal although known-gaps.txt lists it: ${mode}: ${query.name}`);
        if (gap) unexpected++;
        continue;
      }
      if (!gap) unexpected++;
      console.log(`differs${gap ? ", as known-gaps.txt says" : ""}: ${mode}: ${query.name}`);
      if (!gap && shown < Number(values.show)) {
        shown++;
        console.log(traces instanceof Error ? traces.message : firstDifference(traces));
      }
    }
  }
  const compared = queries.length - refused.size;
  const counts = forms.map(({ mode }) => `${mode} ${equal.get(mode) ?? 0}`);
  console.log(
    `${corpus}: ${compared} compared, equal: ${counts.join(", ")}; ${refused.size} that do not compile`,
  );
}
rmSync(folder, { recursive: true });
process.exit(unexpected > 0 ? 1 : 0);

function attempt<T>(run: () => T): T | Error {
  try {
    return run();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
