import { equals } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import type { Client } from "../../client.ts";
import { ExpansionSystem } from "../../expansion/system.ts";
import { processExcluder } from "../../inventory/process-exclusion.ts";
import type { ProcessExcluder } from "../../inventory/process-exclusion.ts";
import { syncedKinds } from "../../inventory/sync-selection.ts";
import { valueAt } from "../../kubernetes/object-meta.ts";
import { MutationSystem } from "../../mutation/system.ts";
import type { KubeApi } from "../api.ts";
import type { ListWatchTiming } from "../list-watch.ts";
import type { ReportingPod } from "../pod-status.ts";
import { ReadinessTracker } from "../readiness.ts";
import { Configs } from "./configs.ts";
import { Connections } from "./connections.ts";
import type { ExportConnection } from "./connections.ts";
import { ConstraintCrds } from "./constraint-crds.ts";
import { ConstraintTemplates } from "./constraint-templates.ts";
import { Constraints } from "./constraints.ts";
import type { ControllerContext, IngestionObserver } from "./context.ts";
import type { Controller, ControllerLog, RefusedPolicy, WatchCounts } from "./controller.ts";
import { CrdWatch } from "./crd-watch.ts";
import { ExpansionTemplates } from "./expansion-templates.ts";
import { Mutators } from "./mutators.ts";
import { Namespaces } from "./namespaces.ts";
import type { Operations } from "./operations.ts";
import { Providers } from "./providers.ts";
import { StatusReports } from "./status-reports.ts";
import { syncSets } from "./sync-sets.ts";
import { SyncedData } from "./synced-data.ts";

export interface ClusterPoliciesOptions {
  readonly api: KubeApi;
  readonly client: Client;
  readonly operations: Operations;
  readonly pod: ReportingPod;
  /** False where another process of the Pod reports: then no pod status is written or read. Default true. */
  readonly reports?: boolean;
  readonly log: ControllerLog;
  readonly observer: IngestionObserver;
  /** A fresh id for each mutation. */
  readonly newId: () => string;
  /** False leaves ExpansionTemplates alone (`--enable-generator-resource-expansion`). Default true. */
  readonly expands?: boolean;
  /** False leaves Providers alone (`--enable-external-data`). Default true. */
  readonly externalData?: boolean;
  /** The Connection that this process exports violations to (`--audit-connection`); absent where it exports none. */
  readonly exportConnection?: string;
  /** `--readiness-retries`. */
  readonly readinessRetries?: number;
  readonly timing?: Partial<ListWatchTiming>;
}

/**
 * The policies and data of a cluster, kept in a client by controllers: what the operations of this process need of them.
 * Nothing is asked before `start()`.
 */
export class ClusterPolicies {
  readonly client: Client;
  readonly mutation: MutationSystem;
  readonly expansion: ExpansionSystem;
  readonly exports: ExportConnection;
  readonly #controllers: readonly Controller[];
  readonly #readiness: ReadinessTracker;
  readonly #namespaces: Namespaces;
  readonly #data: SyncedData;
  readonly #templates: ConstraintTemplates;
  readonly #constraints: Constraints;
  readonly #log: ControllerLog;
  #config: PlainObject | undefined;
  #excluder = processExcluder();
  #syncSets: readonly PlainObject[] = [];

  constructor(options: ClusterPoliciesOptions) {
    const { client, operations, log } = options;
    this.client = client;
    this.mutation = new MutationSystem({ newId: options.newId });
    this.expansion = new ExpansionSystem(this.mutation);
    this.#log = log;
    this.#readiness = new ReadinessTracker(options.readinessRetries);
    const reports = new StatusReports(options);
    const context: ControllerContext = {
      ...options,
      statuses: reports.statuses,
      readiness: this.#readiness,
      onObject: (resource, key) => reports.subjectChanged(resource, key),
    };
    const crds = new CrdWatch(context);
    this.#namespaces = new Namespaces(context);
    this.#data = new SyncedData(context, this.#excluder);
    crds.onChange(() => this.#data.lookAgain());
    const configs = new Configs(context, (config) => this.#takeConfig(config));
    const constraints = new Constraints(context, crds);
    const templates: ConstraintTemplates = new ConstraintTemplates({
      context,
      crds: operations.has("generate")
        ? new ConstraintCrds({
            context,
            crds,
            onOutcome: (template, failure) => templates.noteCrd(template, failure),
          })
        : undefined,
      onLoaded: (kind) => constraints.follow(kind),
      onGone: (kind) => constraints.unfollow(kind),
    });
    this.#templates = templates;
    this.#constraints = constraints;
    const mutators = new Mutators(context, this.mutation);
    const expansions = new ExpansionTemplates(context, this.expansion);
    const sets = syncSets(context, (all) => {
      this.#syncSets = all;
      this.#select();
    });
    const providers = new Providers(context);
    const connections = new Connections(context, options.exportConnection);
    this.exports = connections;
    reports.find({ templates, constraints, configs, mutators, expansions, providers, connections, crds });
    const optional = [
      ...(options.expands === false ? [] : [expansions]),
      ...(options.externalData === false ? [] : [providers]),
    ];
    const validating = [crds, templates, constraints, sets, this.#data, connections, ...optional];
    this.#controllers = [
      reports.statuses,
      this.#namespaces,
      configs,
      ...(operations.validates || operations.has("generate") ? validating : []),
      ...(operations.mutates || operations.has("mutation-status") ? [mutators] : []),
      reports,
    ];
  }

  start(): void {
    for (const controller of this.#controllers) controller.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#controllers.map((controller) => controller.stop()));
  }

  /** Namespaces that Config.match takes out of a process' hands. */
  readonly excluder = (): ProcessExcluder => this.#excluder;

  /** The Config in force. */
  readonly config = (): PlainObject | undefined => this.#config;

  /** The Namespace object of that name; undefined when there is none. Where it has to be asked for, rejects when nobody can tell. */
  readonly namespace = (name: string): PlainObject | Promise<PlainObject | undefined> =>
    this.#namespaces.find(name);

  /** What existed at the start and is not loaded yet, for `/readyz`. */
  readonly missing = (): readonly string[] => this.#readiness.missing();

  /** Kinds that policies ask to be watched, and those that are: constraints and copied objects. */
  watches(): WatchCounts {
    const constraints = this.#constraints.watches();
    const data = this.#data.watches();
    return {
      intended: constraints.intended + data.intended,
      watched: constraints.watched + data.watched,
    };
  }

  /** Templates and constraints whose present version is not in force: a former one may be. */
  refused(): readonly RefusedPolicy[] {
    return [...this.#templates.refused(), ...this.#constraints.refused()];
  }

  /** The copied objects: what an audit from the cache looks at. */
  syncedObjects(): Iterable<PlainObject> {
    return this.#data.objects();
  }

  #takeConfig(config: PlainObject | undefined): void {
    const before = this.#config;
    this.#config = config;
    if (!equals(valueAt(before, "spec", "match") ?? null, valueAt(config, "spec", "match") ?? null)) {
      this.#excluder = processExcluder(config);
      this.#data.exclude(this.#excluder);
      this.#log.info("the Config excludes other namespaces now");
    }
    this.#select();
  }

  #select(): void {
    this.#data.select(syncedKinds({ config: this.#config, syncSets: this.#syncSets }));
  }
}
