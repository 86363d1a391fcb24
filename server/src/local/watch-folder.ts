import { watch } from "node:fs";
import { FileCache, readManifests } from "@portcullis/engine/files";
import type { Manifests } from "@portcullis/engine/files";

export interface FolderWatch {
  /** Resolves after the read that is going on, if there is one. */
  stop(): Promise<void>;
}

// Editors write a file in several steps; most are done after this long.
const SETTLE_MS = 80;
// Without events from the system (network folders, links that lead elsewhere) changes are found by looking.
const POLL_MS = 500;

/** Reads a folder and then again whenever it may have changed, well within a second. `onRead` gets each reading. */
export async function watchFolder(path: string, onRead: (read: Manifests) => void): Promise<FolderWatch> {
  const cache = new FileCache();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let reading: Promise<void> | undefined;
  let readMs = 0;
  let again = false;

  const readOnce = async (): Promise<void> => {
    const started = performance.now();
    const read = await readManifests(path, { cache });
    readMs = performance.now() - started;
    if (!stopped) onRead(read);
  };
  const schedule = (delay: number): void => {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (reading) {
        again = true;
        return;
      }
      // A folder so large that reading its list takes long is looked at less often.
      const rest = (): void => {
        reading = undefined;
        schedule(again ? SETTLE_MS : Math.max(POLL_MS, 10 * readMs));
        again = false;
      };
      reading = readOnce().then(rest, rest);
    }, delay);
  };

  await readOnce();
  const watcher = openWatcher(path, () => schedule(SETTLE_MS));
  schedule(POLL_MS);
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      watcher?.close();
      await reading;
    },
  };
}

function openWatcher(path: string, onEvent: () => void): { close(): void } | undefined {
  try {
    const watcher = watch(path, { recursive: true }, onEvent);
    // The system may run out of watches: then looking from time to time must do.
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
