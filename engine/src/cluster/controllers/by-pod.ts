import { equals } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { listAt, textAt, valueAt } from "../../kubernetes/object-meta.ts";
import type { KubeApi } from "../api.ts";
import { isConflict, isNotFound } from "../kube-error.ts";
import { byPod, CONSTRAINT_TEMPLATE_STATUS, isCreated, subjectKey } from "../pod-status.ts";
import type { PodStatusKind, Subject } from "../pod-status.ts";
import { conditionsOf } from "../ready-condition.ts";
import type { Resource } from "../resource.ts";
import { createWorkQueue, RECONCILED } from "../work-queue.ts";
import type { Reconciled, WorkQueue } from "../work-queue.ts";
import type { ControllerLog } from "./controller.ts";
import { told } from "./pod-statuses.ts";

export interface ByPodOptions {
  readonly api: KubeApi;
  readonly log: ControllerLog;
  /** The statuses of all pods about a subject. */
  readonly statuses: (kind: PodStatusKind, subject: Subject) => Iterable<PlainObject>;
  /** What the object has to wait for until it is ready, besides the pods that have reported, in words. */
  readonly waitingFor: (
    kind: PodStatusKind,
    subject: Subject,
    reports: readonly PlainObject[],
  ) => readonly string[];
}

/** The object that statuses are about, as last heard of. */
export interface FoundSubject {
  readonly resource: Resource;
  readonly object: PlainObject;
}

export type FindSubject = (subject: Subject) => FoundSubject | undefined;

/** Keeps `status.byPod`, the condition `Ready` (and a template's `status.created`) of the objects that pods report on. */
export class ByPod {
  readonly #options: ByPodOptions;
  readonly #queue: WorkQueue;
  readonly #finders = new Map<PodStatusKind, FindSubject>();
  readonly #subjects = new Map<string, { readonly kind: PodStatusKind; readonly subject: Subject }>();

  constructor(options: ByPodOptions) {
    this.#options = options;
    this.#queue = createWorkQueue({
      reconcile: (key) => this.#reconcile(key),
      concurrency: WRITES_AT_ONCE,
      onFailure: ({ key, message }) =>
        options.log.error("could not update status.byPod", { key, error: message }),
    });
  }

  /** From now on the subjects of a kind of status have their `byPod` kept. */
  collect(kind: PodStatusKind, find: FindSubject): void {
    this.#finders.set(kind, find);
  }

  /** The subject or what is said about it has changed. */
  touch(kind: PodStatusKind, subject: Subject): void {
    if (!this.#finders.has(kind)) return;
    const key = `${kind.resource.kind} ${subjectKey(subject)}`;
    this.#subjects.set(key, { kind, subject });
    this.#queue.add(key);
  }

  /** What the subjects of all kinds wait for has changed. */
  touchAll(): void {
    for (const key of this.#subjects.keys()) this.#queue.add(key);
  }

  stop(): Promise<void> {
    return this.#queue.stop();
  }

  async #reconcile(key: string): Promise<Reconciled> {
    const { kind, subject } = this.#subjects.get(key) as { kind: PodStatusKind; subject: Subject };
    const found = this.#finders.get(kind)?.(subject);
    if (!found) {
      this.#subjects.delete(key);
      return RECONCILED;
    }
    const reports = byPod(kind, found.object, this.#options.statuses(kind, subject));
    const change = statusChange(
      kind,
      found.object,
      reports,
      this.#options.waitingFor(kind, subject, reports),
    );
    if (!change) return RECONCILED;
    const { namespace = "", name } = subject;
    // A patch leaves what the audit writes alone; the uid keeps it from reaching a namesake made in between.
    const patch: PlainObject = {
      metadata: { uid: textAt(found.object, "metadata", "uid") },
      status: change,
    };
    const options = { subresource: "status" } as const;
    const written = await this.#options.api.mergePatch(found.resource, { namespace, name }, patch, options);
    if (written.ok || isNotFound(written.error) || isConflict(written.error)) return RECONCILED;
    return { ok: false, message: told(written.error) };
  }
}

const WRITES_AT_ONCE = 8;

/** What must change in the status of an object; undefined when it is right. */
function statusChange(
  kind: PodStatusKind,
  object: PlainObject,
  reports: readonly PlainObject[],
  waitingFor: readonly string[],
): PlainObject | undefined {
  const change: Record<string, Value> = {};
  const before = valueAt(object, "status", "byPod");
  if (!equals(Array.isArray(before) ? (before as Value) : [], reports)) change["byPod"] = reports;
  if (kind === CONSTRAINT_TEMPLATE_STATUS) {
    const created = isCreated(object, reports);
    if (created !== (valueAt(object, "status", "created") ?? false)) change["created"] = created;
  }
  const conditions = conditionsOf(object, reports, () => new Date(), waitingFor);
  if (!equals(listAt(object, "status", "conditions"), conditions)) change["conditions"] = conditions;
  return Object.keys(change).length > 0 ? change : undefined;
}
