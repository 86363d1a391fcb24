import { readFile, rename, rm, truncate } from "node:fs/promises";
import { filesLike, isAbsent } from "@portcullis/engine/cluster";

const OPEN = /^admission-.*\.open$/;
/** A segment is open for a minute, and written when it is opened: one that is so old has lost its process. */
const ABANDONED_MS = 5 * 60_000;
const NEWLINE = 10;

/** Makes segments whole that a process left open when it died: their whole lines are kept. */
export async function recoverSegments(folder: string, now: number): Promise<void> {
  for (const { path, writtenAt } of await filesLike(folder, OPEN)) {
    if (now - writtenAt < ABANDONED_MS) continue;
    try {
      await recover(path);
    } catch (error) {
      // Another process was faster.
      if (!isAbsent(error)) throw error;
    }
  }
}

async function recover(path: string): Promise<void> {
  const bytes = await readFile(path);
  const length = bytes.lastIndexOf(NEWLINE) + 1;
  if (length === 0) return rm(path, { force: true });
  if (length < bytes.length) await truncate(path, length);
  await rename(path, path.replace(/\.open$/, ".log"));
}
