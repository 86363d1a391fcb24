import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { channelFolder, filesLike, LineFile, makeFolder, removeFiles } from "@portcullis/engine/cluster";
import type { DiskTarget } from "@portcullis/engine/cluster";
import type { ExportSink } from "./export-sink.ts";

/** The files of runs, ours and Gatekeeper's: `.txt` as long as they grow, `.log` when they are whole. */
const RUN_FILE = /^\d{4}-\d\d-\d\dT\d\d_\d\d_\d\dZ\.(?:txt|log)$/;

/**
 * Writes the records of a run to `<path>/<channel>/<run id>.txt`, with `_` for the `:` of the id. At its end the file is
 * renamed to `.log`, and all but the newest `maxAuditResults` files of runs are taken away. A run whose end could not be
 * written keeps its first name: nobody takes it for whole.
 */
export function diskSink(target: DiskTarget, channel: string, runId: string): ExportSink {
  let file: LineFile | undefined;
  let whyNone = "";
  const begin = async (line: string): Promise<void> => {
    const folder = channelFolder(target.path, channel);
    await makeFolder(folder);
    file = await LineFile.open(join(folder, `${runId.replaceAll(":", "_")}.txt`));
    await file.add([line]);
  };
  const add = async (lines: readonly string[]): Promise<void> => {
    if (!file) throw new Error(`there is no file: ${whyNone}`);
    await file.add(lines);
  };
  const end = async (line: string): Promise<void> => {
    const written = file;
    try {
      await add([line]);
    } finally {
      file = undefined;
      await written?.close();
    }
    if (written) await rename(written.path, written.path.replace(/\.txt$/, ".log"));
    await removeOldest(channelFolder(target.path, channel), target.maxAuditResults);
  };
  return {
    async begin(line) {
      const errors = await told("could not begin a file", 1, () => begin(line));
      whyNone = errors[0] ?? "";
      return errors;
    },
    add: (lines) => told("could not write violations", lines.length, () => add(lines)),
    end: (line) => told("could not end a file", 1, () => end(line)),
  };
}

/** Takes away what runs have left behind a Connection that is gone, or points elsewhere now. */
export async function removeRuns(target: DiskTarget, channel: string): Promise<void> {
  await removeFiles(target.path, channelFolder(target.path, channel), RUN_FILE);
}

async function removeOldest(folder: string, kept: number): Promise<void> {
  const files = await filesLike(folder, RUN_FILE);
  for (const { path } of files.slice(0, Math.max(0, files.length - kept))) await rm(path, { force: true });
}

/** An error for each of the lines that `work` is about, where it fails. */
async function told(what: string, lines: number, work: () => Promise<void>): Promise<readonly string[]> {
  try {
    await work();
    return [];
  } catch (error) {
    return Array<string>(lines).fill(`${what}: ${(error as Error).message}`);
  }
}
