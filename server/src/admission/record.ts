import { describedStats, valueAt } from "@portcullis/engine";
import type { Result } from "@portcullis/engine";
import type { EventRecorder } from "@portcullis/engine/cluster";
import { writeJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { loggedJson } from "@portcullis/interpreter/node";
import type { Log, LogFields } from "../observability/log.ts";
import type { ServerMetrics, ValidationStatus } from "../observability/metrics.ts";
import type { Decision } from "./decide.ts";
import { exportedViolation } from "./exported-violation.ts";
import type { ViolationExporter } from "./exported-violation.ts";
import { OWN_NAMESPACE } from "./policies.ts";
import type { AdmissionOptions } from "./policies.ts";
import { violationEvent } from "./violation-events.ts";
import { hasKnownAction, resourceFields, violationFields } from "./violation-fields.ts";

export interface Recording {
  readonly log: Log;
  readonly metrics: ServerMetrics;
  readonly options: AdmissionOptions;
  /** Where Events of violations go (`--emit-admission-events`); absent where none are made. */
  readonly events?: EventRecorder | undefined;
  /** Where violations are exported (`--enable-admission-violation-export`); absent where none are. */
  readonly exporter?: ViolationExporter | undefined;
}

/**
 * Counts a decision; writes one line for each of its violations (`--log-denies`), an Event for each, a line with what the
 * review cost (`--log-stats-admission`); and has its violations exported.
 */
export function record(request: PlainObject, decision: Decision, seconds: number, to: Recording): void {
  if (decision.counted) {
    to.metrics.countValidation(statusOf(decision), valueAt(request, "dryRun") === true, seconds);
  }
  const { response } = decision;
  if (!response) return;
  if (response.stats) to.log.info("admission review request stats", statsFields(request, decision));
  if (!to.options.logDenies && !to.events && !to.exporter) return;
  for (const result of response.results) if (hasKnownAction(result)) tell(request, result, to);
}

function statusOf(decision: Decision): ValidationStatus {
  const { allowed, code } = decision.verdict;
  return allowed ? "allow" : code === 403 ? "deny" : "error";
}

/** The text of the line is the same for deny, warn and dryrun. */
function tell(request: PlainObject, result: Result, { log, options, events, exporter }: Recording): void {
  exporter?.offer(() => exportedViolation(request, result, new Date()));
  if (!options.logDenies && !events) return;
  const fields = violationFields(request, result);
  if (options.logDenies) {
    const details = loggedJson(writeJson(result.details));
    log.info(`denied admission: ${result.msg}`, { ...LINE, details, ...fields });
  }
  const event = events && violationEvent(request, result, fields, eventsOptions(options));
  if (event) events.record(event);
}

function eventsOptions({ ownNamespace = OWN_NAMESPACE, eventsInvolvedNamespace = false }: AdmissionOptions) {
  return { ownNamespace, involvedNamespace: eventsInvolvedNamespace };
}

/** What every line of the validation webhook says of itself. */
const LINE = { logger: "webhook", hookType: "validation", semantic: true } as const;

function statsFields(request: PlainObject, { response, traced }: Decision): LogFields {
  // What policies print stands in the log.
  const labels = { tracing: traced ?? false, print: true };
  return {
    ...LINE,
    process: "admission",
    event_type: "review_response_stats",
    ...resourceFields(request),
    execution_stats: (response?.stats ?? []).map((one) => describedStats(one, labels)),
  };
}
