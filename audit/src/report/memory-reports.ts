import { promisify } from "node:util";
import { deflateRaw, inflateRaw } from "node:zlib";
import { linesOf } from "./report-store.ts";
import type { ReportStore, ReportWriter } from "./report-store.ts";

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

const PIECE = 256 * 1024;

/** Keeps the last report in memory, compressed: lines that resemble one another take a twentieth of their length. */
export function memoryReports(): ReportStore {
  let last: readonly Buffer[] | undefined;
  return {
    last: () => Promise.resolve(last && linesOf(inflated(last))),
    begin: () => Promise.resolve(memoryWriter((pieces) => (last = pieces))),
  };
}

function memoryWriter(keep: (pieces: readonly Buffer[]) => void): ReportWriter {
  const pieces: Buffer[] = [];
  let waiting: string[] = [];
  let length = 0;
  const flush = async (): Promise<void> => {
    const text = waiting.join("");
    waiting = [];
    length = 0;
    if (text !== "") pieces.push(await deflate(text, { level: 1 }));
  };
  return {
    async write(lines) {
      for (const line of lines) {
        waiting.push(line, "\n");
        length += line.length + 1;
        // A line may have megabytes, and a string has an end.
        if (length >= PIECE) await flush();
      }
    },
    async commit() {
      await flush();
      keep(pieces);
    },
    discard: () => Promise.resolve(),
  };
}

async function* inflated(pieces: readonly Buffer[]): AsyncGenerator<string> {
  for (const piece of pieces) yield (await inflate(piece)).toString("utf8");
}
