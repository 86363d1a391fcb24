import type { PlainObject } from "@portcullis/interpreter";
import type { ProcessExcluder } from "../../inventory/process-exclusion.ts";
import type { GroupVersionKind, SyncSelection } from "../../inventory/sync-selection.ts";
import { createListWatch } from "../list-watch.ts";
import type { ListWatch } from "../list-watch.ts";
import type { Change } from "../object-cache.ts";
import type { Resource } from "../resource.ts";
import { createWorkQueue, RECONCILED } from "../work-queue.ts";
import type { Reconciled } from "../work-queue.ts";
import type { ControllerContext } from "./context.ts";
import type { Controller, WatchCounts } from "./controller.ts";
import { isBeingDeleted } from "./kind-controller.ts";
import { SyncCounts } from "./sync-counts.ts";

/**
 * Copies the objects of the kinds that Config and SyncSets ask for into `data.inventory`. A kind that nobody asks for any
 * more is taken out whole; when the exclusions change, each copied object is looked at again. Gatekeeper wipes everything
 * and lists it anew for either, and decides on half of the data meanwhile.
 */
export class SyncedData implements Controller {
  readonly #context: ControllerContext;
  readonly #queue;
  readonly #wanted = new Map<string, GroupVersionKind>();
  readonly #watches = new Map<string, ListWatch>();
  readonly #counts: SyncCounts;
  #excluder: ProcessExcluder;

  constructor(context: ControllerContext, excluder: ProcessExcluder) {
    this.#context = context;
    this.#excluder = excluder;
    this.#counts = new SyncCounts(context.observer);
    this.#queue = createWorkQueue({
      reconcile: (key) => this.#reconcile(key),
      onFailure: ({ key, message, attempts }) => {
        // A kind that nobody serves must not keep the process from being ready.
        context.readiness.failed(label(key), attempts);
        context.log.error("could not sync a kind", { gvk: key, error: message });
      },
    });
  }

  start(): void {}

  async stop(): Promise<void> {
    await this.#queue.stop();
    await Promise.all([...this.#watches.values()].map((watch) => watch.stop()));
  }

  /** The kinds to copy from now on. */
  select({ kinds }: SyncSelection): void {
    const next = new Map(kinds.map((gvk) => [keyOfKind(gvk), gvk]));
    for (const key of [...this.#wanted.keys(), ...next.keys()]) {
      if (this.#wanted.has(key) !== next.has(key)) this.#queue.add(key);
    }
    for (const key of next.keys()) if (!this.#wanted.has(key)) this.#context.readiness.expect(label(key));
    this.#wanted.clear();
    for (const [key, gvk] of next) this.#wanted.set(key, gvk);
  }

  /** Kinds have begun to be served: those that were asked for in vain may be among them. */
  lookAgain(): void {
    for (const key of this.#wanted.keys()) if (!this.#watches.has(key)) this.#queue.add(key);
  }

  exclude(excluder: ProcessExcluder): void {
    this.#excluder = excluder;
    for (const watch of this.#watches.values()) for (const object of watch.cache.values()) this.#put(object);
  }

  /** Kinds that are to be copied, and those that are. */
  watches(): WatchCounts {
    return { intended: this.#wanted.size, watched: this.#watches.size };
  }

  /** Every copied object: what an audit from the cache looks at. */
  *objects(): Iterable<PlainObject> {
    for (const watch of this.#watches.values()) {
      for (const object of watch.cache.values()) if (this.#isCopied(object)) yield object;
    }
  }

  async #reconcile(key: string): Promise<Reconciled> {
    const gvk = this.#wanted.get(key);
    const watch = this.#watches.get(key);
    if (!gvk) {
      if (watch) await this.#drop(key, watch);
      this.#context.readiness.settle(label(key));
      return RECONCILED;
    }
    if (watch) return RECONCILED;
    const found = await this.#find(gvk);
    if (typeof found === "string") return { ok: false, message: found };
    // It may have been taken back while we asked.
    if (this.#wanted.has(key)) this.#watch(key, found);
    return RECONCILED;
  }

  async #find({ group, version, kind }: GroupVersionKind): Promise<Resource | string> {
    const found = await this.#context.api.resourcesIn(group, version);
    if (!found.ok) return found.error.message;
    return (
      found.value.find((each) => each.kind === kind) ??
      `the API server has no kind ${kind} in ${group}/${version}`
    );
  }

  #watch(key: string, resource: Resource): void {
    const { api, timing, log, readiness } = this.#context;
    const watch = createListWatch({
      api,
      resource,
      ...(timing && { timing }),
      onChange: (change) => this.#apply(change),
      onSynced: () => readiness.settle(label(key)),
      onFailure: ({ during, error }) =>
        log.error(`could not ${during}`, { kind: resource.kind, error: error.message }),
    });
    this.#watches.set(key, watch);
    watch.start();
    void watch.whenSettled().then(() => readiness.settle(label(key)));
  }

  async #drop(key: string, watch: ListWatch): Promise<void> {
    this.#watches.delete(key);
    await watch.stop();
    for (const object of watch.cache.values()) this.#remove(object);
  }

  #apply({ object, previous }: Change): void {
    if (object) this.#put(object);
    else if (previous) this.#remove(previous);
  }

  #put(object: PlainObject): void {
    if (!this.#isCopied(object)) return this.#remove(object);
    const { client, log, observer } = this.#context;
    const started = performance.now();
    const outcome = client.addData(object);
    observer.countSync((performance.now() - started) / 1000);
    this.#counts.set(object, outcome.ok ? "active" : "error");
    if (!outcome.ok) log.error("could not sync an object", { error: outcome.error.message });
  }

  #remove(object: PlainObject): void {
    const { client, observer } = this.#context;
    const started = performance.now();
    client.removeData(object);
    observer.countSync((performance.now() - started) / 1000);
    this.#counts.set(object, undefined);
  }

  #isCopied(object: PlainObject): boolean {
    return !isBeingDeleted(object) && !this.#excluder.isExcluded("sync", object);
  }
}

function keyOfKind({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}/${kind}`;
}

function label(key: string): string {
  return `synced ${key}`;
}
