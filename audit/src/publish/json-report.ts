import { writeJson } from "@portcullis/interpreter";
import type { WholeReport } from "./whole-report.ts";

/**
 * The whole result as one JSON object, for scripts: `runId`, `seconds`, `objects`, `incomplete`, `constraints` with their counts,
 * `errors`, and every violation.
 */
export async function* jsonReport({ report, violations }: WholeReport): AsyncGenerator<string> {
  const { runId, seconds, objects, errors, errorCount } = report;
  const constraints = report.constraints.map((row) => ({
    kind: row.kind,
    name: row.name,
    enforcementAction: row.enforcementAction,
    totalViolations: row.totalViolations,
  }));
  const incomplete = errorCount > 0;
  const head = JSON.stringify({ runId, seconds, objects, incomplete, errorCount, errors, constraints });
  yield `${head.slice(0, -1)},"violations":[`;
  let separator = "\n";
  for await (const { type: _type, state: _state, ...violation } of violations()) {
    yield `${separator}${writeJson(violation, { escapeHtml: false })}`;
    separator = ",\n";
  }
  yield "\n]}\n";
}
