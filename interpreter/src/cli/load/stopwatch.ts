/** What loading consists of. */
export type LoadPhase = "load_files" | "data_parse" | "load_bundles";

/** Does some work and takes its time; work may consist of other work. */
export type Stopwatch = <T>(phase: LoadPhase, work: () => T) => T;

/** For those who do not want to know. */
export const atOnce: Stopwatch = (_phase, work) => work();
