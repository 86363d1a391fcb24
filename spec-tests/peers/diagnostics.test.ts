import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { opaBinary } from "../bench/opa.ts";
import { readBrokenModules } from "../diagnostics/broken-modules.ts";
import { lineOf, OpaCheck, ourVerdict, type Verdict } from "./opa-check.ts";
import { settled } from "./two-answers.ts";

const opa = opaBinary();
const modules = readBrokenModules();
if (opa === undefined) {
  console.warn(`OPA_BIN names no binary: ${modules.length} broken modules are not shown to OPA`);
}

describe.runIf(opa !== undefined)("the broken modules of spec-tests/diagnostics, shown to OPA", () => {
  const check = new OpaCheck(opa ?? "");
  let verdicts: readonly Verdict[] = [];
  // Two processes a module, hundreds of modules: far longer than a test may take.
  beforeAll(async () => {
    verdicts = await check.all(modules);
  }, 900_000);
  afterAll(() => check.close());

  it.each(modules.map((module, i) => ({ ...module, i })))("$file $version: $source", (module) => {
    const theirs = verdicts[module.i];
    const ours = ourVerdict(module);
    expect(ours.errors.map(lineOf)).toEqual(theirs?.errors.map((error) => settled(lineOf(error))));
    expect(ours.details).toEqual(theirs?.details);
    expect(ours.text).toBe(settled(theirs?.text ?? ""));
  });
});
