import { createReadStream } from "node:fs";
import { link, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { linesOf } from "./report-store.ts";
import type { ReportStore, ReportWriter } from "./report-store.ts";

/**
 * Keeps the last report in a file, and those before it beside it: `FILE.1` is the one before, up to `FILE.<older>`. A report
 * grows in `FILE.part` and takes its place in one step when it is whole, so that `FILE` is whole at every moment, also after a
 * crash. Its readers are the owner and the group: messages may hold what not everybody should read.
 */
export function fileReports(path: string, older: number): ReportStore {
  return {
    async last() {
      if (!(await isThere(path))) return undefined;
      // Opened now: what is renamed meanwhile is still read to its end.
      const file = await open(path, "r");
      return linesOf(createReadStream(path, { fd: file, encoding: "utf8" }) as AsyncIterable<string>);
    },
    async begin() {
      await mkdir(dirname(path), { recursive: true });
      await isThere(path);
      return fileWriter(path, older);
    },
  };
}

/** Why this cannot be the file of a report; undefined where it can, as far as one can tell beforehand. */
export async function reportFileProblem(path: string): Promise<string | undefined> {
  try {
    await isThere(path);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Lines that are written at once: one may have megabytes, and a string has an end. */
const PIECE = 1024 * 1024;

async function fileWriter(path: string, older: number): Promise<ReportWriter> {
  const part = `${path}.part`;
  const file = await open(part, "w", 0o640);
  // Unlike `write`, this goes on until all is written: a disk that is nearly full takes a part first.
  const append = (text: string): Promise<void> => file.appendFile(text);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await file.close();
    isOpen = false;
  };
  return {
    async write(lines) {
      let text = "";
      for (const line of lines) {
        text += `${line}\n`;
        if (text.length < PIECE) continue;
        await append(text);
        text = "";
      }
      if (text !== "") await append(text);
    },
    async commit() {
      await file.datasync();
      await close();
      await rotate(path, older);
      await rename(part, path);
    },
    async discard() {
      await close();
      await rm(part, { force: true });
    },
  };
}

async function rotate(path: string, older: number): Promise<void> {
  await rm(`${path}.${Math.max(1, older)}`, { force: true });
  if (older < 1 || !(await isThere(path))) return;
  for (let age = older - 1; age >= 1; age--) {
    if (await isThere(`${path}.${age}`)) await rename(`${path}.${age}`, `${path}.${age + 1}`);
  }
  // A second name, so that there is always one under the first; file systems without them get a moment without.
  await link(path, `${path}.1`).catch(() => rename(path, `${path}.1`));
}

/**
 * Whether the report of an earlier run is there. Rejects where something else is: a folder would be moved away, and a device or
 * pipe be waited for.
 */
async function isThere(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isFile()) return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
  throw new Error(`${path} is no regular file`);
}
