import { printValue } from "../value/print.ts";
import { compareText } from "../value/text.ts";
import { placeTexts } from "./places.ts";
import type { RecordedEvent } from "./trace.ts";

export interface PrettyOptions {
  /** A column with the values of the expression's variables. */
  readonly vars?: boolean;
}

/** Events as `opa eval --explain` prints them: where, how deep, what; one a line, each line ended by a newline. */
export function prettyTrace(events: readonly RecordedEvent[], options: PrettyOptions = {}): string {
  const depths = new Map<number, number>();
  const places = placeTexts(events.map(({ location }) => location));
  const texts = events.map((event) => lineOf(event, depthOf(event, depths)));
  const placeWidth = widest(places) + GAP;
  const textWidth = options.vars ? widest(texts) + GAP : 0;
  return events
    .map((event, i) => {
      const place = filled(places[i] as string, placeWidth);
      const text = texts[i] as string;
      if (!options.vars) return `${place} ${text}\n`;
      return `${place} ${filled(text, textWidth)} ${varsOf(event)}\n`;
    })
    .join("");
}

/** Blanks between columns, besides the one that parts them. */
const GAP = 4;
const WIDEST_VALUE = 32;

/** A body is one deeper than the one around it; the query is 1. Fixed when its first event comes. */
function depthOf(event: RecordedEvent, depths: Map<number, number>): number {
  let depth = depths.get(event.queryId);
  if (depth === undefined) {
    depth = event.queryId === 0 ? 1 : (depths.get(event.parentId) ?? 0) + 1;
    depths.set(event.queryId, depth);
  }
  return depth;
}

function lineOf(event: RecordedEvent, depth: number): string {
  const opensOrCloses = event.op === "Enter" || (event.op === "Redo" && event.node !== "expr");
  const padding = "| ".repeat(opensOrCloses ? depth - 1 : depth);
  if (event.op === "Note") return `${padding}Note "${event.message}"`;
  const message = event.message === "" ? "" : ` ${event.message}`;
  return `${padding}${event.op} ${event.text}${message}`;
}

function varsOf(event: RecordedEvent): string {
  const entries = [...event.locals].sort(([a], [b]) => compareText(a, b));
  return `{${entries.map(([name, value]) => `${name}: ${cut(printValue(value))}`).join(", ")}}`;
}

/** Widths are counted in bytes, within which a character may be cut; columns are filled up by characters. */
function cut(text: string): string {
  if (text.length <= WIDEST_VALUE && isAscii(text)) return text;
  const bytes = encoder.encode(text);
  return bytes.length > WIDEST_VALUE ? `${decoder.decode(bytes.subarray(0, WIDEST_VALUE - 3))}...` : text;
}

function widest(texts: readonly string[]): number {
  return texts.reduce(
    (width, text) => Math.max(width, isAscii(text) ? text.length : encoder.encode(text).length),
    0,
  );
}

function filled(text: string, width: number): string {
  return isAscii(text) ? text.padEnd(width) : text + " ".repeat(Math.max(0, width - [...text].length));
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
