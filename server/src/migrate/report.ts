import { VERDICTS, verdictOf } from "./remark.ts";
import type { Checked, Remark, Verdict } from "./remark.ts";

/** The report for people: a table of kinds, what does not work, what changes, and what to do about each. */
export function migrationText(source: string, checked: readonly Checked[]): string {
  const parts = [`${source}\n\n${kindTable(checked)}`];
  for (const verdict of ["unsupported", "changed"] as const) {
    const concerned = checked.filter((each) => each.remarks.some((remark) => remark.verdict === verdict));
    if (concerned.length > 0) parts.push(`${HEADINGS[verdict]}\n\n${details(concerned, verdict)}`);
  }
  return `${parts.join("\n\n")}\n\n${conclusion(checked)}\n`;
}

/** The same as one JSON object, for scripts. */
export function migrationJson(source: string, checked: readonly Checked[]): string {
  const objects = checked.map((each) => ({
    ...(each.group !== "" && { group: each.group }),
    kind: each.kind,
    ...(each.namespace !== "" && { namespace: each.namespace }),
    name: each.name,
    ...(each.place !== "" && { place: each.place }),
    verdict: verdictOf(each),
    remarks: each.remarks,
  }));
  return `${JSON.stringify({ source, summary: summary(checked), objects }, undefined, 2)}\n`;
}

/** How many objects are of each verdict. */
export function summary(checked: readonly Checked[]): Readonly<Record<Verdict, number>> {
  const count = (verdict: Verdict): number => checked.filter((each) => verdictOf(each) === verdict).length;
  return { supported: count("supported"), changed: count("changed"), unsupported: count("unsupported") };
}

const HEADINGS = { unsupported: "NOT SUPPORTED", changed: "CHANGES" } as const;

function kindTable(checked: readonly Checked[]): string {
  const kinds = [...new Set(checked.map(rowName))];
  const rows = kinds.map((kind) => {
    const counts = summary(checked.filter((each) => rowName(each) === kind));
    return [kind, ...VERDICTS.map((verdict) => String(counts[verdict]))];
  });
  const table = [["KIND", ...VERDICTS.map((verdict) => verdict.toUpperCase())], ...rows];
  const widths = (table[0] as string[]).map((_, column) =>
    Math.max(...table.map((row) => (row[column] as string).length)),
  );
  return table
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number),
        )
        .join("  "),
    )
    .join("\n");
}

/** Constraints have a kind for each template: they share a row. */
function rowName({ group, kind }: Checked): string {
  return group === "constraints.gatekeeper.sh" ? "constraints" : kind;
}

/** The same remark on many objects is made once. */
function details(concerned: readonly Checked[], verdict: Verdict): string {
  const groups = new Map<string, { readonly remark: Remark; readonly subjects: string[] }>();
  for (const each of concerned) {
    for (const remark of each.remarks.filter((one) => one.verdict === verdict)) {
      const key = JSON.stringify([each.kind, remark.message, remark.todo]);
      const group = groups.get(key) ?? { remark, subjects: [] };
      group.subjects.push(subject(each));
      groups.set(key, group);
    }
  }
  return [...groups.values()].map(({ remark, subjects }) => detail(remark, subjects)).join("\n");
}

function detail({ message, todo }: Remark, subjects: readonly string[]): string {
  const lines = [...subjects, ...indented(message)];
  if (todo !== undefined) lines.push(...indented(`do: ${todo}`));
  return lines.join("\n");
}

function indented(text: string): readonly string[] {
  return text.split("\n").map((line) => `    ${line}`);
}

function subject({ kind, namespace, name, place }: Checked): string {
  const where = place === "" ? "" : ` (${place})`;
  return `  ${kind} ${namespace === "" ? "" : `${namespace}/`}${name}${where}`;
}

function conclusion(checked: readonly Checked[]): string {
  const { supported, changed, unsupported } = summary(checked);
  const total = `${checked.length} object${checked.length === 1 ? "" : "s"}`;
  if (unsupported > 0) return `Of ${total}, ${unsupported} cannot move in as they are.`;
  if (changed > 0) return `All of ${total} can move in: ${supported} as they are, ${changed} with a change.`;
  return `All of ${total} can move in as they are.`;
}
