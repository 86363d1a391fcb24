/** Who publishes: the audit, or the webhook that answers requests. */
export type PublishSource = "audit" | "webhook";

/** How publishing went since it was told of last. */
export interface Publishing {
  readonly source: PublishSource;
  /** Which of several processes that publish for the same source; default the only one. */
  readonly publisher?: string;
  /** Something arrived. */
  readonly active: boolean;
  /** RFC 3339 in UTC with seconds, as is the next. */
  readonly lastAttemptTime: string;
  readonly lastSuccessTime?: string;
  readonly errors: readonly string[];
}

/** How many different errors are told; an error more says that there are others. */
const MAX_ERRORS = 500;
const MAX_LENGTH = 1024;
const OTHERS = "additional publish errors omitted";

/** Counts what arrived and what did not, in bounded memory. */
export class PublishCount {
  readonly #source: PublishSource;
  readonly #now: () => Date;
  #errors = new Set<string>();
  #attempted: Date | undefined;
  #succeeded: Date | undefined;
  #wasActive = false;

  constructor(source: PublishSource, now: () => Date = () => new Date()) {
    this.#source = source;
    this.#now = now;
  }

  succeeded(): void {
    this.#attempted = this.#now();
    this.#succeeded = this.#attempted;
    this.#wasActive = true;
  }

  failed(error: string): void {
    this.#attempted = this.#now();
    const told = error.length > MAX_LENGTH ? `${error.slice(0, MAX_LENGTH)}…` : error;
    this.#errors.add(this.#errors.size < MAX_ERRORS - 1 ? told : OTHERS);
  }

  get errors(): readonly string[] {
    return [...this.#errors];
  }

  /** What is to be told, and counts anew; undefined where nothing was published since the last time. */
  take(): Publishing | undefined {
    if (!this.#attempted) return undefined;
    const told = {
      source: this.#source,
      active: this.#wasActive,
      lastAttemptTime: seconds(this.#attempted),
      ...(this.#succeeded && { lastSuccessTime: seconds(this.#succeeded) }),
      errors: this.errors,
    };
    this.#errors = new Set();
    this.#attempted = undefined;
    this.#wasActive = false;
    return told;
  }
}

function seconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
