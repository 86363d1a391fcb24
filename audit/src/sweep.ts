import { objectMeta, reviewOfObject, reviewWithExpansion } from "@portcullis/engine";
import type { Client, ExpansionSystem, ProcessExcluder, Response } from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import type { AuditedObject, ObjectSource } from "./object-source.ts";
import { Tally } from "./tally.ts";
import type { ConstraintTally, Violation } from "./tally.ts";

export interface SweepDeps {
  readonly client: Client;
  readonly expansion: ExpansionSystem;
  readonly source: ObjectSource;
  /** Config.match for the process `audit`. */
  readonly excluder: ProcessExcluder;
  readonly violationsLimit?: number;
  /** Milliseconds the review of one object may take. No limit by default. */
  readonly reviewTimeoutMs?: number;
  /** Called for each violation as it is found. */
  readonly onViolation?: (violation: Violation) => void;
}

/** What one sweep found. */
export interface SweepReport {
  /** The start time, RFC 3339 in UTC with seconds; the same text is `status.auditTimestamp`. */
  readonly runId: string;
  readonly constraints: readonly ConstraintTally[];
  /** Objects that could not be judged, and why. The others are. */
  readonly errors: readonly string[];
  readonly objects: number;
  /** Every violation, without a limit: the basis of what changed since the last run. */
  readonly all: readonly Violation[];
  readonly seconds: number;
}

/** Audits every object of the source once. An object that fails is reported and the sweep goes on. */
export async function sweep(deps: SweepDeps, startedAt: Date, signal: AbortSignal): Promise<SweepReport> {
  const started = performance.now();
  const tally = new Tally(deps.client.constraints(), deps.violationsLimit);
  const errors: string[] = [];
  const all: Violation[] = [];
  let objects = 0;
  for await (const page of deps.source.pages(signal, (message) => errors.push(message))) {
    for (const audited of page) {
      signal.throwIfAborted();
      if (deps.excluder.isExcluded("audit", audited.object)) continue;
      objects++;
      const response = await reviewObject(audited, deps);
      if (typeof response === "string") {
        errors.push(`${nameOf(audited)}: ${response}`);
        continue;
      }
      for (const failure of response.errors) errors.push(`${nameOf(audited)}: ${failure.message}`);
      for (const result of response.results) {
        const violation = tally.add(audited.object, result, audited.origin);
        all.push(violation);
        deps.onViolation?.(violation);
      }
    }
    // A webhook in the same process must not wait for a whole sweep.
    await new Promise(setImmediate);
  }
  const seconds = (performance.now() - started) / 1000;
  return { runId: runIdOf(startedAt), constraints: tally.close(), errors, objects, all, seconds };
}

/** The run's name in every output: its start in UTC, to the second. */
export function runIdOf(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

async function reviewObject(audited: AuditedObject, deps: SweepDeps): Promise<Response | string> {
  const { object } = audited;
  const namespace = await namespaceOf(object, deps.source);
  if (typeof namespace === "string") return namespace;
  const review = reviewOfObject(object, namespace ? { namespace } : {});
  const asked = {
    enforcementPoint: "audit.gatekeeper.sh",
    ...(deps.reviewTimeoutMs === undefined ? {} : { timeoutMs: deps.reviewTimeoutMs }),
  } as const;
  return deps.client.settle((reviewer) => reviewWithExpansion(reviewer, deps.expansion, review, asked));
}

async function namespaceOf(
  object: PlainObject,
  source: ObjectSource,
): Promise<PlainObject | undefined | string> {
  const { namespace } = objectMeta(object);
  if (namespace === "") return undefined;
  return (await source.namespace(namespace)) ?? `namespace ${namespace} not found`;
}

function nameOf({ object, origin }: AuditedObject): string {
  const { kind, namespace, name } = objectMeta(object);
  const shown = `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
  return origin === undefined ? shown : `${origin}: ${shown}`;
}
