import type { DiskTarget, ExportTarget } from "./connection-config.ts";

export interface LeftBehindOptions {
  /** Takes away what was exported to a folder. */
  readonly remove: (target: DiskTarget) => Promise<void>;
  readonly onProblem: (message: string) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

interface Abandoned {
  readonly target: DiskTarget;
  readonly until: number;
}

/** Folders that a Connection pointed to earlier: what was exported there is taken away, as long as its `closedConnectionTTL` lasts. */
export class LeftBehind {
  readonly #options: LeftBehindOptions;
  readonly #now: () => number;
  #present: DiskTarget | undefined;
  #left: readonly Abandoned[] = [];

  constructor(options: LeftBehindOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** To be called now and then, and before the first thing is exported to `target`. */
  async lookAfter(target: ExportTarget | undefined): Promise<void> {
    const before = this.#present;
    const present = target?.driver === "disk" ? target : undefined;
    this.#present = present;
    const left = [...this.#left];
    if (before && before.path !== present?.path)
      left.push({ target: before, until: this.#now() + before.closedConnectionTtlMs });
    this.#left = [];
    // One that is pointed to again has its owner.
    const others = left.filter((each) => each.target.path !== present?.path);
    const failed: Abandoned[] = [];
    for (const each of others) if (!(await this.#isRemoved(each))) failed.push(each);
    this.#left = failed;
  }

  async #isRemoved({ target, until }: Abandoned): Promise<boolean> {
    try {
      await this.#options.remove(target);
      return true;
    } catch (error) {
      const again = this.#now() < until;
      this.#options.onProblem(
        `could not take the exported violations below ${target.path} away` +
          `${again ? "; it is tried again" : ""}: ${(error as Error).message}`,
      );
      return !again;
    }
  }
}
