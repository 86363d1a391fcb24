import type { EventNote, EventRecorder, InvolvedObject } from "@portcullis/engine/cluster";
import type { AuditListener, AuditRun } from "../audit-listener.ts";
import type { History } from "../history.ts";
import { readViolation } from "../report/report-lines.ts";
import type { ReportedViolation } from "../report/report-lines.ts";
import { statusMessage } from "../status-message.ts";

export interface AuditEventsOptions {
  readonly recorder: EventRecorder;
  /** Ahead of these events among the listeners: they are made from its report. */
  readonly history: Pick<History, "lines">;
  /** Gatekeeper's namespace: where the Events are made. */
  readonly ownNamespace: string;
  /** In the object's namespace instead, where it has one (`--audit-events-involved-namespace`). */
  readonly involvedNamespace: boolean;
  /** How many violations got no Event, and why. */
  readonly onLoss: (message: string, count: number) => void;
}

export interface AuditEvents extends AuditListener {
  stop(): Promise<void>;
}

/**
 * Makes an Event of each violation (contract 5.4). They are made while nothing waits for them, as fast as the API server takes
 * them, and from the report, so that many of them fill no memory: new violations first. The next run ends this; what is left
 * by then is told.
 */
export function auditEvents(options: AuditEventsOptions): AuditEvents {
  let stopped = false;
  let present = 0;
  let work: Promise<void> = Promise.resolve();
  return {
    finished(run) {
      const mine = ++present;
      const isOver = (): boolean => stopped || mine !== present;
      work = work
        .then(() => recordAll(run, options, isOver))
        .catch((error: unknown) => {
          options.onLoss(`the report of the run cannot be read: ${String(error)}`, 0);
        });
    },
    async stop() {
      stopped = true;
      await work;
    },
  };
}

async function recordAll(run: AuditRun, options: AuditEventsOptions, isOver: () => boolean): Promise<void> {
  const { recorder, history, onLoss } = options;
  let lost = 0;
  for (const state of ["new", "known"] as const) {
    for await (const line of (await history.lines()) ?? []) {
      const violation = readViolation(line);
      if (violation?.state !== state || violation.lastSeen !== run.runId) continue;
      const note = eventOf(violation, run, options);
      if (!note) continue;
      if (!isOver()) await recorder.room();
      if (isOver()) lost++;
      else recorder.record(note);
    }
  }
  if (lost > 0) onLoss("the next run began before all Events were made", lost);
}

/** Of an Event that violates none is made: it would violate as well, without end. */
function eventOf(
  { constraint, object, message, enforcementAction, actions }: ReportedViolation,
  { runId }: AuditRun,
  { ownNamespace, involvedNamespace }: AuditEventsOptions,
): EventNote | undefined {
  if (object.kind === "Event") return undefined;
  const namespace = object.namespace ?? "";
  const where = involvedNamespace ? "" : `Resource Namespace: ${namespace}, `;
  return {
    component: "gatekeeper-audit",
    type: "Warning",
    reason: "AuditViolation",
    message: `${where}Constraint: ${constraint.name}, Message: ${statusMessage(message)}`,
    annotations: {
      process: "audit",
      auditTimestamp: runId,
      event_type: "violation_audited",
      constraint_group: constraint.group,
      constraint_api_version: constraint.version,
      constraint_kind: constraint.kind,
      constraint_name: constraint.name,
      constraint_namespace: "",
      constraint_action: enforcementAction,
      constraint_enforcement_actions: enforcementAction === "scoped" ? actions.join(",") : "",
      resource_group: object.group,
      resource_api_version: object.version,
      resource_kind: object.kind,
      resource_namespace: namespace,
      resource_name: object.name,
    },
    involved: involvedObject(constraint, object, involvedNamespace, ownNamespace),
  };
}

function involvedObject(
  constraint: ReportedViolation["constraint"],
  { kind, name, namespace = "", uid = "", resourceVersion = "" }: ReportedViolation["object"],
  involvedNamespace: boolean,
  ownNamespace: string,
): InvolvedObject {
  if (!involvedNamespace) {
    // Events of one object and one constraint belong together; no object has such a uid.
    const made = [kind, namespace, name, constraint.kind, "", constraint.name].join("/");
    return { kind, name, namespace: ownNamespace, uid: made };
  }
  const known = uid !== "" && resourceVersion !== "" ? { uid, resourceVersion } : { uid: "" };
  return { kind, name, namespace: namespace === "" ? ownNamespace : namespace, ...known };
}
