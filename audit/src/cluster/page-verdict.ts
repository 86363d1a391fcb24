import { isNotFound } from "@portcullis/engine/cluster";
import type { ObjectVersion, Resource } from "@portcullis/engine/cluster";
import type { VerdictBasis } from "../incremental/verdict-memory.ts";
import { unpackViolations } from "../packed-violations.ts";
import type { PackedConstraints } from "../packed-violations.ts";
import type { SweepError } from "../sweep-error.ts";
import type { JudgedObjects, Verdict } from "../threads/evaluator.ts";
import { VIOLATIONS_AT_ONCE } from "../verdict-source.ts";
import type { JudgedPage } from "../verdict-source.ts";
import type { Violation } from "../violation.ts";
import { nameOfKind } from "./sweep-run.ts";
import type { AuditedKind, SweepRun } from "./sweep-run.ts";

/** Takes what is remembered of these objects; the others are `changed`. */
export async function recall<T extends ObjectVersion>(
  items: readonly T[],
  kind: AuditedKind,
  run: SweepRun,
): Promise<{ readonly recalled: JudgedPage; readonly changed: readonly T[] }> {
  const changed: T[] = [];
  const found: PackedVerdict[] = [];
  // Namespaces come in order: one question for all objects of each.
  let namespace = "";
  let namespaceVersion: string | undefined = "";
  for (const item of items) {
    if (item.namespace !== namespace) {
      namespace = item.namespace;
      namespaceVersion = namespace === "" ? "" : await run.namespaceVersion(namespace);
    }
    const violations =
      namespaceVersion === undefined
        ? undefined
        : run.memory.recall(kind.resource, item, basisOf(item.resourceVersion, namespaceVersion, kind));
    const { name } = item;
    if (violations === undefined) changed.push(item);
    else if (violations !== "") found.push({ violations, namespace, name });
  }
  const recalled = {
    objects: items.length - changed.length,
    violations: unpacked(found, kind.resource, run.memory.constraints),
    errors: [],
  };
  return { recalled, changed };
}

type PackedVerdict = Pick<Verdict, "violations" | "namespace" | "name">;

function* unpacked(
  found: readonly PackedVerdict[],
  { group, version, kind }: Resource,
  constraints: PackedConstraints,
): Generator<readonly Violation[]> {
  let some: Violation[] = [];
  for (const { violations, namespace, name } of found) {
    const about = { group, version, kind, namespace, name };
    for (const violation of unpackViolations(violations, about, constraints)) {
      some.push(violation);
      if (some.length < VIOLATIONS_AT_ONCE) continue;
      yield some;
      some = [];
    }
  }
  if (some.length > 0) yield some;
}

/** What a thread has judged; it is remembered. Where a thread has died of it, `again` has another one judge it carefully. */
export async function settled(
  judged: Promise<JudgedObjects | string>,
  kind: AuditedKind,
  run: SweepRun,
  again?: () => Promise<JudgedPage>,
): Promise<JudgedPage> {
  const result = await judged;
  const { resource } = kind;
  if (typeof result === "string" && again && !run.signal.aborted) return again();
  if (typeof result === "string") {
    const { group, kind: kindName } = resource;
    const message = `a page of ${nameOfKind(resource)} was not judged: ${result}`;
    return { objects: 0, violations: [], errors: [{ message, scope: { group, kind: kindName } }] };
  }
  run.onJudged(result.milliseconds);
  const found: Verdict[] = [];
  const errors: SweepError[] = [];
  for (const verdict of result.verdicts) {
    if (verdict.isHomeless && (await isGone(verdict, resource, run))) continue;
    if (verdict.violations !== "") found.push(verdict);
    for (const error of verdict.errors) errors.push(error);
    if (verdict.errors.length > 0 || result.isPartial || kind.dependsOn === "world") continue;
    const basis = basisOf(verdict.resourceVersion, verdict.namespaceVersion, kind);
    run.memory.remember(resource, verdict, basis, verdict.violations, result.constraints);
  }
  errors.push(...result.givenUp);
  for (const why of result.unread) {
    const { group, kind: kindName } = resource;
    const message = `an object of ${nameOfKind(resource)} cannot be read: ${why}`;
    errors.push({ message, scope: { group, kind: kindName } });
  }
  const { stats, verdicts, unread, constraints } = result;
  return {
    objects: verdicts.length + unread.length,
    violations: unpacked(found, resource, constraints),
    errors,
    ...(stats && { stats }),
  };
}

/**
 * Whether an object whose Namespace is not there is gone with it: what is gone breaks nothing. Asked once for each Namespace,
 * whose objects go before it does; that they are there after all would be a cluster in disorder, and is told.
 */
function isGone({ namespace, name }: Verdict, resource: Resource, run: SweepRun): Promise<boolean> {
  const known = run.gone.get(namespace);
  if (known) return known;
  // Copies are of kinds whose path nobody knows.
  const asked =
    resource.plural === ""
      ? Promise.resolve(false)
      : run.api
          .getText(resource, { namespace, name }, { signal: run.signal })
          .then((found) => !found.ok && isNotFound(found.error));
  run.gone.set(namespace, asked);
  return asked;
}

function basisOf(
  resourceVersion: string,
  namespaceVersion: string,
  { dataRevision }: AuditedKind,
): VerdictBasis {
  return { resourceVersion, namespaceVersion, dataRevision };
}
