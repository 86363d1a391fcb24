import { chmod, lstat, mkdir, readdir, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** A file of an export, with what decides about its end. */
export interface FoundFile {
  readonly path: string;
  readonly bytes: number;
  /** When it was written last, in milliseconds since 1970. */
  readonly writtenAt: number;
}

/** The folder of a channel below a Connection's path. Throws an Error for a channel that is no name of a folder. */
export function channelFolder(path: string, channel: string): string {
  if (channel === "" || channel === "." || channel === ".." || /[/\\\0]/.test(channel))
    throw new Error(`channel ${JSON.stringify(channel)} is not the name of a folder`);
  return join(path, channel);
}

/** Makes the folder of a channel. Rejects where somebody has put a link there. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: MODE });
  if (!(await lstat(folder)).isDirectory()) throw new Error(`${folder} is not a folder`);
  // Whoever made it may not be its owner any more: then its mode is theirs.
  await chmod(folder, MODE).catch(() => {});
}

/** Files of a folder whose names fit, the oldest first; none where there is no such folder. */
export async function filesLike(folder: string, name: RegExp): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = [];
  for (const entry of await entriesOf(folder)) {
    if (!name.test(entry)) continue;
    const path = join(folder, entry);
    try {
      const { size, mtimeMs } = await stat(path);
      found.push({ path, bytes: size, writtenAt: mtimeMs });
    } catch (error) {
      // Its reader was faster.
      if (!isAbsent(error)) throw error;
    }
  }
  return found.sort((a, b) => a.writtenAt - b.writtenAt || (a.path < b.path ? -1 : 1));
}

/** Takes the files away whose names fit, then the folders that are empty without them. What others put there stays. */
export async function removeFiles(path: string, folder: string, name: RegExp): Promise<void> {
  for (const file of await filesLike(folder, name)) await rm(file.path, { force: true });
  for (const each of [folder, path]) {
    try {
      await rmdir(each);
    } catch {
      return;
    }
  }
}

export function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

const MODE = 0o770;

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
