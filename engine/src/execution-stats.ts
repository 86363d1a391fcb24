import type { PlainObject } from "@portcullis/interpreter";
import { TARGET } from "./templates/template.ts";
import type { TemplateStats } from "./reviews/review.ts";

/** How the review was asked for: labels of its statistics. */
export interface StatsLabels {
  readonly tracing: boolean;
  readonly print: boolean;
}

/** What one template took, in the form of Gatekeeper's statistics (contract 4.8); gator leaves out the descriptions. */
export function executionStats(
  { kind, nanoseconds, constraints, impliedBy }: TemplateStats,
  { tracing, print }: StatsLabels,
): PlainObject {
  const source = { type: "engine", value: "Rego" };
  return {
    scope: "template",
    statsFor: kind,
    stats: [
      { name: "templateRunTimeNS", value: nanoseconds, source },
      { name: "constraintCount", value: constraints, source },
    ],
    labels: [
      { name: "TracingEnabled", value: tracing },
      { name: "PrintEnabled", value: print },
      { name: "target", value: TARGET },
      ...(impliedBy === undefined ? [] : [{ name: "Implied by", value: impliedBy }]),
    ],
  };
}

/** The same with what its numbers mean, for log lines. */
export function describedStats(stats: TemplateStats, labels: StatsLabels): PlainObject {
  const shown = executionStats(stats, labels);
  const described = (shown["stats"] as readonly PlainObject[]).map((stat) => ({
    ...stat,
    description: STAT_DESCRIPTIONS[String(stat["name"])] ?? "",
  }));
  return { ...shown, stats: described };
}

const STAT_DESCRIPTIONS: Readonly<Record<string, string>> = {
  templateRunTimeNS: "nanoseconds that the evaluation of all constraints of the template took",
  constraintCount: "constraints of the template that were evaluated",
};
