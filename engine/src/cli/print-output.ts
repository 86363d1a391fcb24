/** Bytes of printed text that are kept, as in gator. */
const LIMIT = 1024 * 1024;

export interface PrintCollector {
  /** Receives each line that a template prints; absent where nobody asked for them. */
  readonly onPrint: ((line: string) => void) | undefined;
  /** Does a review, which may be done over: what the last time printed counts. */
  once<T>(review: () => T): T;
  /** What was printed since it was last asked, each line ended. */
  take(): string;
  /** Ends a review: what it printed stays, whatever comes after. */
  keep(): void;
}

/** Gathers what templates print, up to 1 MiB. */
export function printCollector(wanted: boolean): PrintCollector {
  let kept = "";
  let current = "";
  return {
    onPrint: wanted
      ? (line) => {
          if (kept.length + current.length < LIMIT) current += `${line}\n`;
        }
      : undefined,
    once(review) {
      current = "";
      return review();
    },
    keep() {
      kept += current;
      current = "";
    },
    take() {
      const taken = kept + current;
      kept = current = "";
      return taken;
    },
  };
}
