import { CORPORA, type TracedQuery } from "../traces/corpus.ts";
import { REPORTED_PROGRAMS } from "./programs.ts";

/** Programs of ours with every construct, and what traces are compared on. */
export const REPORT_CORPORA: Readonly<Record<string, () => readonly TracedQuery[]>> = {
  constructs: () => REPORTED_PROGRAMS,
  ...CORPORA,
};
