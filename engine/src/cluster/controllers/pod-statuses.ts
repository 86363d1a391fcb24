import { equals } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { objectAt, textAt, valueAt } from "../../kubernetes/object-meta.ts";
import type { KubeApi } from "../api.ts";
import { isAlreadyExists, isNotFound } from "../kube-error.ts";
import type { KubeError, KubeResult } from "../kube-error.ts";
import { createListWatch } from "../list-watch.ts";
import type { ListWatch, ListWatchTiming } from "../list-watch.ts";
import type { Change } from "../object-cache.ts";
import {
  POD_LABEL,
  podStatus,
  podStatusName,
  subjectKey,
  subjectOf,
  subjectOfStatus,
} from "../pod-status.ts";
import type { PodStatusKind, Report, ReportingPod, Subject } from "../pod-status.ts";
import { keyOf, keyOfName, nameOfKey } from "../resource.ts";
import { createWorkQueue, RECONCILED } from "../work-queue.ts";
import type { Reconciled, WorkQueue } from "../work-queue.ts";
import type { Controller, ControllerLog } from "./controller.ts";

export interface PodStatusesOptions {
  readonly api: KubeApi;
  readonly pod: ReportingPod;
  readonly log: ControllerLog;
  /** The kinds that this process reports in or collects; what it would report in others is dropped. */
  readonly kinds: readonly PodStatusKind[];
  /** The kinds of which the statuses of all pods are wanted. */
  readonly collected: readonly PodStatusKind[];
  /** Something was reported about a subject, here or (of collected kinds) by another pod. */
  readonly onReport: (kind: PodStatusKind, subject: Subject) => void;
  readonly timing?: Partial<ListWatchTiming>;
}

/**
 * The pod-status objects: writes those of this pod, and puts back what somebody deletes or changes; knows those of all pods
 * where they are collected. Reporting never waits for the API server.
 */
export class PodStatuses implements Controller {
  readonly #options: PodStatusesOptions;
  readonly #queue: WorkQueue;
  readonly #watches = new Map<PodStatusKind, ListWatch>();
  /** What this pod wants to have written, by queue key; undefined: nothing any more. */
  readonly #wanted = new Map<string, PlainObject | undefined>();
  /** Keys of collected statuses by kind and subject. */
  readonly #bySubject = new Map<string, Set<string>>();

