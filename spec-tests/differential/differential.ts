// npm run differential [-- --runs N --seed S --keep N --strict --record]
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { randomChoices } from "./generate/choices.ts";
import { program, type Program } from "./generate/program.ts";
import { OpaDied, startOpa, type OpaEvaluator } from "./opa-evaluator.ts";
import { compiles, ourOutcome } from "./our-evaluator.ts";
import {
  excuse,
  firstDifference,
  hasNestedWith,
  isSpelling,
  signature,
  type Difference,
  type Outcome,
} from "./outcome.ts";
import { withPlainLiterals } from "./plain-literals.ts";
import { REGRESSIONS, regressionText } from "./regressions.ts";
import { reproduction } from "./reproduction.ts";
import { shrink } from "./shrink.ts";

const HELP = `Runs random programs on Portcullis and on a real OPA and shows where they differ, made as small as possible.

  OPA_BIN=/path/to/opa npm run differential                     1000 programs
  OPA_BIN=/path/to/opa npm run differential -- --runs 50000 --seed 7
  ... --keep 3      stop after three different differences (default 5)
  ... --strict      ask also which builtin error comes first (OPA's rule index decides that, and knows more than ours)
  ... --excused     show also differences that do not matter, and why (outcome.ts says the rules)
  ... --record      write each minimised program, with OPA's answers, to spec-tests/differential/regressions

The same seed gives the same programs. Exits 1 when there is a difference, 2 without an OPA.`;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    keep: { type: "string", default: "5" },
    strict: { type: "boolean", default: false },
    excused: { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const binary = process.env["OPA_BIN"];
if (!binary || !existsSync(binary)) {
  console.error("no OPA: set OPA_BIN to the path of an opa binary");
  process.exit(2);
}
const [runs, seed, keep] = [Number(values.runs), Number(values.seed), Number(values.keep)];
type Version = Program["version"];
type Servers = Record<Version, OpaEvaluator>;

const start = (version: Version): Promise<OpaEvaluator> => startOpa(binary, version, values.strict);
process.exit(await campaign({ v0: await start("v0"), v1: await start("v1") }));

interface Tally {
  agreed: number;
  /** Of those that agreed: neither compiled them, or both ended in an error. */
  compileErrors: number;
  evalErrors: number;
  tooLong: number;
  differed: number;
  /** Differences that do not matter, by the reason why. */
  readonly excused: Map<string, number>;
}

async function campaign(opa: Servers): Promise<number> {
  const tally: Tally = {
    agreed: 0,
    compileErrors: 0,
    evalErrors: 0,
    tooLong: 0,
    differed: 0,
    excused: new Map(),
  };
  const seen = new Map<string, number>();
  let lastTold = Date.now();
  for (let number = 0; number < runs && seen.size < keep; number++) {
    const choices = randomChoices(seed * 1_000_003 + number);
    const found = await judge(program(choices), opa, tally);
    if (Date.now() - lastTold > 5_000) {
      lastTold = Date.now();
      console.error(`${number + 1} of ${runs}: ${tallyText(tally)}`);
    }
    if (!found) continue;
    if (!(await isLasting(program(randomChoices(seed * 1_000_003 + number)), opa))) {
      const reason = "what a fresh OPA says otherwise";
      tally.differed--;
      excused(tally, reason);
      console.error(`program ${number} of seed ${seed} differs with this OPA process only`);
      continue;
    }
    const wanted = signature(found);
    const times = (seen.get(wanted) ?? 0) + 1;
    seen.set(wanted, times);
    if (times > 1) continue;
    console.error(`program ${number} of seed ${seed} differs (${wanted}); making it smaller`);
    const small = await shrink(choices.taken, async (candidate) => {
      const difference = await judge(candidate, opa);
      return difference !== undefined && signature(difference) === wanted;
    });
    await tell(small, opa);
  }
  opa.v0.close();
  opa.v1.close();
  console.log(`seed ${seed}: ${tallyText(tally)}`);
  for (const [kind, times] of seen) console.log(`  ${times} × ${kind}`);
  return tally.differed === 0 ? 0 : 1;
}

/** Whether a new process says the same: types of builtins change in one that has compiled much. */
async function isLasting(candidate: Program, opa: Servers): Promise<boolean> {
  const { version } = candidate;
  opa[version].close();
  opa[version] = await start(version);
  return (await judge(candidate, opa)) !== undefined;
}

async function judge(candidate: Program, opa: Servers, tally?: Tally): Promise<Difference | undefined> {
  const both = await outcomes(candidate, opa);
  if (!both) {
    if (tally) tally.tooLong++;
    return undefined;
  }
  if (both === "died") {
    if (tally) excused(tally, "a panic of OPA");
    return undefined;
  }
  const difference = firstDifference(both.ours, both.theirs);
  const reason = difference && !values.excused ? await reasonFor(difference, candidate, opa) : undefined;
  if (!tally) return reason === undefined ? difference : undefined;
  if (reason !== undefined) {
    excused(tally, reason);
    return undefined;
  }
  if (difference) tally.differed++;
  else tally.agreed++;
  if (!difference && both.theirs[0]?.answer !== "") tally.compileErrors++;
  if (!difference && both.theirs.slice(1).some(({ answer }) => /_error: /.test(answer))) tally.evalErrors++;
  return difference;
}

/** Undefined where one of them takes too long; `died` where OPA did not survive the program. */
async function outcomes(
  candidate: Program,
  opa: Servers,
): Promise<{ readonly ours: Outcome; readonly theirs: Outcome } | "died" | undefined> {
  const answered = opa[candidate.version].outcome(candidate);
  const ours = await ourOutcome(candidate, values.strict).catch((error: unknown) => [
    {
      question: "compile",
      answer: `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    },
  ]);
  const theirs = await answered.catch(async (error: unknown) => {
    if (!(error instanceof OpaDied)) throw error;
    opa[candidate.version] = await start(candidate.version);
    return "died" as const;
  });
  if (theirs === "died") return theirs;
  return ours && theirs && { ours, theirs };
}

/** Why a difference does not matter: by what it says, or because it goes where literals are values. */
async function reasonFor(
  difference: Difference,
  candidate: Program,
  opa: Servers,
): Promise<string | undefined> {
  if (difference.question === "compile") return excuse(difference, candidate);
  if (difference.question === "query" && hasNestedWith(candidate.query ?? ""))
    return "with in a body within a query";
  if (difference.question === "query" && /^not contains\b/.test(candidate.query ?? "")) {
    return "not contains at the start of a query";
  }
  if (isSpelling(difference)) return "spelling of equal numbers";
  const plain = withPlainLiterals(candidate, compiles);
  const both = plain === candidate ? undefined : await outcomes(plain, opa);
  const agree = both && both !== "died" && !firstDifference(both.ours, both.theirs);
  return agree ? "literals gone through term by term" : undefined;
}

async function tell(small: Program, opa: Servers): Promise<void> {
  const difference = await judge(small, opa);
  if (!difference) return;
  console.log(reproduction(small, difference));
  if (!values.record) return;
  const expected = await opa[small.version].outcome(small);
  if (!expected) return;
  const { name, text } = regressionText(small, expected);
  mkdirSync(REGRESSIONS, { recursive: true });
  writeFileSync(join(REGRESSIONS, name), text);
  console.log(`recorded as ${name}`);
}

function excused(tally: Tally, reason: string): void {
  tally.excused.set(reason, (tally.excused.get(reason) ?? 0) + 1);
}

function tallyText({ agreed, compileErrors, evalErrors, tooLong, differed, excused }: Tally): string {
  const errors = `${compileErrors} as compile errors, ${evalErrors} with errors of evaluation`;
  const others = [...excused].map(([reason, times]) => `, ${times} with ${reason}`).join("");
  return `${agreed} agree (${errors})${others}, ${differed} differ, ${tooLong} took too long`;
}
