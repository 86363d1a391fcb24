import type { TemplateStats } from "@portcullis/engine";
import type { SourceListener } from "./object-source.ts";
import type { SweepError } from "./sweep-error.ts";
import type { Violation } from "./violation.ts";

/** Violations that come together, at most: what else the process does must not wait for a page, and telling of 100 takes some milliseconds. */
export const VIOLATIONS_AT_ONCE = 100;

/** What came of some objects. */
export interface JudgedPage {
  /** How many were judged, or could not be; what the Config excludes does not count. */
  readonly objects: number;
  /** Some at a time, made as they are asked for: not all of a page are in memory at once. */
  readonly violations: Iterable<readonly Violation[]>;
  readonly errors: readonly SweepError[];
  /** What templates took, where that is wanted; verdicts that are remembered took nothing. */
  readonly stats?: readonly TemplateStats[];
}

/** Where a sweep's verdicts come from: judged here one after the other, in threads, or remembered. */
export interface VerdictSource {
  /** All objects of one sweep, page by page. Never throws for what goes wrong with a part: that is told and left out. */
  pages(signal: AbortSignal, tell: SourceListener): AsyncIterable<JudgedPage>;
}
