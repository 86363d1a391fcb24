// npm run bench [-- policies | scaling | hostile | cold | gator | endpoint]
import { existsSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../test-data.ts";
import { endpoint } from "./endpoint.ts";
import { gator } from "./gator.ts";
import { opaBinary, opaNanoseconds } from "./opa.ts";
import { cpuOf, processCosts, wallOf } from "./process-costs.ts";
import { duration, medianOf, time } from "./timing.ts";
import type { TimingOptions } from "./timing.ts";
import { prepareWork } from "./work-items.ts";
import {
  bigNumbers,
  hostileWorkloads,
  indexableRules,
  inventoryJoin,
  libraryWorkloads,
  seedWorkloads,
  trivialLoop,
  unindexableRules,
  type Workload,
} from "./workloads.ts";

/** For figures that are compared with one another. */
const LONG: TimingOptions = { rounds: 15, warmUpMs: 300 };

const HELP = `Measures, and prints medians with their spread. Only ratios within one run mean anything.

  npm run bench                  everything
  npm run bench -- policies      one prepared evaluation of common policies; with OPA_BIN set, opa bench beside it
  npm run bench -- scaling       how cost grows with rules and with data
  npm run bench -- hostile       how long what is made to hurt takes until its answer, or until a budget ends it
  npm run bench -- cold          a whole process, against a bare start of the same Node
  npm run bench -- gator         reviews, templates, constraints, and the gator command; with GATOR_BIN set, the real one beside it
  npm run bench -- endpoint      the HTTPS endpoint by templates and size of reviews, against a handler that only parses`;

const SECTIONS: Readonly<Record<string, () => Promise<void> | void>> = {
  policies,
  scaling,
  hostile,
  cold,
  gator,
  endpoint,
};

const wanted = process.argv.slice(2);
if (wanted.some((name) => !Object.hasOwn(SECTIONS, name))) {
  console.log(HELP);
  process.exit(wanted.includes("--help") ? 0 : 2);
}
for (const [name, run] of Object.entries(SECTIONS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}`);
  await run();
}

function policies(): void {
  const opa = opaBinary();
  if (!opa) console.log("  (OPA_BIN is not set: no comparison with OPA)");
  const workloads = [...seedWorkloads(), ...libraryWorkloads(), trivialLoop(), bigNumbers()];
  for (const workload of workloads) {
    const ns = report(workload);
    if (!opa) continue;
    const theirs = opaNanoseconds(opa, workload.item);
    console.log(`    OPA ${duration(theirs)}, ${(theirs / ns).toFixed(1)} times ours`);
  }
}

function scaling(): void {
  const compared = [indexableRules(10), indexableRules(1000), inventoryJoin(100), inventoryJoin(10_000)];
  // Whichever program ran first would be measured with machine code made for it alone: all run before any is measured.
  for (const workload of [...compared, ...compared]) time(prepareWork(workload.item).run, LONG);
  const few = report(indexableRules(10), LONG);
  const many = report(indexableRules(1000), LONG);
  console.log(`  1,000 rules cost ${(many / few).toFixed(2)} times what 10 cost`);
  report(indexableRules(10_000));
  report(unindexableRules(1000));
  const small = report(inventoryJoin(100), LONG);
  const large = report(inventoryJoin(10_000), LONG);
  console.log(`  10,000 objects cost ${(large / small).toFixed(2)} times what 100 cost`);
}

function hostile(): void {
  for (const { name, item } of hostileWorkloads()) {
    const work = prepareWork(item);
    const started = process.hrtime.bigint();
    let end = "an answer";
    try {
      work.run();
    } catch (error) {
      end = error instanceof Error ? error.message : String(error);
    }
    const ns = Number(process.hrtime.bigint() - started);
    console.log(`  ${name.padEnd(48)} ${duration(ns).padStart(10)}  ${end}`);
  }
}

function cold(): void {
  const command = join(repositoryRoot, "interpreter/bin/rego.js");
  if (!existsSync(join(repositoryRoot, "interpreter/dist"))) {
    console.log("  build first: npm run build");
    return;
  }
  const bare = ["-e", "0"];
  const rego = [command, "eval", "1+1"];
  const costs = processCosts([bare, rego], 31);
  for (const [quantity, of] of Object.entries({ wall: wallOf, "user+sys CPU": cpuOf })) {
    const [ofBare = 0, ofRego = 0] = costs.map((runs) => medianOf(runs.map(of)));
    console.log(
      `  ${quantity}: bare Node ${duration(ofBare)}, rego eval '1+1' ${duration(ofRego)}: ${(ofRego / ofBare).toFixed(2)} times`,
    );
  }
}

/** Times a workload, prints its line and returns the median in nanoseconds. */
function report(workload: Workload, timing: TimingOptions = {}): number {
  const work = prepareWork(workload.item);
  const { median, fastest, slowest } = time(work.run, timing);
  console.log(
    `  ${workload.name.padEnd(48)} ${duration(median).padStart(10)}  (${duration(fastest)} to ${duration(slowest)})`,
  );
  return median;
}
