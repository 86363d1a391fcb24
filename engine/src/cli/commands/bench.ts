import { defineCommand } from "../command/command.ts";
import { duration, float, int, on, text } from "../command/flag-kinds.ts";
import { inputFlags } from "./shared-flags.ts";

export const benchCommand = defineCommand({
  name: "bench",
  short: "Measure how long reviews take",
  long: `Measure how long it takes to review objects by the templates and constraints among them.

Every object is reviewed as often as --iterations says. Times are of the review alone: matching and evaluation. The engine
is Rego; gator's other engines can be named and stand for it.`,
  examples: `# A thousand reviews of each object
gator bench --filename=policies/

# A quick look
gator bench --filename=policies/ --iterations=50 --warmup=5

# Keep a baseline, and fail later where it got slower by more than 10 % and 1 ms
gator bench --filename=policies/ --save=baseline.json
gator bench --filename=policies/ --compare=baseline.json --threshold=10 --min-threshold=1ms

# For a script
gator bench --filename=policies/ --output=json`,
  flags: {
    ...inputFlags("f"),
    engine: text("policy engine: rego, cel or all; each is answered by Rego", {
      short: "e",
      initial: "rego",
    }),
    iterations: int("how often each object is reviewed; P99 means little below 1000", {
      short: "n",
      initial: 1000,
    }),
    warmup: int("rounds before the measurement", { initial: 10 }),
    concurrency: int("reviews are made one after the other; above 1 they are only interleaved", {
      short: "c",
      initial: 1,
    }),
    output: text("output format: table, json or yaml", { short: "o", initial: "table" }),
    stats: on("taken and without effect"),
    memory: on("measure the memory that reviews allocate"),
    save: text("save the results to this .json or .yaml file"),
    compare: text("compare with the results of this file; exit code 1 where they got worse"),
    threshold: float("percentage above which a change counts as worse", { initial: 10 }),
    "min-threshold": duration("least change of a latency that counts as worse (1ms, 500µs)"),
  },
  operandCount: "none",
  async run(flags, _args, process) {
    const { bench } = await import("../bench/bench.ts");
    return bench({ ...flags, minThreshold: flags["min-threshold"] }, process);
  },
});
