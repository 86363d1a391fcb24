// npm run mutants [-- --runs N] [--seed S] [--json FILE] [--show N]
import { writeFileSync } from "node:fs";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { opaBinary } from "../bench/opa.ts";
import type { Policy } from "../diagnostics/check.ts";
import { readCorpus } from "./corpus.ts";
import { mutate, randomFrom } from "./mutate.ts";
import { lineOf, OpaCheck, ourVerdict, type Reported, type Verdict } from "./opa-check.ts";

const HELP = `Breaks real policies at random and compares what OPA and Portcullis say about them.

  npm run mutants -- --runs 3000 --seed 7
  npm run mutants -- --show 20           print differences (default 10)
  npm run mutants -- --json diffs.json   write all of them

Needs OPA_BIN and the test data. Exits 1 when anything differs.`;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    show: { type: "string", default: "10" },
    json: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const opa = opaBinary();
const corpus = readCorpus();
if (values.help || opa === undefined || corpus.length === 0) {
  console.log(HELP);
  if (!values.help) console.error(opa === undefined ? "OPA_BIN names no binary" : "no test data");
  process.exit(values.help ? 0 : 2);
}

interface Mutant extends Policy {
  readonly name: string;
}

const random = randomFrom(Number(values.seed));
const mutants = Array.from({ length: Number(values.runs) }, (): Mutant => {
  const { source, version } = corpus[Math.floor(random() * corpus.length)] as (typeof corpus)[number];
  const other = version === "v0" ? "v1" : "v0";
  return {
    ...mutate(source, random),
    version: random() < 0.1 ? other : version,
    strict: random() < 0.3,
  };
});

/** How far two verdicts agree, from the weakest demand to the strongest. */
const DEMANDS: Readonly<Record<string, (a: Verdict, b: Verdict) => boolean>> = {
  "accepted or refused": (a, b) => (a.errors.length === 0) === (b.errors.length === 0),
  "code and row of the first error": (a, b) => firstOf(a, placeOf) === firstOf(b, placeOf),
  "text of the first error": (a, b) => firstOf(a, lineOf) === firstOf(b, lineOf),
  "all errors with columns": (a, b) => a.errors.map(lineOf).join("\n") === b.errors.map(lineOf).join("\n"),
  "whole report": (a, b) => a.text === b.text,
  "details as JSON": (a, b) => isDeepStrictEqual(a.details, b.details),
};

function firstOf(verdict: Verdict, show: (error: Reported) => string): string {
  const [first] = verdict.errors;
  return first ? show(first) : "";
}

function placeOf({ row, code }: Reported): string {
  return `${row} ${code}`;
}

const check = new OpaCheck(opa);
const theirs = await check.all(mutants);
check.close();

const agreed = new Map(Object.keys(DEMANDS).map((demand) => [demand, 0]));
const differences = mutants.flatMap((mutant, i) => {
  const wanted = theirs[i] as Verdict;
  let got: Verdict;
  try {
    got = ourVerdict(mutant);
  } catch (error) {
    got = { errors: [], details: [], text: `THROWN ${error instanceof Error ? error.stack : String(error)}` };
  }
  let broken: string | undefined;
  for (const [demand, holds] of Object.entries(DEMANDS)) {
    if (holds(wanted, got)) agreed.set(demand, (agreed.get(demand) as number) + 1);
    else broken ??= demand;
  }
  return broken === undefined ? [] : [{ ...mutant, broken, wanted, got }];
});

const refused = theirs.filter(({ errors }) => errors.length > 0).length;
console.log(`${mutants.length} mutants (seed ${values.seed}), ${refused} refused by OPA`);
for (const [demand, count] of agreed) {
  console.log(`${((100 * count) / mutants.length).toFixed(2).padStart(7)} %  ${demand}`);
}
for (const { name, version, strict, source, broken, wanted, got } of differences.slice(
  0,
  Number(values.show),
)) {
  console.log(`\n── ${broken} · ${name} · ${version}${strict ? " strict" : ""}\n${source}`);
  console.log(
    `OPA:\n${wanted.errors.map(lineOf).join("\n")}\nPortcullis:\n${got.errors.map(lineOf).join("\n")}`,
  );
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(differences, null, 1)}\n`);
process.exit(differences.length > 0 ? 1 : 0);
