import { readViolation } from "../report/report-lines.ts";
import type { ReportedViolation } from "../report/report-lines.ts";
import type { SweepReport } from "../sweep.ts";

/** What a form of the whole result is made from. Its violations come one at a time: there may be more than fit in memory. */
export interface WholeReport {
  readonly report: SweepReport;
  /** Those of this run. */
  readonly violations: () => AsyncIterable<ReportedViolation>;
  readonly version: string;
}

/** A form of the whole result: the text in pieces. */
export type ReportForm = (whole: WholeReport) => AsyncIterable<string>;

/** The violations that are there now, of the lines of a report. */
export async function* presentViolations(
  lines: AsyncIterable<string> | undefined,
): AsyncGenerator<ReportedViolation> {
  for await (const line of lines ?? []) {
    const violation = readViolation(line);
    if (violation && (violation.state === "new" || violation.state === "known")) yield violation;
  }
}

/** `Pod shop/web`; kinds of other groups than the core's with their group. */
export function objectTitle({ group, kind, namespace, name }: ReportedViolation["object"]): string {
  const type = group === "" ? kind : `${kind}.${group}`;
  return `${type} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

export function constraintTitle({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind}/${name}`;
}

/** What a violation does at the audit's enforcement point: its strongest action, or what is written where none is known. */
export function strongestAction({
  actions,
  enforcementAction,
}: Pick<ReportedViolation, "actions" | "enforcementAction">): string {
  return ["deny", "warn", "dryrun"].find((action) => actions.includes(action)) ?? enforcementAction;
}

/** One line for each error that is listed, and one for how many more there are. */
export function errorTexts({ errors, errorCount }: SweepReport): readonly string[] {
  const texts = errors.map(({ message }) => message);
  return errorCount > texts.length ? [...texts, `${errorCount - texts.length} more errors`] : texts;
}
