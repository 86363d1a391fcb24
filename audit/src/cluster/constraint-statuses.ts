import type { KubeApi, KubeError, Resource } from "@portcullis/engine/cluster";
import { isNotFound, sleep } from "@portcullis/engine/cluster";
import type { PlainObject, Value } from "@portcullis/interpreter";
import type { AuditListener } from "../audit-listener.ts";
import type { SweepError } from "../sweep-error.ts";
import type { SweepReport } from "../sweep.ts";
import type { ConstraintTally } from "../tally.ts";

export interface ConstraintStatusesOptions {
  readonly api: KubeApi;
  /** Ends the writing early. */
  readonly signal: AbortSignal;
  /** Each attempt at each status. */
  readonly onOutcome?: (outcome: StatusOutcome) => void;
  /** What people should know though it is no failure: a status that could not hold all that was meant for it. */
  readonly onRemark?: (message: string) => void;
  /** The first wait after a failure; doubled each time, and up to doubled once more by chance. Default 1 s, as Gatekeeper. */
  readonly pauseMs?: number;
}

/** `retried`: it failed and is tried again; `lost`: it failed for the last time; `gone`: the constraint is deleted. */
export type StatusOutcome = "written" | "retried" | "lost" | "gone";

const ROUNDS = 5;
const WRITES_AT_ONCE = 8;

/**
 * Writes the result of each run into the status of every constraint, also of those that nothing violates: `auditTimestamp`,
 * `totalViolations`, `violations` (absent where there are none). A merge of these fields alone: what others write into the
 * status stays. What fails, for whatever reason, is tried again in five rounds, as Gatekeeper does it; what then still fails is
 * among the errors of the run. A status that is too long for the server holds fewer violations.
 */
export function constraintStatuses(options: ConstraintStatusesOptions): AuditListener {
  return { finished: (_, report) => writeStatuses(report, options) };
}

interface Waiting {
  readonly row: ConstraintTally;
  /** How many of the violations that were kept it is to hold. */
  listed: number;
  failure: string;
}

async function writeStatuses(
  report: SweepReport,
  options: ConstraintStatusesOptions,
): Promise<readonly SweepError[]> {
  const { signal, onOutcome, pauseMs = 1000 } = options;
  let waiting = report.constraints.map((row): Waiting => ({
    row,
    listed: row.violations.length,
    failure: "",
  }));
  for (let round = 1; waiting.length > 0 && !signal.aborted; round++) {
    const failed = await writeAll(waiting, report.runId, options);
    for (const _ of failed) onOutcome?.(round < ROUNDS ? "retried" : "lost");
    waiting = failed;
    if (round >= ROUNDS) break;
    if (waiting.length > 0) await sleep(pauseMs * 2 ** (round - 1) * (1 + Math.random()), signal);
  }
  return waiting.map(({ row, failure }) => ({
    message: `could not write the status of ${row.kind}/${row.name}: ${failure || "the process was told to stop"}`,
  }));
}

/** Answers those that failed. */
async function writeAll(
  all: readonly Waiting[],
  runId: string,
  options: ConstraintStatusesOptions,
): Promise<Waiting[]> {
  const left = [...all].reverse();
  const failed: Waiting[] = [];
  const writer = async (): Promise<void> => {
    for (let each = left.pop(); each && !options.signal.aborted; each = left.pop()) {
      if (!(await write(each, runId, options))) failed.push(each);
    }
  };
  await Promise.all(Array.from({ length: WRITES_AT_ONCE }, writer));
  return [...failed, ...left];
}

async function write(each: Waiting, runId: string, options: ConstraintStatusesOptions): Promise<boolean> {
  const { api, signal, onOutcome, onRemark } = options;
  const { group, version, kind, name } = each.row;
  const resource: Resource = { group, version, kind, plural: kind.toLowerCase(), namespaced: false };
  for (;;) {
    const status = statusOf(each, runId);
    const written = await api.mergePatch(
      resource,
      { name },
      { status },
      { subresource: "status", metadataOnly: true, signal },
    );
    if (written.ok) {
      onOutcome?.("written");
      return true;
    }
    // A constraint that is gone has no status to write.
    if (isNotFound(written.error)) {
      onOutcome?.("gone");
      return true;
    }
    each.failure = written.error.message;
    if (!isTooLong(written.error) || each.listed === 0) return false;
    const wanted = each.listed;
    each.listed = Math.floor(wanted / 2);
    onRemark?.(
      `the status of ${kind}/${name} lists ${each.listed} violations instead of ${wanted}: ${each.failure}`,
    );
  }
}

/** Of the violations that were kept the smallest stay, which are last. */
function statusOf({ row, listed }: Waiting, runId: string): PlainObject {
  const kept = row.violations.slice(row.violations.length - listed);
  // `null` in a merge patch takes the field away.
  const violations: Value = kept.length === 0 ? null : kept.map(({ status }) => ({ ...status }));
  return { auditTimestamp: runId, totalViolations: row.totalViolations, violations };
}

/** What the API server and etcd say of an object that is longer than they take. */
function isTooLong({ code, message }: KubeError): boolean {
  return code === 413 || /too large|too long|larger than max/i.test(message);
}
