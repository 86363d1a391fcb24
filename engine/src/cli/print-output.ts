/** Bytes of printed text that are kept, as in gator. */
const LIMIT = 1024 * 1024;

export interface PrintCollector {
  /** Receives each line that a template prints; absent where nobody asked for them. */
  readonly onPrint: ((line: string) => void) | undefined;
  /** What was printed since it was last asked, each line ended. */
  take(): string;
}

/** Gathers what templates print, up to 1 MiB. */
export function printCollector(wanted: boolean): PrintCollector {
  let text = "";
  const onPrint = (line: string): void => {
    if (text.length < LIMIT) text += `${line}\n`;
  };
  const take = (): string => {
    const taken = text;
    text = "";
    return taken;
  };
  return { onPrint: wanted ? onPrint : undefined, take };
}
