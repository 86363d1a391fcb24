import type { KubeApi, KubeResult, Resource } from "@portcullis/engine/cluster";
import { isConflict, isNotFound } from "@portcullis/engine/cluster";
import type { PlainObject, Value } from "@portcullis/interpreter";
import type { SweepReport } from "../sweep.ts";
import type { ConstraintTally } from "../tally.ts";

export interface ConstraintStatusesOptions {
  readonly api: KubeApi;
  /** A status that could not be written. */
  readonly onError: (message: string) => void;
  /** The first wait after a failure; doubled each time. Default 1 s, as Gatekeeper. */
  readonly pauseMs?: number;
}

const ATTEMPTS = 5;
const WRITES_AT_ONCE = 8;

/**
 * Writes the result of a sweep into the status of every constraint, also of those that nothing violates: `auditTimestamp`,
 * `totalViolations`, `violations` (absent where there are none). A merge of these fields alone: what others write into the
 * status stays. Settles when all are written, or given up and told.
 */
export async function writeConstraintStatuses(
  report: SweepReport,
  { api, onError, pauseMs = 1000 }: ConstraintStatusesOptions,
  signal: AbortSignal,
): Promise<void> {
  const waiting = [...report.constraints];
  const writer = async (): Promise<void> => {
    for (let row = waiting.pop(); row && !signal.aborted; row = waiting.pop()) {
      const failure = await write(row, statusOf(report, row), api, pauseMs, signal);
      if (failure !== undefined) onError(`could not write the status of ${row.kind}/${row.name}: ${failure}`);
    }
  };
  await Promise.all(Array.from({ length: WRITES_AT_ONCE }, writer));
}

function statusOf({ runId }: SweepReport, { totalViolations, violations }: ConstraintTally): PlainObject {
  // `null` in a merge patch takes the field away.
  const listed: Value = violations.length === 0 ? null : violations.map(({ status }) => ({ ...status }));
  return { auditTimestamp: runId, totalViolations, violations: listed };
}

async function write(
  { group, version, kind, name }: ConstraintTally,
  status: PlainObject,
  api: KubeApi,
  pauseMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const resource: Resource = { group, version, kind, plural: kind.toLowerCase(), namespaced: false };
  for (let attempt = 1; ; attempt++) {
    const options = { subresource: "status", signal } as const;
    const written: KubeResult<PlainObject> = await api.mergePatch(resource, { name }, { status }, options);
    // A constraint that is gone has no status to write.
    if (written.ok || isNotFound(written.error)) return undefined;
    const mayRetry = written.error.retryable || isConflict(written.error);
    if (!mayRetry || attempt >= ATTEMPTS || signal.aborted) return written.error.message;
    await new Promise((resolve) => setTimeout(resolve, pauseMs * 2 ** (attempt - 1) * (1 + Math.random())));
  }
}
