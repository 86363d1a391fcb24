import type { AuditListener, SweepProgress } from "@portcullis/audit";
import { printable } from "../../observability/printable.ts";

/** Where a bar is drawn: a terminal. */
export interface BarTarget {
  write(text: string): unknown;
  readonly columns?: number;
}

const BAR = 24;
/** Of a terminal that does not say how wide it is. */
const USUAL_COLUMNS = 80;
const CLEAR_LINE = "\r\u001b[K";

/** Draws how far an audit is, again and again on one line of a terminal, and takes it away at the end. */
export function progressBar(target: BarTarget): AuditListener {
  const clear = (): void => void target.write(CLEAR_LINE);
  return {
    progress: (_, progress) => void target.write(`${CLEAR_LINE}${barLine(progress, target.columns)}`),
    finished: clear,
    broken: clear,
  };
}

/** `[######------------------]  25 %  3/12 kinds, 4,500 of about 18,000 objects, 40 s left: Pod` */
export function barLine(progress: SweepProgress, columns = 0): string {
  const { share, kinds, kindsDone, kind, objects, objectsExpected, secondsLeft } = progress;
  const done = Math.min(1, Math.max(0, share ?? 0));
  const filled = Math.round(done * BAR);
  const bar = `[${"#".repeat(filled)}${"-".repeat(BAR - filled)}] ${String(Math.floor(done * 100)).padStart(3)} %`;
  const expected = objectsExpected === undefined ? "" : ` of about ${number(objectsExpected)}`;
  const parts = [
    ...(kinds > 0 ? [`${kindsDone}/${kinds} kinds`] : []),
    `${number(objects)}${expected} objects`,
    ...(secondsLeft === undefined ? [] : [`${shownSeconds(secondsLeft)} left`]),
  ];
  const line = `${bar}  ${parts.join(", ")}${kind === undefined ? "" : `: ${printable(kind)}`}`;
  // One that goes over the edge could not be drawn over.
  return [...line].slice(0, (columns > 0 ? columns : USUAL_COLUMNS) - 1).join("");
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function shownSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
