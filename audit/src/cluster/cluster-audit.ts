import type { PlainObject } from "@portcullis/interpreter";
import { textAt } from "@portcullis/engine";
import type { ProcessExcluder } from "@portcullis/engine";
import { listableKinds } from "@portcullis/engine/cluster";
import type { KubeApi } from "@portcullis/engine/cluster";
import { DataRevisions } from "../incremental/data-revisions.ts";
import { VerdictMemory } from "../incremental/verdict-memory.ts";
import type { SourceListener } from "../object-source.ts";
import type { SweepDeps } from "../sweep.ts";
import type { EvaluatorPool } from "../threads/evaluator-pool.ts";
import { policySetOf } from "../threads/policy-set.ts";
import type { Policies } from "../threads/policy-set.ts";
import type { JudgedPage } from "../verdict-source.ts";
import { kindDependence } from "./kind-dependence.ts";
import { cachedVerdicts } from "./cached-verdicts.ts";
import { kindVerdicts } from "./kind-verdicts.ts";
import { Patience } from "./patience.ts";
import type { PatienceTiming } from "./patience.ts";
import { nameOfKind } from "./sweep-run.ts";
import type { AuditedKind, BegunPage, SweepRun } from "./sweep-run.ts";

/** The policies and data of a cluster as they are at the moment of asking. */
export interface AuditedPolicies extends Policies {
  readonly config: () => PlainObject | undefined;
  readonly excluder: () => ProcessExcluder;
  readonly namespace: (name: string) => PlainObject | undefined | Promise<PlainObject | undefined>;
  /** What Config and SyncSets copy. */
  syncedObjects(): Iterable<PlainObject>;
}

export interface ClusterAuditOptions {
  readonly api: KubeApi;
  readonly policies: AuditedPolicies;
  /** Judges; whoever made it closes it. */
  readonly pool: EvaluatorPool;
  /** Objects a page (`--audit-chunk-size`); 0 for all of a kind in one. */
  readonly pageSize: number;
  /** Audit the objects of this namespace alone: nothing that is in none, and not the Namespace itself. */
  readonly namespace?: string;
  /** Judge the copied objects instead of listing (`--audit-from-cache`). */
  readonly fromCache: boolean;
  /** Each so-many-th sweep judges everything (`--audit-full-every`); 1 for all of them, 0 for the first alone. */
  readonly fullEvery: number;
  /** For verdicts that are remembered between sweeps. */
  readonly memoryBytes: number;
  readonly patience?: Partial<PatienceTiming>;
}

/** What the last sweep cost. */
export interface SweepCost {
  /** HTTP requests to the API server. */
  readonly requests: number;
  /** Milliseconds of CPU that judging took, over all threads. */
  readonly judgingMs: number;
  /** Whether everything was judged anew. */
  readonly isFull: boolean;
}

/**
 * The audit of a cluster, sweep after sweep: kinds from discovery, pages from the API server, verdicts from threads or from
 * memory. One sweep at a time.
 */
export class ClusterAudit {
  readonly #options: ClusterAuditOptions;
  readonly #memory: VerdictMemory;
  readonly #data = new DataRevisions();
  #sweeps = 0;
  #cost: SweepCost = { requests: 0, judgingMs: 0, isFull: true };

  constructor(options: ClusterAuditOptions) {
    this.#options = options;
    this.#memory = new VerdictMemory(options.memoryBytes);
  }

  get cost(): SweepCost {
    return this.#cost;
  }

  /** What is remembered for the next sweep. */
  get remembered(): { readonly objects: number; readonly bytes: number } {
    const { objects, bytes } = this.#memory;
    return { objects, bytes };
  }

