import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Program } from "./generate/program.ts";
import type { Outcome } from "./outcome.ts";

/** Where minimised programs lie on which Portcullis once differed from OPA, with OPA's answers. */
export const REGRESSIONS = join(import.meta.dirname, "regressions");

export interface Regression {
  /** What was wrong, in a line. */
  readonly note: string;
  readonly program: Program;
  readonly expected: Outcome;
}

export function readRegressions(): readonly (Regression & { readonly file: string })[] {
  return readdirSync(REGRESSIONS)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => ({ file, ...(JSON.parse(readFileSync(join(REGRESSIONS, file), "utf8")) as Regression) }));
}

/** A file for a new regression. Its name and note are for the author to improve. */
export function regressionText(
  program: Program,
  expected: Outcome,
): { readonly name: string; readonly text: string } {
  const regression: Regression = { note: "", program, expected };
  const hash = createHash("sha256").update(JSON.stringify(program)).digest("hex").slice(0, 8);
  return { name: `new-${hash}.json`, text: `${JSON.stringify(regression, null, 2)}\n` };
}
