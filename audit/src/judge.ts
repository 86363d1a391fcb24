import { objectMeta, reviewOfObject, reviewWithExpansion } from "@portcullis/engine";
import type {
  Client,
  EngineError,
  ExpansionSystem,
  ProcessExcluder,
  ReviewOptions,
  TemplateStats,
} from "@portcullis/engine";
import type { PlainObject } from "@portcullis/interpreter";
import type { AuditedObject } from "./object-source.ts";
import type { SweepError } from "./sweep-error.ts";
import { violationsOf } from "./violation.ts";
import type { Violation } from "./violation.ts";

/** What it takes to judge objects. */
export interface JudgeDeps {
  readonly client: Client;
  readonly expansion: ExpansionSystem;
  /** Config.match for the process `audit`. */
  readonly excluder: ProcessExcluder;
  /** The Namespace of that name; undefined when there is none. Rejects when nobody can tell. */
  readonly namespace: (name: string) => Promise<PlainObject | undefined>;
  /** Milliseconds that one constraint may take for one object: a slow one costs the others nothing. No limit by default. */
  readonly reviewTimeoutMs?: number;
  /** What each constraint may use of memory for one object. */
  readonly memory?: ReviewOptions["memory"] | undefined;
  /** Told what each template took in each review; costs nothing when absent. */
  readonly onStats?: (stats: readonly TemplateStats[]) => void;
}

/** What came of one object. */
export interface ObjectVerdict {
  readonly violations: readonly Violation[];
  /** Why it could not be judged, or not by all constraints. */
  readonly errors: readonly SweepError[];
  /** There is no such Namespace: the object may have gone with it. */
  readonly isHomeless?: true;
  /** The kinds of constraints that took too much time or memory; absent where none did. */
  readonly tooDear?: readonly string[];
}

const ASKED = { enforcementPoint: "audit.gatekeeper.sh" } as const;

/**
 * Judges one object and what it implies by all constraints; undefined where the Config excludes it. Never rejects: what goes
 * wrong with one object costs that object, what goes wrong with a Namespace costs what is in it.
 */
export async function judgeObject(
  audited: AuditedObject,
  deps: JudgeDeps,
): Promise<ObjectVerdict | undefined> {
  const { object, origin } = audited;
  if (deps.excluder.isExcluded("audit", object)) return undefined;
  const found = await namespaceOf(object, deps);
  if ("missing" in found) {
    const { namespace } = objectMeta(object);
    const message = `${nameOf(audited)}: ${found.missing ?? `namespace ${namespace} not found`}`;
    const errors = [{ message, scope: { namespace } }];
    return { violations: [], errors, ...(found.missing === undefined && { isHomeless: true }) };
  }
  const { namespace } = found;
  const { reviewTimeoutMs, memory, onStats } = deps;
  const asked = {
    ...ASKED,
    ...(reviewTimeoutMs !== undefined && { constraintTimeoutMs: reviewTimeoutMs }),
    ...(memory && { memory }),
    ...(onStats && { stats: true }),
  };
  const review = reviewOfObject(object, namespace ? { namespace } : {});
  try {
    const { results, errors, stats } = await deps.client.settle((reviewer) =>
      reviewWithExpansion(reviewer, deps.expansion, review, asked),
    );
    if (stats) onStats?.(stats);
    const violations = results.length === 0 ? NONE : violationsOf(object, results, origin);
    if (errors.length === 0) return { violations, errors: NONE };
    return {
      violations,
      errors: errors.map((error) => objectError(audited, error)),
      tooDear: errors.flatMap(({ retryable, constraint }) =>
        retryable && constraint ? [constraint.kind] : [],
      ),
    };
  } catch (error) {
    return { violations: NONE, errors: [objectError(audited, { message: textOf(error) })] };
  }
}

const NONE: readonly never[] = [];

/** Undefined for an object that is in none; `missing` says why nobody can tell, or nothing where there is none. */
async function namespaceOf(
  object: PlainObject,
  deps: JudgeDeps,
): Promise<{ readonly namespace: PlainObject | undefined } | { readonly missing: string | undefined }> {
  const { namespace } = objectMeta(object);
  if (namespace === "") return { namespace: undefined };
  try {
    const found = await deps.namespace(namespace);
    return found ? { namespace: found } : { missing: undefined };
  } catch (error) {
    return { missing: textOf(error) };
  }
}

function objectError(
  audited: AuditedObject,
  { message, constraint }: Pick<EngineError, "message" | "constraint">,
): SweepError {
  const { group, kind, namespace, name } = objectMeta(audited.object);
  const by = constraint && { constraintKind: constraint.kind, constraint: constraint.name };
  return { message: `${nameOf(audited)}: ${message}`, scope: { group, kind, namespace, name, ...by } };
}

function nameOf({ object, origin }: AuditedObject): string {
  const { kind, namespace, name } = objectMeta(object);
  const shown = `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
  return origin === undefined ? shown : `${origin}: ${shown}`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
