import { parseArgs } from "node:util";
import { opaBinary } from "../../bench/opa.ts";
import { readCallTables } from "./calls.ts";
import { differences } from "./differences.ts";
import { generatedTables } from "./generate.ts";

/**
 * `npm run differential:builtins -- [--runs N] [--seed S] [--only TABLE]`: the calls of the tables, or N generated from
 * them, under OPA and under our evaluator. Prints what differs; exit code 1 where anything does.
 */
const { values } = parseArgs({
  options: { runs: { type: "string" }, seed: { type: "string" }, only: { type: "string" } },
});
const opa = opaBinary();
if (!opa) {
  console.error("differential: OPA_BIN names no OPA; nothing was compared");
  process.exit(2);
}

const seed = Number(values.seed ?? Date.now() % 1_000_000);
const tables = readCallTables().filter(({ name }) => name.startsWith(values.only ?? ""));
const chosen =
  values.runs === undefined ? tables : generatedTables(tables, { runs: Number(values.runs), seed });
let compared = 0;
let differing = 0;
for (const table of chosen) {
  const found = differences(opa, table);
  compared += table.calls.length;
  differing += found.length;
  for (const { call, opa: wanted, ours } of found)
    console.log(`${table.name}: ${call}\n   opa: ${cut(wanted)}\n  ours: ${cut(ours)}`);
}
console.log(
  `${compared} calls compared, ${differing} differ${values.runs === undefined ? "" : ` (seed ${seed})`}`,
);
process.exitCode = differing === 0 ? 0 : 1;

function cut(text: string): string {
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
