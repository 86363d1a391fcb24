import type { ChangeList, Changes } from "../history.ts";
import type { ReportedViolation } from "../report/report-lines.ts";
import { statusMessage } from "../status-message.ts";
import type { SweepReport } from "../sweep.ts";
import type { Violation } from "../violation.ts";

export interface TableOptions {
  /** Columns of the terminal; messages are cut to fit. Unlimited by default. */
  readonly width?: number;
}

/** The report for people: a line a violation, then the sum, what changed since the last run, and what could not be judged. */
export function reportTable(
  report: SweepReport,
  changes: Changes | undefined,
  options: TableOptions = {},
): string {
  const lines: string[] = [];
  const rows = report.constraints.flatMap((row) => row.violations.toReversed()).map(cells);
  if (rows.length > 0) lines.push(...columns([HEADER, ...rows], options.width), "");
  for (const row of report.constraints) {
    const hidden = row.totalViolations - row.violations.length;
    if (hidden > 0) lines.push(`${row.kind}/${row.name}: ${hidden} more, not shown`);
  }
  for (const { message } of report.errors) lines.push(`incomplete: ${printable(message)}`);
  const untold = report.errorCount - report.errors.length;
  if (untold > 0) lines.push(`incomplete: ${untold} more errors`);
  lines.push(summary(report));
  if (changes) lines.push(...changeLines(changes));
  return lines.join("\n");
}

const HEADER: readonly string[] = ["CONSTRAINT", "ACTION", "OBJECT", "WHERE", "MESSAGE"];

function cells(violation: Violation): readonly string[] {
  const { constraint, status, origin } = violation;
  const name = `${constraint.kind}/${constraint.name}`;
  const action = shownAction({ enforcementAction: status.enforcementAction, actions: violation.actions });
  return [name, action, objectName(status), origin ?? "", status.message].map(printable);
}

function shownAction({
  enforcementAction,
  actions,
}: Pick<ReportedViolation, "enforcementAction" | "actions">): string {
  return enforcementAction === "scoped" ? `scoped: ${actions.join(", ")}` : enforcementAction;
}

function objectName({
  kind,
  namespace,
  name,
}: Pick<ReportedViolation["object"], "kind" | "namespace" | "name">): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** Pads all columns but the last; the last is cut where the terminal ends. */
function columns(rows: readonly (readonly string[])[], width: number | undefined): readonly string[] {
  const widths = HEADER.map((_, index) => Math.max(...rows.map((row) => [...(row[index] ?? "")].length)));
  return rows.map((row) => {
    const line = row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] as number)))
      .join("  ");
    const points = [...line];
    return width === undefined || points.length <= width ? line : `${points.slice(0, width - 1).join("")}…`;
  });
}

function summary(report: SweepReport): string {
  const violated = report.constraints.filter((row) => row.totalViolations > 0).length;
  const total = report.constraints.reduce((sum, row) => sum + row.totalViolations, 0);
  const time =
    report.seconds < 1 ? `${Math.round(report.seconds * 1000)} ms` : `${report.seconds.toFixed(1)} s`;
  return (
    `audit ${report.runId}: ${count(report.objects, "object")}, ${count(report.constraints.length, "constraint")}, ` +
    `${count(total, "violation")} of ${count(violated, "constraint")} (${time})`
  );
}

function changeLines({ appeared, resolved }: Changes): readonly string[] {
  if (appeared.count + resolved.count === 0) return ["nothing changed since the last run"];
  return [
    `since the last run: ${appeared.count} new, ${resolved.count} resolved`,
    ...changesOf("+", appeared),
    ...changesOf("-", resolved),
  ];
}

function changesOf(sign: string, { count, listed }: ChangeList): readonly string[] {
  const lines = listed.map(({ constraint, object, origin, message, ...violation }) => {
    const where = origin === undefined ? "" : ` (${origin})`;
    const about = `${objectName(object)}${where}: [${constraint.kind}/${constraint.name}]`;
    return `  ${sign} ${printable(`${about} ${statusMessage(message)} (${shownAction(violation)})`)}`;
  });
  return count > listed.length ? [...lines, `  ${sign} ${count - listed.length} more, not shown`] : lines;
}

function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}

// Names and messages come from policies and objects: line ends and escape sequences would break the table or the terminal.
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, " ");
}
