import { parseJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import type { SweepError } from "../sweep-error.ts";
import type { ConstraintTally } from "../tally.ts";
import type { Violation } from "../violation.ts";

/**
 * A report of a run is a text of JSON lines, each an object that says in `type` what it is: one `run`, a `violation` for each,
 * an `error` for each that is listed, a `constraint` for each, and at last one `summary`. docs/reference/audit.md has the
 * fields.
 */
export const REPORT_FORMAT = 1;

/**
 * `new`: not in the run before; `known`: there too; `unjudged`: not found, but what it is about could not be judged; `resolved`:
 * in the run before, and gone.
 */
export type ViolationState = "new" | "known" | "unjudged" | "resolved";

/** When a violation was there; run ids. */
export interface Sightings {
  readonly firstSeen: string;
  readonly lastSeen: string;
}

/** A violation as a report has it. */
export interface ReportedViolation extends Sightings {
  readonly type: "violation";
  readonly id: string;
  readonly state: ViolationState;
  readonly constraint: {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
    readonly name: string;
    /** Absent where there are none. */
    readonly annotations?: PlainObject;
  };
  readonly enforcementAction: string;
  /** Those at the audit's enforcement point. */
  readonly actions: readonly string[];
  readonly object: {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
    /** Absent for cluster-scoped objects. */
    readonly namespace?: string;
    readonly name: string;
    readonly uid?: string;
    /** That of the state which was judged. */
    readonly resourceVersion?: string;
    readonly labels?: PlainObject;
  };
  readonly origin?: string;
  /** Whole. */
  readonly message: string;
  readonly details: Value;
}

export interface ReportSummary {
  readonly runId: string;
  readonly seconds: number;
  readonly objects: number;
  /** Those of this run: new and known ones. */
  readonly violations: number;
  readonly new: number;
  readonly resolved: number;
  readonly unjudged: number;
  readonly errors: number;
  /** Something could not be judged, or could not be told. */
  readonly incomplete: boolean;
}

export function runLine(runId: string): string {
  return JSON.stringify({ type: "run", format: REPORT_FORMAT, runId });
}

export function violationLine(
  violation: Violation,
  state: ViolationState,
  { firstSeen, lastSeen }: Sightings,
): string {
  const { constraint, status, object, origin, actions, message } = violation;
  const { group, version, kind, name, annotations } = constraint;
  const head = { type: "violation", id: violation.id, state, firstSeen, lastSeen };
  const about = {
    group: status.group,
    version: status.version,
    kind: status.kind,
    ...(status.namespace === undefined ? {} : { namespace: status.namespace }),
    name: status.name,
    ...(object.uid === "" ? {} : { uid: object.uid }),
    ...(object.resourceVersion === "" ? {} : { resourceVersion: object.resourceVersion }),
  };
  const action = { enforcementAction: status.enforcementAction, actions };
  const rest = { ...(origin === undefined ? {} : { origin }), message };
  const constraintText = withMember({ group, version, kind, name }, "annotations", annotations);
  const objectText = withMember(about, "labels", object.labels);
  return (
    `{${members(head)},"constraint":${constraintText},${members(action)},"object":${objectText},` +
    `${members(rest)},"details":${violation.details}}`
  );
}

/** An object with one more member, whose value is JSON text already; left out where that is empty. */
function withMember(object: object, key: string, json: string): string {
  return json === "{}" ? JSON.stringify(object) : `{${members(object)},"${key}":${json}}`;
}

function members(object: object): string {
  return JSON.stringify(object).slice(1, -1);
}

/** The line of an earlier report with another state. */
export function restated(line: ViolationLine, state: ViolationState): string {
  const { id, firstSeen, lastSeen } = line;
  const head = JSON.stringify({ type: "violation", id, state, firstSeen, lastSeen });
  return `${head.slice(0, -1)}${line.text.slice(line.headLength)}`;
}

export function errorLine({ message, scope }: SweepError): string {
  return JSON.stringify({ type: "error", message, ...(scope && { scope }) });
}

export function constraintLine(row: ConstraintTally): string {
  const { group, version, kind, name, enforcementAction, totalViolations } = row;
  return JSON.stringify({
    type: "constraint",
    group,
    version,
    kind,
    name,
    enforcementAction,
    totalViolations,
  });
}

export function summaryLine(summary: ReportSummary): string {
  return JSON.stringify({ type: "summary", ...summary });
}

/** The beginning of a violation's line: enough to find it again. */
export interface ViolationLine extends Sightings {
  readonly id: string;
  readonly state: string;
  readonly text: string;
  readonly headLength: number;
}

// Written by `violationLine`: none of these texts needs an escape.
const HEAD =
  /^\{"type":"violation","id":"([0-9a-f]{16})","state":"([a-z]+)","firstSeen":"([0-9TZ:-]{20})","lastSeen":"([0-9TZ:-]{20})"/;

/** Reads the beginning of a line; undefined where it is no violation's. */
export function readHead(text: string): ViolationLine | undefined {
  const [head, id, state, firstSeen, lastSeen] = HEAD.exec(text) ?? [];
  if (head === undefined) return undefined;
  return {
    id: id as string,
    state: state as string,
    firstSeen: firstSeen as string,
    lastSeen: lastSeen as string,
    text,
    headLength: head.length,
  };
}

/** Reads a whole line; undefined where it is no violation's. Integers stay exact. */
export function readViolation(text: string): ReportedViolation | undefined {
  if (readHead(text) === undefined) return undefined;
  const parsed = parseJson(text);
  // The head is ours, so is the rest: it is written in one go.
  return parsed.ok ? (parsed.value as unknown as ReportedViolation) : undefined;
}

/** A violation of the present run as its report has it. */
export function reported(
  violation: Violation,
  state: ViolationState,
  sightings: Sightings,
): ReportedViolation {
  return readViolation(violationLine(violation, state, sightings)) as ReportedViolation;
}
