import type { PlainObject } from "@portcullis/interpreter";
import { textAt } from "../../kubernetes/object-meta.ts";
import type { Selection } from "../api.ts";
import { createListWatch } from "../list-watch.ts";
import type { ListWatch } from "../list-watch.ts";
import type { ObjectCache } from "../object-cache.ts";
import type { Resource } from "../resource.ts";
import { createWorkQueue } from "../work-queue.ts";
import type { Reconciled, WorkQueue } from "../work-queue.ts";
import type { ControllerContext } from "./context.ts";
import type { Controller } from "./controller.ts";

export interface KindControllerOptions extends Selection {
  readonly resource: Resource;
  /**
   * Brings the process to the state of an object: undefined when it is gone or being deleted. It runs for one object at a
   * time. A message as the answer is a failure that is tried again.
   */
  readonly reconcile: (key: string, object: PlainObject | undefined) => Promise<Reconciled> | Reconciled;
  /** Runs when the first list has arrived, before any of it is reconciled. */
  readonly onSynced?: () => void;
}

/** Watches the objects of one kind and reconciles each that changes. What exists at the start counts for readiness. */
export class KindController implements Controller {
  readonly #context: ControllerContext;
  readonly #kind: string;
  readonly #watch: ListWatch;
  readonly #queue: WorkQueue;

  constructor(context: ControllerContext, options: KindControllerOptions) {
    this.#context = context;
    this.#kind = options.resource.kind;
    const { readiness, log, api, timing } = context;
    this.#queue = createWorkQueue({
      reconcile: async (key) => {
        const done = await options.reconcile(key, this.get(key));
        if (done.ok) readiness.settle(this.#label(key));
        return done;
      },
      onFailure: ({ key, message, attempts, thrown }) => {
        readiness.failed(this.#label(key), attempts);
        log.error("could not reconcile", {
          kind: this.#kind,
          key,
          error: message,
          stacktrace: stackOf(thrown),
        });
      },
    });
    const { resource, namespace, labelSelector, fieldSelector } = options;
    this.#watch = createListWatch({
      api,
      resource,
      ...(namespace !== undefined && { namespace }),
      ...(labelSelector !== undefined && { labelSelector }),
      ...(fieldSelector !== undefined && { fieldSelector }),
      ...(timing && { timing }),
      onChange: ({ key }) => {
        this.#queue.add(key);
        context.onObject(resource, key);
      },
      onSynced: () => {
        const live = [...this.#watch.cache.keys()].filter((key) => this.get(key) !== undefined);
        readiness.listArrived(
          this.#kind,
          live.map((key) => this.#label(key)),
        );
        options.onSynced?.();
      },
      onFailure: ({ during, error, retryInMs }) => {
        log.error(`could not ${during}`, { kind: this.#kind, error: error.message, retryInMs });
      },
    });
  }

  /** The API server knows the kind, or has not said otherwise yet. */
  get isServed(): boolean {
    return !this.#watch.absent;
  }

  get cache(): ObjectCache {
    return this.#watch.cache;
  }

  /** The object, unless it is gone or being deleted. */
  get(key: string): PlainObject | undefined {
    const object = this.#watch.cache.get(key);
    return object && !isBeingDeleted(object) ? object : undefined;
  }

  /** The kind is served now: no need to wait for the next attempt. */
  wake(): void {
    this.#watch.wake();
  }

  requeue(key: string): void {
    this.#queue.add(key);
  }

  requeueAll(): void {
    for (const key of this.#watch.cache.keys()) this.#queue.add(key);
  }

  start(): void {
    const { readiness } = this.#context;
    readiness.expectList(this.#kind);
    this.#watch.start();
    // A kind whose CRD is not installed has nothing to wait for.
    void this.#watch.whenSettled().then(() => readiness.listArrived(this.#kind));
  }

  async stop(): Promise<void> {
    await Promise.all([this.#watch.stop(), this.#queue.stop()]);
  }

  #label(key: string): string {
    return `${this.#kind} ${key}`;
  }
}

export function isBeingDeleted(object: PlainObject): boolean {
  return textAt(object, "metadata", "deletionTimestamp") !== "";
}

/** The whole story of a throw, which is a fault of ours. */
function stackOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? thrown.stack : undefined;
}
