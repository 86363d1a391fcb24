import { getOwn, printValue } from "@portcullis/interpreter";
import type { Coverable, PlainObject, Value } from "@portcullis/interpreter";
import { isPlainObject } from "../../kubernetes/object-meta.ts";
import type { RowRecord, RuleRecord } from "./rule-record.ts";

export interface Explained {
  readonly rules: readonly RuleRecord[];
  /** The texts of the modules by name. */
  readonly modules: Readonly<Record<string, string>>;
  /** All rules of the modules, those included that were not begun. */
  readonly coverable: readonly Coverable[];
  readonly input: PlainObject;
}

/**
 * Lines for a person who asks why a constraint denied, or did not: each rule with its place, each row of it that was
 * reached, whether it held, and the values that decided.
 */
export function explanation({ rules, modules, coverable, input }: Explained): readonly string[] {
  const sources = new Map(Object.entries(modules).map(([name, text]) => [name, text.split("\n")]));
  const rowText = (file: string, row: number): string => sources.get(file)?.[row - 1]?.trim() ?? "";
  const lines: string[] = [];
  for (const rule of rules) {
    lines.push(`${nameOf(rule.path)} (${rule.file}:${rule.row}): ${outcomeOf(rule.held, rule.entered)}`);
    for (const row of [...rule.rows.values()].sort((a, b) => a.row - b.row)) {
      const text = rowText(rule.file, row.row);
      lines.push(`  ${row.row}: ${cut(text, WIDEST_ROW)}${remark(row, text, input)}`);
    }
  }
  for (const { file, row, end } of notBegun(rules, coverable)) {
    if (!/^violation\b/.test(rowText(file, row))) continue;
    lines.push(`violation (${file}:${row}): not begun, what it compares with the input cannot hold`);
    for (let each = row; each < end; each++) {
      const text = rowText(file, each);
      const values = inputValues(text, input);
      if (values.length > 0) lines.push(`  ${each}: ${cut(text, WIDEST_ROW)}  # ${values.join(", ")}`);
    }
  }
  return lines;
}

const WIDEST_ROW = 160;
const WIDEST_VALUE = 200;

function nameOf(path: string): string {
  return path.replace(/^data\.(?:template\.)?/, "");
}

function outcomeOf(held: number, tried: number): string {
  if (held === 0) return tried > 1 ? `does not hold (tried ${tried} times)` : "does not hold";
  if (held < tried) return `holds ${held} of ${tried} times`;
  return held === 1 ? "holds" : `holds ${held} times`;
}

function remark(row: RowRecord, text: string, input: PlainObject): string {
  const { tried, failed, heldWith, failedWith } = row;
  const never = tried > 0 && failed >= tried;
  const said = never ? ["does not hold"] : failed > 0 ? [`holds ${tried - failed} of ${tried} times`] : [];
  const values = [...(never ? failedWith : heldWith)].map(([name, value]) => `${name} = ${shown(value)}`);
  const all = [...values, ...inputValues(text, input)];
  const parts = [...said, ...(all.length > 0 ? [all.join(", ")] : [])];
  return parts.length > 0 ? `  # ${parts.join(": ")}` : "";
}

/** Rules that were never begun, with the row behind their last one. */
function notBegun(rules: readonly RuleRecord[], coverable: readonly Coverable[]) {
  const begun = new Set(rules.map(({ file, row }) => `${file}:${row}`));
  const places = coverable.filter(({ kind }) => kind === "rule").map(({ at }) => at);
  return places
    .filter(({ file, row }) => !begun.has(`${file}:${row}`))
    .map(({ file, row }) => {
      const next = places.filter((other) => other.file === file && other.row > row).map((other) => other.row);
      return { file, row, end: Math.min(...next, row + LONGEST_RULE) };
    });
}

const LONGEST_RULE = 40;

/** The fixed paths into the input that a row names, with what is there: how far they lead, where they lead nowhere. */
function inputValues(text: string, input: PlainObject): readonly string[] {
  const refs = new Set(text.match(/\binput(?:\.[A-Za-z_]\w*|\["[^"\\\]]*"\])+/g) ?? []);
  return [...refs].map((ref) => {
    const steps = [...ref.matchAll(/\.(\w+)|\["([^"]*)"\]/g)].map(([, name, key]) => name ?? key ?? "");
    let at: Value = input;
    for (const [i, step] of steps.entries()) {
      const next: Value | undefined = isPlainObject(at) ? getOwn(at, step) : undefined;
      if (next === undefined) return `${["input", ...steps.slice(0, i + 1)].join(".")} is undefined`;
      at = next;
    }
    return `${ref} = ${shown(at)}`;
  });
}

function shown(value: Value): string {
  return cut(printValue(value), WIDEST_VALUE);
}

function cut(text: string, width: number): string {
  // Half of a surrogate pair is no character.
  return text.length > width ? `${text.slice(0, width - 1).replace(/[\ud800-\udbff]$/, "")}…` : text;
}
