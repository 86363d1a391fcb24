/**
 * Where the records of one run go, each a line of JSON. Nothing rejects: each call answers what went wrong, an error for each
 * record that did not arrive.
 */
export interface ExportSink {
  begin(line: string): Promise<readonly string[]>;
  add(lines: readonly string[]): Promise<readonly string[]>;
  end(line: string): Promise<readonly string[]>;
}

/** Takes nothing, and says why. */
export function closedSink(why: string): ExportSink {
  return {
    begin: () => Promise.resolve([why]),
    add: (lines) => Promise.resolve(lines.map(() => why)),
    end: () => Promise.resolve([why]),
  };
}
