// `npm run verdicts`: how many of the AdmissionReviews of the benchmark get, to the letter, the answer of a real Gatekeeper
// with the policies of Gatekeeper's library. Message lines are compared as a set. Exits 1 when a request got no verdict.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { formatProblem } from "@portcullis/engine/files";
import { testData } from "../test-data.ts";
import { webhook } from "../webhook.ts";
import type { AdmissionAnswer } from "../webhook.ts";

interface Verdict {
  readonly allowed: boolean;
  readonly code: number;
  readonly messages: readonly string[];
  readonly warnings: readonly string[];
}

const bench = testData("bench", "verdicts.json");
const library = testData("gatekeeper-library", "library");
if (!bench || !library) {
  console.log("verdicts: skipped, the test data is absent (set PORTCULLIS_TEST_DATA)");
  process.exit(0);
}
const { constraints, reviews } = JSON.parse(readFileSync(bench, "utf8")) as {
  readonly constraints: readonly string[];
  readonly reviews: Readonly<Record<string, Verdict>>;
};

const server = webhook();
const templates = constraints.map((file) => join(library, dirname(dirname(dirname(file))), "template.yaml"));
const problems = await server.load([...templates, ...constraints.map((file) => join(library, file))]);
for (const problem of problems) console.log(formatProblem(problem));

let equal = 0;
let unjudged = 0;
const requests = readdirSync(join(dirname(bench), "requests")).filter((file) => file in reviews);
for (const file of requests.sort()) {
  const read = parseJson(readFileSync(join(dirname(bench), "requests", file), "utf8"));
  if (!read.ok) throw new Error(`${file}: ${read.error.message}`);
  const differences = compare(await server.post(read.value as PlainObject), reviews[file] as Verdict);
  if (differences.length === 0) equal++;
  if (differences.some((line) => line.startsWith("no verdict"))) unjudged++;
  for (const line of differences) console.log(`${file}: ${line}`);
}
console.log(
  `${constraints.length} policies, ${problems.length} refused; ${equal} of ${requests.length} verdicts equal to the letter, ` +
    `${unjudged} requests without a verdict`,
);
process.exitCode = unjudged > 0 || problems.length > 0 ? 1 : 0;

function compare(answer: AdmissionAnswer, wanted: Verdict): readonly string[] {
  const { code, message } = answer.status;
  if (code >= 400 && code !== 403) return [`no verdict: ${code} ${message}`];
  const differences: string[] = [];
  if (answer.allowed !== wanted.allowed)
    differences.push(`allowed ${answer.allowed}, Gatekeeper ${wanted.allowed}`);
  if (code !== wanted.code) differences.push(`code ${code}, Gatekeeper ${wanted.code}`);
  differences.push(
    ...setDifferences("message", message === undefined ? [] : message.split("\n"), wanted.messages),
  );
  differences.push(...setDifferences("warning", answer.warnings ?? [], wanted.warnings));
  return differences;
}

function setDifferences(what: string, ours: readonly string[], theirs: readonly string[]): readonly string[] {
  const mine = new Set(ours);
  const wanted = new Set(theirs);
  return [
    ...[...mine].filter((line) => !wanted.has(line)).map((line) => `${what} only here: ${line}`),
    ...[...wanted].filter((line) => !mine.has(line)).map((line) => `${what} only in Gatekeeper: ${line}`),
  ];
}
