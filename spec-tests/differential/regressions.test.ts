import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Program } from "./generate/program.ts";
import { startOpa, type OpaEvaluator } from "./opa-evaluator.ts";
import { ourOutcome } from "./our-evaluator.ts";
import { readRegressions } from "./regressions.ts";

const regressions = readRegressions();
const binary = process.env["OPA_BIN"];

describe("programs on which Portcullis once differed from OPA", () => {
  it.each(regressions)("$file: $note", async ({ program, expected }) => {
    expect(await ourOutcome(program)).toEqual(expected);
  });
});

const hasOpa = binary !== undefined && existsSync(binary);
if (!hasOpa)
  console.warn(`OPA_BIN names no OPA: what ${regressions.length} regressions expect is not asked again`);

describe.skipIf(!hasOpa)("what the regressions expect is what OPA says", () => {
  const opa = new Map<Program["version"], OpaEvaluator>();
  beforeAll(async () => {
    for (const version of ["v0", "v1"] as const) opa.set(version, await startOpa(binary ?? "", version));
  });
  afterAll(() => {
    for (const one of opa.values()) one.close();
  });

  it.each(regressions)("$file", async ({ program, expected }) => {
    expect(await opa.get(program.version)?.outcome(program)).toEqual(expected);
  });
});
