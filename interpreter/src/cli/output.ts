import { formatErrors, type RegoError } from "../errors.ts";
import type { QueryResult } from "../rego.ts";
import { writeJson } from "../value/json.ts";
import { sortedKeys } from "../value/plain-object.ts";
import { textLength, textSlice } from "../value/text.ts";
import type { Value } from "../value/value.ts";

export const FORMATS = ["json", "pretty", "values", "bindings", "raw", "discard"] as const;
export type Format = (typeof FORMATS)[number];

/** An error as OPA's JSON output shows it. */
export function errorJson(error: RegoError): Value {
  const json: Record<string, Value> = { message: error.message, code: error.code };
  if (error.location)
    json["location"] = { file: error.location.file, row: error.location.row, col: error.location.col };
  if (error.details && error.details.length > 0) json["details"] = [...error.details];
  return json;
}

/** The result set in OPA's JSON shape. */
export function resultJson(results: readonly QueryResult[]): Value {
  return results.map((result) => {
    const entry: Record<string, Value> = {
      expressions: result.expressions.map(({ value, text, location }) => ({
        value,
        text,
        location: { row: location.row, col: location.col },
      })),
    };
    if (Object.keys(result.bindings).length > 0) entry["bindings"] = result.bindings;
    return entry;
  });
}

export function indented(value: Value): string {
  return writeJson(value, { indent: "  ", escapeHtml: false });
}

/** The text of a result set in one of the formats other than `json`. */
export function renderResults(results: readonly QueryResult[], format: Format, prettyLimit: number): string {
  switch (format) {
    case "values":
      return results.map((result) => indented(result.expressions.map(({ value }) => value))).join("\n");
    case "bindings":
      return results.map((result) => indented(result.bindings)).join("\n");
    case "raw":
      return results
        .map((result) => result.expressions.map(({ value }) => rawText(value)).join(" "))
        .join("\n");
    case "pretty":
      return pretty(results, prettyLimit);
    default:
      return indented(resultJson(results));
  }
}

function rawText(value: Value): string {
  return typeof value === "string" ? value : writeJson(value, { escapeHtml: false });
}

function pretty(results: readonly QueryResult[], limit: number): string {
  if (results.length === 0) return "undefined";
  const [first] = results as [QueryResult];
  if (results.length === 1 && first.expressions.length === 1 && Object.keys(first.bindings).length === 0) {
    return indented((first.expressions[0] as { value: Value }).value);
  }
  const names = [...new Set(results.flatMap((result) => sortedKeys(result.bindings)))].sort();
  // Expressions that are only ever true or false say nothing; the others get a column, headed by their text.
  const shown = first.expressions
    .map((_, i) => i)
    .filter((i) => results.some((result) => typeof result.expressions[i]?.value !== "boolean"));
  const header = [...shown.map((i) => (first.expressions[i] as { text: string }).text), ...names];
  if (header.length === 0) return indented((first.expressions.at(-1) as { value: Value }).value);
  const cell = (value: Value | undefined) =>
    value === undefined ? "" : cut(writeJson(value, { escapeHtml: false }), limit);
  const rows = results.map((result) => [
    ...shown.map((i) => cell(result.expressions[i]?.value)),
    ...names.map((name) => cell(result.bindings[name])),
  ]);
  return table(
    header.map((text) => cut(text, limit)),
    rows,
  );
}

function cut(text: string, limit: number): string {
  return textLength(text) > limit ? `${textSlice(text, 0, limit)}...` : text;
}

/** A table as OPA draws it: header centred, cells left-aligned, widths in code points. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((text, i) =>
    Math.max(...[text, ...rows.map((row) => row[i] ?? "")].map(textLength)),
  );
  const rule = (left: string, middle: string, right: string) =>
    left + widths.map((width) => "─".repeat(width + 2)).join(middle) + right;
  const line = (cells: readonly string[]) => `│ ${cells.join(" │ ")} │`;
  const space = (text: string, i: number) => (widths[i] ?? 0) - textLength(text);
  const centred = header.map((text, i) => {
    const before = Math.floor(space(text, i) / 2);
    return " ".repeat(before) + text + " ".repeat(space(text, i) - before);
  });
  const aligned = rows.map((row) => row.map((text, i) => text + " ".repeat(space(text, i))));
  return [
    rule("┌", "┬", "┐"),
    line(centred),
    rule("├", "┼", "┤"),
    ...aligned.map(line),
    rule("└", "┴", "┘"),
  ].join("\n");
}

/** Tells errors in the wanted format: JSON on standard output, text on standard error. */
export function printErrors(errors: readonly RegoError[], format: Format): void {
  if (format !== "pretty" && format !== "raw") {
    console.log(indented({ errors: errors.map(errorJson) }));
    return;
  }
  console.error(formatErrors(errors));
  for (const { hint } of errors) if (hint) console.error(`hint: ${hint}`);
}
