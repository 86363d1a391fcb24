import type { Place } from "./manifest.ts";

/** Turns offsets into lines and columns, and shows a line with a caret. One per file; the line table is made on first use. */
export class TextLines {
  readonly file: string;
  readonly text: string;
  #starts: readonly number[] | undefined;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  /** The place of a UTF-16 offset. */
  place(offset: number): Place {
    const starts = this.#lineStarts();
    const at = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= at) low = middle;
      else high = middle - 1;
    }
    const column = this.text.slice(starts[low], at).length + 1;
    return { file: this.file, line: low + 1, column };
  }

  /** The text of a line (counted from 1) without its line end. */
  line(line: number): string {
    const starts = this.#lineStarts();
    const start = starts[line - 1];
    if (start === undefined) return "";
    return this.text.slice(start, starts[line]).replace(/\r?\n$/, "");
  }

  /** The UTF-16 offset at which a line (counted from 1) starts. */
  startOf(line: number): number {
    return this.#lineStarts()[line - 1] ?? this.text.length;
  }

  /** The line of a place with a caret below its column; long lines are cut around the caret. */
  excerpt(place: Place): string {
    const points = [...this.line(place.line)].map((c) => (c === "\t" || isPrintable(c) ? c : "�"));
    const from = place.column > MAX_WIDTH - 10 ? place.column - MAX_WIDTH / 2 : 0;
    const shown = points.slice(from, from + MAX_WIDTH);
    const before = shown.slice(0, place.column - 1 - from).map((c) => (c === "\t" ? "\t" : " "));
    const gutter = String(place.line);
    return `${gutter} | ${shown.join("")}\n${" ".repeat(gutter.length)} | ${before.join("")}^`;
  }

  #lineStarts(): readonly number[] {
    if (this.#starts) return this.#starts;
    const starts = [0];
    for (let i = this.text.indexOf("\n"); i !== -1; i = this.text.indexOf("\n", i + 1)) starts.push(i + 1);
    this.#starts = starts;
    return starts;
  }
}

const MAX_WIDTH = 120;

// Files come from anywhere: an escape sequence in one must not reach the reader's terminal.
function isPrintable(character: string): boolean {
  const code = character.codePointAt(0) as number;
  return code >= 0x20 && !(code >= 0x7f && code < 0xa0);
}
