import type { ReportedViolation } from "../report/report-lines.ts";
import { constraintTitle, errorTexts, strongestAction } from "./whole-report.ts";
import type { WholeReport } from "./whole-report.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

const LEVELS: Readonly<Record<string, string>> = { deny: "error", warn: "warning", dryrun: "note" };

/**
 * The whole result as SARIF 2.1.0, which code scanners exchange: a rule for each constraint, a result for each violation with
 * its id as fingerprint. Where the object comes from a file its place is the location, else its path in the cluster.
 */
export async function* sarifReport({ report, violations, version }: WholeReport): AsyncGenerator<string> {
  const rules = report.constraints.map((row) => ({
    id: constraintTitle(row),
    name: row.kind,
    shortDescription: { text: `Constraint ${row.name} of kind ${row.kind}` },
    defaultConfiguration: { level: LEVELS[row.enforcementAction] ?? "warning" },
    properties: { enforcementAction: row.enforcementAction, totalViolations: row.totalViolations },
  }));
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  const run = {
    tool: { driver: { name: "Portcullis", semanticVersion: version, rules } },
    automationDetails: { id: `portcullis-audit/${report.runId}` },
    invocations: [
      {
        executionSuccessful: report.errorCount === 0,
        startTimeUtc: report.runId,
        toolExecutionNotifications: errorTexts(report).map((text) => ({ level: "error", message: { text } })),
      },
    ],
    originalUriBaseIds: { CLUSTER: { description: { text: "The cluster that was audited" } } },
    columnKind: "unicodeCodePoints",
  };
  const head = JSON.stringify({ $schema: SCHEMA, version: "2.1.0", runs: [run] });
  // The results are the last member of the only run.
  yield `${head.slice(0, -"}]}".length)},"results":[`;
  let separator = "\n";
  for await (const violation of violations()) {
    yield `${separator}${JSON.stringify(resultOf(violation, indexes))}`;
    separator = ",\n";
  }
  yield "\n]}]}\n";
}

function resultOf(violation: ReportedViolation, rules: ReadonlyMap<string, number>) {
  const { id, constraint, message, enforcementAction, actions } = violation;
  const ruleId = constraintTitle(constraint);
  const ruleIndex = rules.get(ruleId);
  return {
    ruleId,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level: LEVELS[strongestAction(violation)] ?? "warning",
    message: { text: message },
    locations: [locationOf(violation)],
    partialFingerprints: { "portcullisViolation/v1": id },
    properties: { enforcementAction, actions },
  };
}

function locationOf({ object, origin }: ReportedViolation) {
  const { group, kind, namespace, name } = object;
  const type = group === "" ? kind : `${kind}.${group}`;
  const path = [...(namespace === undefined ? [] : [namespace]), type, name];
  return {
    physicalLocation: placeOf(origin, path),
    logicalLocations: [{ name, fullyQualifiedName: path.join("/"), kind: "resource" }],
  };
}

function placeOf(origin: string | undefined, path: readonly string[]) {
  const [, file, line] = /^(.*):(\d+)$/.exec(origin ?? "") ?? [];
  if (file === undefined) {
    return { artifactLocation: { uri: path.map(encodeURIComponent).join("/"), uriBaseId: "CLUSTER" } };
  }
  return {
    artifactLocation: { uri: file.split(/[/\\]/).map(encodeURIComponent).join("/") },
    region: { startLine: Math.max(1, Number(line)) },
  };
}
