import type { QueryResult } from "../../rego.ts";
import { writeJson } from "../../value/json.ts";
import { sortedKeys } from "../../value/plain-object.ts";
import { textLength, textSlice } from "../../value/text.ts";
import type { Value } from "../../value/value.ts";
import { fields, indented, type Report } from "../json.ts";
import { table } from "../table.ts";

/** Formats that show results as text. */
export type TextFormat = "pretty" | "values" | "bindings" | "raw";

/** The result set in OPA's JSON shape. */
export function resultJson(results: readonly QueryResult[]): Report {
  return results.map(({ expressions, bindings }) =>
    fields({
      expressions: expressions.map(({ value, text, location }) =>
        fields({ value, text, location: fields({ row: location.row, col: location.col }) }),
      ),
      bindings: Object.keys(bindings).length > 0 ? bindings : undefined,
    }),
  );
}

/** The text of a result set; `cellLimit` cuts the cells of pretty tables, 0 does not. */
export function renderResults(
  results: readonly QueryResult[],
  format: TextFormat,
  cellLimit: number,
): string {
  switch (format) {
    case "values":
      return lines(results, (result) => indented(result.expressions.map(({ value }) => value)));
    case "bindings":
      return lines(results, (result) => indented(result.bindings));
    case "raw":
      return lines(results, (result) => result.expressions.map(({ value }) => rawText(value)).join(" "));
    case "pretty":
      return `${pretty(results, cellLimit)}\n`;
  }
}

function lines(results: readonly QueryResult[], show: (result: QueryResult) => string): string {
  return results.map((result) => `${show(result)}\n`).join("");
}

function rawText(value: Value): string {
  return typeof value === "string" ? value : writeJson(value);
}

/** One value stands alone; everything else is a table. */
function pretty(results: readonly QueryResult[], limit: number): string {
  const [first] = results;
  if (!first) return "undefined";
  const names = sortedKeys(first.bindings);
  const isTruth = first.expressions.every(({ value }) => typeof value === "boolean");
  const only = first.expressions[0];
  if (results.length === 1 && names.length === 0 && only && (first.expressions.length === 1 || isTruth)) {
    return indented(only.value);
  }
  // Beside bindings, what is merely true says nothing.
  const columns = first.expressions.flatMap(({ text, value }, i) =>
    names.length > 0 && typeof value === "boolean" ? [] : [{ text, i }],
  );
  const cell = (value: Value | undefined): string =>
    value === undefined ? "" : cut(writeJson(value), limit);
  return table(
    [...columns.map(({ text }) => text), ...names],
    results.map((result) => [
      ...columns.map(({ i }) => cell(result.expressions[i]?.value)),
      ...names.map((name) => cell(result.bindings[name])),
    ]),
  );
}

function cut(text: string, limit: number): string {
  return limit > 0 && textLength(text) > limit ? `${textSlice(text, 0, limit)}...` : text;
}
