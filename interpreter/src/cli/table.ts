/** A table as OPA draws it: header centred, cells left-aligned. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((text, i) =>
    rows.reduce((most, row) => Math.max(most, columns(row[i] ?? "")), columns(text)),
  );
  const space = (text: string, i: number): number => (widths[i] ?? 0) - columns(text);
  const centred = header.map((text, i) => {
    const before = Math.floor(space(text, i) / 2);
    return " ".repeat(before) + text + " ".repeat(space(text, i) - before);
  });
  const drawn = [
    rule(widths, "┌", "┬", "┐"),
    line(centred),
    rule(widths, "├", "┼", "┤"),
    ...body(rows, space),
  ];
  return [...drawn, rule(widths, "└", "┴", "┘")].join("\n");
}

/** A table without a header. */
export function plainTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) =>
    rows.reduce((most, row) => Math.max(most, columns(row[i] ?? "")), 0),
  );
  const space = (text: string, i: number): number => (widths[i] ?? 0) - columns(text);
  return [rule(widths, "┌", "┬", "┐"), ...body(rows, space), rule(widths, "└", "┴", "┘")].join("\n");
}

function body(
  rows: readonly (readonly string[])[],
  space: (text: string, i: number) => number,
): readonly string[] {
  return rows.map((row) => line(row.map((text, i) => text + " ".repeat(space(text, i)))));
}

function line(cells: readonly string[]): string {
  return `│ ${cells.join(" │ ")} │`;
}

function rule(widths: readonly number[], left: string, middle: string, right: string): string {
  return left + widths.map((width) => "─".repeat(width + 2)).join(middle) + right;
}

/** Letters that take two columns of a terminal (Unicode's East Asian Width W and F, by block). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
const NARROW = /^[\x20-\x7e]*$/;

/** How many columns of a terminal a text takes. */
function columns(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const letter of text) width += WIDE.test(letter) ? 2 : /\p{Mn}/u.test(letter) ? 0 : 1;
  return width;
}
