import { objectMeta, reviewOfObject, reviewWithExpansion } from "@portcullis/engine";
import type { Client, ExpansionSystem, ProcessExcluder, Result } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import type { AuditedObject, ObjectSource, SourceListener } from "./object-source.ts";
import type { Progress } from "./progress.ts";
import { SweepErrors } from "./sweep-error.ts";
import type { SweepError } from "./sweep-error.ts";
import { Tally } from "./tally.ts";
import type { ConstraintTally } from "./tally.ts";
import { violationsOf } from "./violation.ts";
import type { Violation } from "./violation.ts";

export interface SweepDeps {
  readonly client: Client;
  readonly expansion: ExpansionSystem;
  readonly source: ObjectSource;
  /** Config.match for the process `audit`. */
  readonly excluder: ProcessExcluder;
  readonly violationsLimit?: number;
  /** Milliseconds the review of one object may take. No limit by default. */
  readonly reviewTimeoutMs?: number;
  /** What is known before the sweep to be left out of it: policies that are not in force. */
  readonly problems?: readonly SweepError[];
  /** Gets the violations of each page; the sweep waits for it, so that a slow receiver fills no memory. */
  readonly onViolations?: (violations: readonly Violation[]) => void | Promise<void>;
  /** Follows the source; what it is told can be looked at at any time. */
  readonly progress?: Pick<Progress, "kinds" | "read" | "finished">;
}

/** What one sweep found; the violations themselves went to `onViolations`. */
export interface SweepReport {
  /** The start time, RFC 3339 in UTC with seconds; the same text is `status.auditTimestamp`. */
  readonly runId: string;
  readonly constraints: readonly ConstraintTally[];
  /** What could not be judged, and why: the first ones. Everything else is judged. */
  readonly errors: readonly SweepError[];
  /** Exact. Where it is not 0 the result is incomplete. */
  readonly errorCount: number;
  readonly objects: number;
  readonly seconds: number;
}

/** Audits every object of the source once. An object that fails is reported and the sweep goes on. */
export async function sweep(deps: SweepDeps, startedAt: Date, signal: AbortSignal): Promise<SweepReport> {
  const started = performance.now();
  const tally = new Tally(deps.client.constraints(), deps.violationsLimit);
  const errors = new SweepErrors(deps.problems);
  let objects = 0;
  for await (const page of deps.source.pages(signal, sourceListener(errors, deps.progress))) {
    const found: Violation[] = [];
    for (const audited of page) {
      signal.throwIfAborted();
      if (deps.excluder.isExcluded("audit", audited.object)) continue;
      objects++;
      const outcome = await reviewObject(audited, deps);
      for (const error of outcome.errors) errors.add(error);
      for (const violation of violationsOf(audited.object, outcome.results, audited.origin)) {
        tally.add(violation);
        found.push(violation);
      }
    }
    if (found.length > 0) await deps.onViolations?.(found);
    // A webhook in the same process must not wait for a whole sweep.
    await new Promise(setImmediate);
  }
  // A source that was told to stop ends early, which must not pass for a whole run.
  signal.throwIfAborted();
  return {
    runId: runIdOf(startedAt),
    constraints: tally.close(),
    errors: errors.listed,
    errorCount: errors.count,
    objects,
    seconds: (performance.now() - started) / 1000,
  };
}

function sourceListener(errors: SweepErrors, progress: SweepDeps["progress"]): SourceListener {
  return {
    failed: (error) => errors.add(error),
    kinds: (names) => progress?.kinds(names),
    read: (kind, objects, remaining) => progress?.read(kind, objects, remaining),
    finished: (kind) => progress?.finished(kind),
  };
}

/** The run's name in every output: its start in UTC, to the second. */
export function runIdOf(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

interface Outcome {
  readonly results: readonly Result[];
  readonly errors: readonly SweepError[];
}

async function reviewObject(audited: AuditedObject, deps: SweepDeps): Promise<Outcome> {
  const { object } = audited;
  const found = await namespaceOf(object, deps.source);
  if (typeof found === "string") {
    const { namespace } = objectMeta(object);
    return { results: [], errors: [{ message: `${nameOf(audited)}: ${found}`, scope: { namespace } }] };
  }
  const review = reviewOfObject(object, found ? { namespace: found } : {});
  const asked = {
    enforcementPoint: "audit.gatekeeper.sh",
    ...(deps.reviewTimeoutMs === undefined ? {} : { timeoutMs: deps.reviewTimeoutMs }),
  } as const;
  const { results, errors } = await deps.client.settle((reviewer) =>
    reviewWithExpansion(reviewer, deps.expansion, review, asked),
  );
  return { results, errors: errors.map(({ message }) => objectError(audited, message)) };
}

async function namespaceOf(
  object: PlainObject,
  source: ObjectSource,
): Promise<PlainObject | undefined | string> {
  const { namespace } = objectMeta(object);
  if (namespace === "") return undefined;
  return (await source.namespace(namespace)) ?? `namespace ${namespace} not found`;
}

function objectError(audited: AuditedObject, message: string): SweepError {
  const { group, kind, namespace, name } = objectMeta(audited.object);
  return { message: `${nameOf(audited)}: ${message}`, scope: { group, kind, namespace, name } };
}

function nameOf({ object, origin }: AuditedObject): string {
  const { kind, namespace, name } = objectMeta(object);
  const shown = `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
  return origin === undefined ? shown : `${origin}: ${shown}`;
}
