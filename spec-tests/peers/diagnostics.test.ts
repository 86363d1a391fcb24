import { afterAll, describe, expect, it } from "vitest";
import { opaBinary } from "../bench/opa.ts";
import { readBrokenModules } from "../diagnostics/broken-modules.ts";
import { lineOf, OpaCheck, ourVerdict } from "./opa-check.ts";

const opa = opaBinary();
const modules = readBrokenModules();
if (opa === undefined) {
  console.warn(`OPA_BIN names no binary: ${modules.length} broken modules are not shown to OPA`);
}

describe.runIf(opa !== undefined)("the broken modules of spec-tests/diagnostics, shown to OPA", () => {
  const check = new OpaCheck(opa ?? "");
  const verdicts = check.all(modules);
  afterAll(() => check.close());

  it.each(modules.map((module, i) => ({ ...module, i })))("$file $version: $source", async (module) => {
    const theirs = (await verdicts)[module.i];
    const ours = ourVerdict(module);
    expect(ours.errors.map(lineOf)).toEqual(theirs?.errors.map(lineOf));
    expect(ours.text).toBe(theirs?.text);
  });
});
