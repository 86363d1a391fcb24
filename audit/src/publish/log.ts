import { describedStats, goDuration } from "@portcullis/engine";
import { loggedJson } from "@portcullis/interpreter/node";
import type { AuditListener, AuditRun } from "../audit-listener.ts";
import type { SweepProgress } from "../progress.ts";
import type { SweepReport } from "../sweep.ts";
import type { ConstraintTally } from "../tally.ts";
import type { Violation } from "../violation.ts";

/** Where lines go: the process' log. */
export interface AuditLogWriter {
  info(message: string, fields: Readonly<Record<string, unknown>>): void;
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
}

export interface AuditLogOptions {
  /** The audit looks at copies: its statistics have another name then. */
  readonly fromCache?: boolean;
  /** Write a line of what templates took, also where that was nothing: remembered verdicts take none. */
  readonly stats?: boolean;
}

/** A line of progress comes once there is something to say, then when so much time has passed. */
const PROGRESS_SECONDS = 10;
/** Errors of one run that get a line of their own. */
const ERROR_LINES = 100;

/**
 * Writes the events of each run as Gatekeeper logs them: started, each violation, each violated constraint, finished; and what
 * templates took, once a run where Gatekeeper writes a line an object. Beyond Gatekeeper: how far it is (`audit_progress`), and
 * what could not be judged or told (`audit_incomplete`).
 */
export function auditLog(
  log: AuditLogWriter,
  { fromCache = false, stats = false }: AuditLogOptions = {},
): AuditListener {
  const write = log.info.bind(log);
  let nextProgress = 0;
  const common = ({ runId }: AuditRun) => ({
    logger: "controller",
    process: "audit",
    semantic: true,
    audit_id: runId,
  });
  return {
    started(run) {
      nextProgress = 0;
      write("auditing constraints and violations", { ...common(run), event_type: "audit_started" });
    },
    progress(run, progress) {
      const { secondsElapsed, objectsExpected } = progress;
      const saysLittle = objectsExpected === undefined && secondsElapsed < PROGRESS_SECONDS;
      if (saysLittle || secondsElapsed < nextProgress) return;
      nextProgress = secondsElapsed + PROGRESS_SECONDS;
      write("audit in progress", {
        ...common(run),
        event_type: "audit_progress",
        ...progressFields(progress),
      });
    },
    found(run, violations) {
      for (const violation of violations)
        write(violation.status.message, { ...common(run), ...violationFields(violation) });
    },
    finished(run, report) {
      for (const row of report.constraints) {
        if (row.totalViolations === 0) continue;
        write("audit results for constraint", { ...common(run), ...constraintFields(row) });
      }
      if (stats) {
        const [msg, type] = fromCache
          ? ["audit from cache review request stats", "audit_cache_stats"]
          : ["audit review request stats", "audit_stats"];
        const taken = (report.stats ?? []).map((each) =>
          describedStats(each, { tracing: false, print: true }),
        );
        write(msg, { ...common(run), event_type: type, execution_stats: taken });
      }
      for (const error of incompleteness(report))
        log.error("the audit is incomplete", { ...common(run), event_type: "audit_incomplete", error });
      write("auditing is complete", {
        ...common(run),
        event_type: "audit_finished",
        duration: goDuration(report.seconds * 1e9),
      });
    },
  };
}

function violationFields({
  constraint,
  status,
  object,
  details,
}: Violation): Readonly<Record<string, unknown>> {
  return {
    event_type: "violation_audited",
    details: loggedJson(details),
    constraint_group: constraint.group,
    constraint_api_version: constraint.version,
    constraint_kind: constraint.kind,
    constraint_name: constraint.name,
    constraint_namespace: "",
    constraint_action: status.enforcementAction,
    constraint_enforcement_actions: status.enforcementActions ?? [],
    constraint_annotations: loggedJson(constraint.annotations),
    resource_group: status.group,
    resource_api_version: status.version,
    resource_kind: status.kind,
    resource_namespace: status.namespace ?? "",
    resource_name: status.name,
    resource_labels: loggedJson(object.labels),
  };
}

function progressFields(progress: SweepProgress): Readonly<Record<string, unknown>> {
  const { kindsDone, kinds, kind, objects, objectsExpected, secondsElapsed, secondsLeft } = progress;
  return {
    kinds_done: kindsDone,
    kinds,
    ...(kind !== undefined && { kind }),
    objects,
    ...(objectsExpected !== undefined && { objects_expected: objectsExpected }),
    elapsed: goDuration(secondsElapsed * 1e9),
    ...(secondsLeft !== undefined && { estimated_rest: goDuration(Math.round(secondsLeft * 10) * 1e8) }),
  };
}

function incompleteness({ errors, errorCount }: SweepReport): readonly string[] {
  const told = errors.slice(0, ERROR_LINES).map(({ message }) => message);
  return errorCount > told.length ? [...told, `${errorCount - told.length} more errors`] : told;
}

function constraintFields(row: ConstraintTally): Readonly<Record<string, unknown>> {
  return {
    event_type: "constraint_audited",
    constraint_group: row.group,
    constraint_api_version: row.version,
    constraint_kind: row.kind,
    constraint_name: row.name,
    constraint_namespace: "",
    // That of a violation, as Gatekeeper has it: an ExpansionTemplate may bring another one than the constraint's.
    constraint_action: row.violations[0]?.status.enforcementAction ?? row.enforcementAction,
    constraint_status: "enforced",
    constraint_violations: String(row.totalViolations),
  };
}
