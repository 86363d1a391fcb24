/**
 * Go's time layouts: a date in which the reference time (Mon Jan 2 15:04:05 MST 2006) stands for the fields.
 * A layout is a row of chunks, each with the plain text before it.
 */
export interface Chunk {
  readonly prefix: string;
  readonly field: Field;
  /** The layout's own text for the field. */
  readonly text: string;
}

export interface Layout {
  readonly chunks: readonly Chunk[];
  /** Plain text behind the last chunk. */
  readonly suffix: string;
}

export type Field = (typeof FIELDS)[number] | "fraction0" | "fraction9";

/** Fields by their spelling, in the order in which they are tried at one place. */
const FIELDS = [
  "January",
  "Jan",
  "Monday",
  "Mon",
  "MST",
  "01",
  "02",
  "03",
  "04",
  "05",
  "06",
  "002",
  "15",
  "1",
  "2006",
  "2",
  "_2",
  "__2",
  "3",
  "4",
  "5",
  "PM",
  "pm",
  "-070000",
  "-07:00:00",
  "-0700",
  "-07:00",
  "-07",
  "Z070000",
  "Z07:00:00",
  "Z0700",
  "Z07:00",
  "Z07",
] as const;

const NAMED_LAYOUTS = new Map<string, string>([
  ["ANSIC", "Mon Jan _2 15:04:05 2006"],
  ["UnixDate", "Mon Jan _2 15:04:05 MST 2006"],
  ["RubyDate", "Mon Jan 02 15:04:05 -0700 2006"],
  ["RFC822", "02 Jan 06 15:04 MST"],
  ["RFC822Z", "02 Jan 06 15:04 -0700"],
  ["RFC850", "Monday, 02-Jan-06 15:04:05 MST"],
  ["RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"],
  ["RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"],
  ["RFC3339", "2006-01-02T15:04:05Z07:00"],
  ["RFC3339Nano", "2006-01-02T15:04:05.999999999Z07:00"],
]);

/** The layout a name stands for; any other text is a layout itself. */
export function layoutText(nameOrLayout: string): string {
  return NAMED_LAYOUTS.get(nameOrLayout) ?? nameOrLayout;
}

/** Splits a layout into its chunks. */
export function readLayout(layout: string): Layout {
  const chunks: Chunk[] = [];
  let from = 0;
  for (let at = 0; at < layout.length;) {
    const found = fieldAt(layout, at);
    if (!found) {
      at++;
      continue;
    }
    const start = at + (found.skip ?? 0);
    const end = start + found.length;
    chunks.push({ prefix: layout.slice(from, start), field: found.field, text: layout.slice(start, end) });
    from = end;
    at = end;
  }
  return { chunks, suffix: layout.slice(from) };
}

function fieldAt(layout: string, at: number): { field: Field; length: number; skip?: number } | undefined {
  const char = layout[at] as string;
  if (char === "." || char === ",") return fractionAt(layout, at);
  if (!"JM0123456_PpZ-".includes(char)) return undefined;
  // `_2006` is an underscore and a year.
  if (layout.startsWith("_2006", at)) return { field: "2006", length: 4, skip: 1 };
  for (const field of FIELDS) {
    if (!layout.startsWith(field, at)) continue;
    // `Janet` and `Money` are no fields.
    if ((field === "Jan" || field === "Mon") && /[a-z]/.test(layout[at + 3] ?? "")) continue;
    return { field, length: field.length };
  }
  return undefined;
}

/** `.000` or `,999`, of any length, when no other digit follows. */
function fractionAt(layout: string, at: number): { field: Field; length: number } | undefined {
  const digit = layout[at + 1];
  if (digit !== "0" && digit !== "9") return undefined;
  let end = at + 1;
  while (layout[end] === digit) end++;
  if (/[0-9]/.test(layout[end] ?? "")) return undefined;
  return { field: digit === "0" ? "fraction0" : "fraction9", length: end - at };
}
