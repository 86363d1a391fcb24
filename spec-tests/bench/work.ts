// npm run bench:work -- WORK.json OUT.jsonl
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { testData } from "../test-data.ts";
import { opaBinary, opaNanoseconds } from "./opa.ts";
import { duration, geometricMean, time } from "./timing.ts";
import { messagesOf, prepareWork, readWork } from "./work-items.ts";

const HELP = `Evaluates prepared policies and writes a line for each: {id, violations, ns} or {id, error}.

  npm run bench:work -- WORK.json OUT.jsonl
  npm run bench:work                          the 179 items of the test data, figures only
  npm run bench:work -- --closures            by closures, without JavaScript written for each policy
  npm run bench:work -- --opa 12              with OPA_BIN set, opa bench runs beside every twelfth item (1: all, which
                                              takes the better part of an hour) and the ratio is told

ns is the median of the means of a few rounds after warm-up; compiling and loading are outside the clock.
Where peers.json lies beside WORK.json, the messages are compared with OPA's.`;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: "boolean" }, opa: { type: "string" }, closures: { type: "boolean" } },
});
const [workArgument, outFile] = positionals;
if (flags.help) {
  console.log(HELP);
  process.exit(0);
}
const workFile = workArgument ?? testData("bench/work/work.json");
if (!workFile || !existsSync(workFile)) {
  console.error(`no work items${workFile ? ` at ${workFile}` : ""}\n\n${HELP}`);
  process.exit(2);
}

const generateCode = flags.closures !== true;
const lines: string[] = [];
const times = new Map<string, number>();
const violations = new Map<string, readonly string[]>();
// Rounds shorter than a time slice: what a busy neighbour takes falls into a few of them, and the median leaves those out.
const SHORT_ROUNDS = { rounds: 101, roundMs: 1 };
const everyNth = Number(flags.opa ?? 0);
const opa = everyNth > 0 ? opaBinary() : undefined;
if (everyNth > 0 && !opa) console.log("OPA_BIN is not set: no comparison with OPA");
const ratios: { readonly id: string; readonly ratio: number }[] = [];
for (const [i, item] of readWork(workFile).entries()) {
  try {
    const work = prepareWork(item, { generateCode });
    const messages = messagesOf(work.run());
    const { median } = time(() => work.run(), SHORT_ROUNDS);
    lines.push(JSON.stringify({ id: item.id, violations: messages, ns: Math.round(median) }));
    times.set(item.id, median);
    if (opa && i % everyNth === 0) ratios.push({ id: item.id, ratio: opaNanoseconds(opa, item) / median });
    violations.set(item.id, messages);
  } catch (error) {
    lines.push(
      JSON.stringify({ id: item.id, error: error instanceof Error ? error.message : String(error) }),
    );
  }
  if (process.stderr.isTTY) process.stderr.write(`\r${lines.length} evaluations`);
}
if (process.stderr.isTTY) process.stderr.write("\r");
if (outFile) writeFileSync(outFile, `${lines.join("\n")}\n`);

const failed = lines.length - times.size;
console.log(`${times.size} of ${lines.length} evaluations ran${failed > 0 ? `, ${failed} failed` : ""}`);
const tier = generateCode ? "JavaScript written for each policy" : "closures";
if (times.size > 0) console.log(`geometric mean ${duration(geometricMean([...times.values()]))}, by ${tier}`);

if (ratios.length > 0) {
  ratios.sort((a, b) => a.ratio - b.ratio);
  const slower = ratios.filter(({ ratio }) => ratio < 1);
  const mean = geometricMean(ratios.map(({ ratio }) => ratio));
  console.log(`OPA took ${mean.toFixed(1)} times as long over ${ratios.length} items (geometric mean)`);
  console.log(
    `slower than OPA on ${slower.length}; nearest: ${ratios[0]?.id} at ${ratios[0]?.ratio.toFixed(1)}`,
  );
}

const peersFile = join(dirname(workFile), "peers.json");
if (existsSync(peersFile)) {
  const peers = JSON.parse(readFileSync(peersFile, "utf8")) as Record<
    string,
    { readonly violations?: readonly string[] }
  >;
  const differing = [...violations].filter(
    ([id, got]) => JSON.stringify([...(peers[id]?.violations ?? [])].sort()) !== JSON.stringify(got),
  );
  console.log(`${violations.size - differing.length} of ${lines.length} give OPA's messages`);
  for (const [id, got] of differing) console.log(`  differs: ${id}: ${JSON.stringify(got)}`);
}