  constructor(options: PodStatusesOptions) {
    this.#options = options;
    this.#queue = createWorkQueue({
      reconcile: (key) => this.#write(key),
      concurrency: WRITES_AT_ONCE,
      onFailure: ({ key, message }) =>
        options.log.error("could not write a pod status", { key, error: message }),
    });
    for (const kind of options.kinds) this.#watches.set(kind, this.#watch(kind));
  }

  /** This pod's word on an object, replacing its former one. */
  report(kind: PodStatusKind, about: PlainObject, report: Report): void {
    if (!this.#watches.has(kind)) return;
    const status = podStatus(kind, this.#options.pod, about, report);
    this.#want(kind, keyOf(status), status);
    this.#options.onReport(kind, subjectOf(kind, about));
  }

  /** The object is gone: so is what this pod had to say. */
  retract(kind: PodStatusKind, subject: Subject): void {
    if (!this.#watches.has(kind)) return;
    const { pod } = this.#options;
    const name = podStatusName(kind, pod, subject);
    this.#want(kind, keyOfName({ namespace: pod.namespace, name }), undefined);
  }

  /** What all pods have written about a subject; of collected kinds only. */
  *about(kind: PodStatusKind, subject: Subject): Iterable<PlainObject> {
    const cache = this.#watches.get(kind)?.cache;
    for (const key of this.#bySubject.get(indexKey(kind, subject)) ?? []) {
      const status = cache?.get(key);
      if (status) yield status;
    }
  }

  start(): void {
    for (const watch of this.#watches.values()) watch.start();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#watches.values()].map((watch) => watch.stop()));
    await this.#queue.stop();
  }

  /** Settles when everything that was reported is written. */
  whenWritten(): Promise<void> {
    return this.#queue.whenIdle();
  }

  #watch(kind: PodStatusKind): ListWatch {
    const { api, pod, log, collected, timing } = this.#options;
    const collects = collected.includes(kind);
    return createListWatch({
      api,
      resource: kind.resource,
      namespace: pod.namespace,
      ...(!collects && { labelSelector: `${POD_LABEL}=${pod.name}` }),
      ...(timing && { timing }),
      onChange: (change) => {
        const key = queueKey(kind, change.key);
        if (this.#wanted.has(key)) this.#queue.add(key);
        if (collects) this.#collect(kind, change);
      },
      onFailure: ({ during, error }) =>
        log.error(`could not ${during}`, { kind: kind.resource.kind, error: error.message }),
    });
  }

  #collect(kind: PodStatusKind, { key, object, previous }: Change): void {
    for (const [status, isThere] of [
      [previous, false],
      [object, true],
    ] as const) {
      if (!status) continue;
      const subject = subjectOfStatus(kind, status);
      const index = indexKey(kind, subject);
      const keys = this.#bySubject.get(index) ?? new Set();
      if (isThere) keys.add(key);
      else keys.delete(key);
      if (keys.size > 0) this.#bySubject.set(index, keys);
      else this.#bySubject.delete(index);
      this.#options.onReport(kind, subject);
    }
  }

  #want(kind: PodStatusKind, key: string, status: PlainObject | undefined): void {
    const inQueue = queueKey(kind, key);
    this.#wanted.set(inQueue, status);
    this.#queue.add(inQueue);
  }

  async #write(inQueue: string): Promise<Reconciled> {
    const { kind, key } = this.#parse(inQueue);
    const wanted = this.#wanted.get(inQueue);
    const seen = this.#watches.get(kind)?.cache.get(key);
    if (wanted) return outcome(await this.#put(kind, wanted, seen));
    if (!seen) {
      this.#wanted.delete(inQueue);
      return RECONCILED;
    }
    const deleted = await this.#options.api.delete(kind.resource, nameOfKey(key));
    return deleted.ok || isNotFound(deleted.error) ? RECONCILED : outcome(deleted);
  }

  async #put(
    kind: PodStatusKind,
    wanted: PlainObject,
    seen: PlainObject | undefined,
  ): Promise<KubeResult<unknown>> {
    const { api } = this.#options;
    if (seen && saysTheSame(seen, wanted)) return { ok: true, value: undefined };
    if (!seen) {
      const created = await api.create(kind.resource, wanted);
      if (created.ok || !isAlreadyExists(created.error)) return created;
    }
    // The cache may be behind: what is there now decides.
    const found = await api.get(kind.resource, nameOfKey(keyOf(wanted)));
    if (!found.ok) return found;
    if (saysTheSame(found.value, wanted)) return found;
    const resourceVersion = textAt(found.value, "metadata", "resourceVersion");
    const metadata = { ...objectAt(wanted, "metadata"), resourceVersion };
    return api.replace(kind.resource, { ...wanted, metadata });
  }

  #parse(inQueue: string): { readonly kind: PodStatusKind; readonly key: string } {
    const space = inQueue.indexOf(" ");
    const name = inQueue.slice(0, space);
    const kind = this.#options.kinds.find((each) => each.resource.kind === name);
    if (!kind) throw new Error(`no statuses of kind ${name} are kept`);
    return { kind, key: inQueue.slice(space + 1) };
  }
}

/** The client's own limit holds the whole process back; these only wait for answers. */
const WRITES_AT_ONCE = 8;

function queueKey(kind: PodStatusKind, key: string): string {
  return `${kind.resource.kind} ${key}`;
}

function indexKey(kind: PodStatusKind, subject: Subject): string {
  return `${kind.resource.kind} ${subjectKey(subject)}`;
}

function saysTheSame(seen: PlainObject, wanted: PlainObject): boolean {
  return [["status"], ["metadata", "labels"], ["metadata", "ownerReferences"]].every((path) =>
    equals(valueAt(seen, ...path) ?? null, valueAt(wanted, ...path) ?? null),
  );
}

function outcome(result: KubeResult<unknown>): Reconciled {
  return result.ok ? RECONCILED : { ok: false, message: told(result.error) };
}

export function told({ code, reason, message }: KubeError): string {
  return code === 0 ? `${reason}: ${message}` : message;
}
