import { writeJson } from "../value/json.ts";
import type { Value } from "../value/value.ts";

/** A report: objects whose keys keep their order around values whose keys are sorted. Undefined fields are left out. */
export type Report = Value | Fields | readonly Report[];

/** An object of a report, made by {@link fields}. */
export class Fields {
  readonly entries: readonly (readonly [string, Report])[];
  constructor(entries: readonly (readonly [string, Report])[]) {
    this.entries = entries;
  }
}

export function fields(object: Readonly<Record<string, Report | undefined>>): Fields {
  return new Fields(
    Object.entries(object).filter((entry): entry is [string, Report] => entry[1] !== undefined),
  );
}

/** JSON as OPA's commands print it: two spaces a level, `<`, `>` and `&` escaped. */
export function indented(report: Report, prefix = ""): string {
  const inner = `${prefix}  `;
  if (report instanceof Fields) {
    if (report.entries.length === 0) return "{}";
    const lines = report.entries.map(
      ([key, value]) => `${inner}${writeJson(key)}: ${indented(value, inner)}`,
    );
    return `{\n${lines.join(",\n")}\n${prefix}}`;
  }
  if (Array.isArray(report)) {
    const elements = report as readonly Report[];
    if (elements.length === 0) return "[]";
    return `[\n${elements.map((element) => inner + indented(element, inner)).join(",\n")}\n${prefix}]`;
  }
  return writeJson(report as Value, { indent: "  ", prefix });
}