  /** What a sweep that begins now needs. */
  prepare(): Pick<SweepDeps, "constraints" | "verdicts"> {
    const { client } = this.#options.policies;
    return {
      constraints: () => client.constraints(),
      verdicts: { pages: (signal, tell) => this.#pages(signal, tell) },
    };
  }

  async *#pages(signal: AbortSignal, tell: SourceListener): AsyncGenerator<JudgedPage> {
    const { api, fullEvery } = this.#options;
    const requests = api.requests;
    const isFull = this.#sweeps === 0 || (fullEvery > 0 && this.#sweeps % fullEvery === 0);
    this.#sweeps++;
    let judgingMs = 0;
    const run = await this.#begin(isFull, signal, tell, (milliseconds) => (judgingMs += milliseconds));
    yield* inFlight(this.#begun(run), this.#options.pool.size);
    this.#cost = { requests: api.requests - requests, judgingMs, isFull };
  }

  /** One state of policies, inventory and Namespaces for the whole sweep. */
  async #begin(
    isFull: boolean,
    signal: AbortSignal,
    tell: SourceListener,
    onJudged: SweepRun["onJudged"],
  ): Promise<SweepRun> {
    const { api, pool, policies, pageSize, namespace: only, patience } = this.#options;
    const { client } = policies;
    const set = policySetOf(policies, policies.config());
    const readsInventory = client.templates().some(({ dependsOn }) => dependsOn !== "object");
    const inventory = readsInventory ? client.inventory() : undefined;
    if (inventory) this.#data.advance(inventory);
    const excluder = policies.excluder();
    const found = new Map<string, Promise<PlainObject | undefined>>();
    const namespace = (name: string): Promise<PlainObject | undefined> => {
      const known = found.get(name) ?? Promise.resolve(policies.namespace(name));
      known.catch(() => undefined);
      found.set(name, known);
      return known;
    };
    this.#memory.begin(set.revision, isFull);
    for (const error of await pool.begin({ policies: set, inventory, namespace })) tell.failed(error);
    return {
      api,
      pool,
      memory: this.#memory,
      pageSize,
      ...(only !== undefined && { namespace: only }),
      excluder,
      data: this.#data,
      async namespaceVersion(name) {
        const object = await namespace(name).catch(() => undefined);
        return object && textAt(object, "metadata", "resourceVersion");
      },
      gone: new Map(),
      patience: new Patience(signal, patience),
      signal,
      tell,
      onJudged,
    };
  }

  async *#begun(run: SweepRun): AsyncGenerator<BegunPage> {
    const { policies, fromCache } = this.#options;
    if (fromCache) {
      yield* cachedVerdicts(policies.syncedObjects(), policies, run);
      return;
    }
    const kinds = await this.#kinds(run);
    run.tell.kinds(kinds.map(({ resource }) => nameOfKind(resource)));
    for (const kind of kinds) {
      if (run.signal.aborted) return;
      yield* kindVerdicts(kind, run);
    }
  }

  async #kinds({ api, data, patience, signal, tell }: SweepRun): Promise<readonly AuditedKind[]> {
    const { policies, namespace } = this.#options;
    const discovered = await patience.persist(() => api.discover({ signal }));
    if (!discovered.ok) {
      const message = `could not ask the API server for its kinds: ${discovered.error.message}`;
      tell.failed({ message, scope: {} });
      return [];
    }
    for (const groupVersion of discovered.value.unavailable) {
      // `v1` alone is a version of the core group.
      const group = groupVersion.slice(0, Math.max(0, groupVersion.indexOf("/")));
      tell.failed({ message: `${groupVersion} is not served at present`, scope: { group } });
    }
    const resources = listableKinds(discovered.value);
    const inPlace = namespace === undefined ? resources : resources.filter(({ namespaced }) => namespaced);
    const kinds = inPlace.map((resource) => ({
      resource,
      ...kindDependence(resource, policies, data),
    }));
    // What no constraint can match is not asked for: most kinds of a cluster.
    return kinds.filter(({ dependsOn }) => dependsOn !== "nothing");
  }
}

/** Pages in the order in which they were begun, while the next ones are under way. */
async function* inFlight(begun: AsyncGenerator<BegunPage>, most: number): AsyncGenerator<JudgedPage> {
  const waiting: Promise<JudgedPage>[] = [];
  for await (const { page } of begun) {
    waiting.push(page);
    const first = waiting.length > most ? waiting.shift() : undefined;
    if (first) yield await first;
  }
  for (const page of waiting) yield await page;
}
