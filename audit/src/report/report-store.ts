/** Where reports of runs are kept: in a file, or in memory. */
export interface ReportStore {
  /** The lines of the last report that was written to its end; undefined where there is none. Rejects, or breaks off, where it cannot be read. */
  last(): Promise<AsyncIterable<string> | undefined>;
  /** Begins a report, which replaces the last one when it is committed. One at a time. */
  begin(): Promise<ReportWriter>;
}

export interface ReportWriter {
  /** Rejects where there is no room. */
  write(lines: readonly string[]): Promise<void>;
  /** Nobody sees the report before, and everybody all of it after. */
  commit(): Promise<void>;
  /** Forgets what was written. */
  discard(): Promise<void>;
}

/** The lines of a text that comes in pieces; what stands behind the last line end is a line too. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of pieces) {
    const lines = piece.split("\n");
    lines[0] = rest + (lines[0] as string);
    rest = lines.pop() as string;
    yield* lines;
  }
  if (rest !== "") yield rest;
}
