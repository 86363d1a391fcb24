// npm run fuzz [-- --runs N --seed S --slow MS]
import { parseArgs } from "node:util";
import { policies } from "./corpus.ts";
import { failureOf, fuzzCase, shortest } from "./run.ts";

const HELP = `Mutates policies and JSON texts, by tokens and by bytes, and gives them to parser, compiler, evaluator, formatter
and JSON reader. Each must give a result or a diagnostic.

  npm run fuzz                                100,000 texts
  npm run fuzz -- --runs 1000000 --seed 7     the same seed gives the same texts
  npm run fuzz -- --slow 500                  name texts that take longer than 500 ms (default 2000)

Exits 1 when something was thrown or was slow.`;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    slow: { type: "string", default: "2000" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const [runs, seed, slow] = [Number(values.runs), Number(values.seed), Number(values.slow)];
const corpus = policies();
console.error(`${corpus.length} texts to start from`);
const verdicts = new Map<string, number>();
const failures = new Map<string, number>();
let slowest = 0;
let lastTold = Date.now();

for (let number = 0; number < runs; number++) {
  const one = fuzzCase(corpus, seed, number);
  const started = performance.now();
  let verdict: string | undefined;
  const failure = failureOf(one.text, (text) => (verdict = one.check(text)));
  const took = performance.now() - started;
  count(verdicts, `${one.target}: ${failure ? "FAILED" : (verdict ?? "read")}`);
  if (took > slowest) slowest = took;
  if (took > slow) {
    count(failures, "slow");
    console.log(`text ${number} of seed ${seed} took ${Math.round(took)} ms:\n${JSON.stringify(one.text)}\n`);
  }
  if (failure !== undefined && count(failures, failure) === 1) {
    console.log(`text ${number} of seed ${seed}: ${failure}\n${JSON.stringify(shortest(one))}\n`);
  }
  if (Date.now() - lastTold > 5_000) {
    lastTold = Date.now();
    console.error(
      `${number + 1} of ${runs}, ${total(failures)} failed, the slowest took ${Math.round(slowest)} ms`,
    );
  }
}

for (const [verdict, times] of [...verdicts].sort(([a], [b]) => (a < b ? -1 : 1)))
  console.log(`${String(times).padStart(9)}  ${verdict}`);
console.log(
  `seed ${seed}: ${runs} texts, ${total(failures)} failed, the slowest took ${Math.round(slowest)} ms`,
);
process.exit(failures.size > 0 ? 1 : 0);

function count(table: Map<string, number>, key: string): number {
  const times = (table.get(key) ?? 0) + 1;
  table.set(key, times);
  return times;
}

function total(table: ReadonlyMap<string, number>): number {
  return [...table.values()].reduce((sum, times) => sum + times, 0);
}
