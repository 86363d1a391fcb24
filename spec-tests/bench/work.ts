// npm run bench:work -- WORK.json OUT.jsonl
import { dirname, join } from "node:path";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { testData } from "../test-data.ts";
import { duration, geometricMean, time } from "./timing.ts";
import { messagesOf, prepareWork, readWork } from "./work-items.ts";

const HELP = `Evaluates prepared policies and writes a line for each: {id, violations, ns} or {id, error}.

  npm run bench:work -- WORK.json OUT.jsonl
  npm run bench:work                          the 179 items of the test data, figures only

ns is the median of the means of a few rounds after warm-up; compiling and loading are outside the clock.
Where peers.json lies beside WORK.json, the messages are compared with OPA's.`;

const [workArgument, outFile] = process.argv.slice(2);
if (workArgument === "--help") {
  console.log(HELP);
  process.exit(0);
}
const workFile = workArgument ?? testData("bench/work/work.json");
if (!workFile || !existsSync(workFile)) {
  console.error(`no work items${workFile ? ` at ${workFile}` : ""}\n\n${HELP}`);
  process.exit(2);
}

const lines: string[] = [];
const times = new Map<string, number>();
const violations = new Map<string, readonly string[]>();
for (const item of readWork(workFile)) {
  try {
    const work = prepareWork(item);
    const messages = messagesOf(work.run());
    const { median } = time(() => work.run());
    lines.push(JSON.stringify({ id: item.id, violations: messages, ns: Math.round(median) }));
    times.set(item.id, median);
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
if (times.size > 0) console.log(`geometric mean ${duration(geometricMean([...times.values()]))}`);

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
