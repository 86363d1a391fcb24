import { collectDefaultMetrics, Registry } from "prom-client";
import { exportMetrics } from "./export-metrics.ts";
import type { ExportMetrics } from "./export-metrics.ts";
import { Instruments } from "./instruments.ts";
import { METRIC_TABLE } from "./metric-table.ts";

/** The metrics of a process under Gatekeeper's names. One registry a process; audit adds its own to it. */
export interface ServerMetrics {
  readonly registry: Registry;
  countValidation(status: ValidationStatus, dryRun: boolean, seconds: number): void;
  countMutation(status: MutationStatus, seconds: number): void;
  /** How often the mutators went over an object until nothing changed. */
  countMutationRounds(converged: boolean, rounds: number): void;
  setMutators(active: number, failed: number, conflicting: number): void;
  countMutatorIngestion(ok: boolean, seconds: number): void;
  setExpansionTemplates(active: number, failed: number): void;
  /** Known constraints by enforcement action, and templates; `failed` ones were refused. */
  setConstraints(counts: ReadonlyMap<string, { readonly active: number; readonly error: number }>): void;
  setTemplates(active: number, failed: number, withCel?: number): void;
  countIngestion(ok: boolean, seconds: number): void;
  countSync(seconds: number): void;
  setSynced(kind: string, active: number, failed: number): void;
  setProviders(active: number, failed: number): void;
  countProviderError(): void;
  /** Asked whenever somebody reads the metrics. */
  observeWatches(read: () => { readonly intended: number; readonly watched: number }): void;
  /** Those of exports of violations, where there are any; to be called once. */
  exports(): ExportMetrics;
}

export type ValidationStatus = "allow" | "deny" | "error";
export type MutationStatus = "success" | "skip" | "error";

const ACTIONS = ["deny", "dryrun", "warn", "scoped", "unrecognized"];

export interface MetricsOptions {
  /** Also those of the process itself: memory, CPU, the event loop. */
  readonly processMetrics?: boolean;
  /** Also those of controllers, zero at first: a rule that waits for an error needs a series to look at. */
  readonly controllers?: boolean;
}

export function createMetrics(options: MetricsOptions = {}): ServerMetrics {
  const registry = new Registry();
  if (options.processMetrics) collectDefaultMetrics({ register: registry });
  const made = new Instruments(registry);
  const { countBy, gaugeBy } = made;
  const validations = made.counter(METRIC_TABLE.validations);
  const validationSeconds = made.histogram(METRIC_TABLE.validationSeconds);
  const constraints = made.gauge(METRIC_TABLE.constraints);
  const templatesWithCel = made.gauge(METRIC_TABLE.templatesWithCel);
  const conflicting = made.gauge(METRIC_TABLE.conflictingMutators);
  const mutations = made.counter(METRIC_TABLE.mutations);
  const mutationSeconds = made.histogram(METRIC_TABLE.mutationSeconds);
  const rounds = made.histogram(METRIC_TABLE.mutationRounds);
  const synced = made.gauge(METRIC_TABLE.synced);
  const syncSeconds = made.histogram(METRIC_TABLE.syncSeconds);
  const lastSync = made.gauge(METRIC_TABLE.lastSync);
  const providerErrors = made.counter(METRIC_TABLE.providerErrors);
  const setTemplates = gaugeBy(METRIC_TABLE.templates);
  const setMutators = gaugeBy(METRIC_TABLE.mutators);
  const setProviders = gaugeBy(METRIC_TABLE.providers);
  const setPolicies = gaugeBy(METRIC_TABLE.admissionPolicies);
  const setBindings = gaugeBy(METRIC_TABLE.admissionPolicyBindings);
  made.gauge(METRIC_TABLE.target).set({ service_name: "portcullis", telemetry_sdk_language: "nodejs" }, 1);
  if (options.controllers) {
    for (const set of [setProviders, setPolicies, setBindings]) set(0, 0);
  }
  return {
    registry,
    countMutation(status, seconds) {
      mutations.inc({ mutation_status: status });
      mutationSeconds.observe({ mutation_status: status }, seconds);
    },
    countMutationRounds: (converged, count) => rounds.observe({ success: String(converged) }, count),
    setMutators(active, failed, inConflict) {
      setMutators(active, failed);
      conflicting.set(inConflict);
    },
    countMutatorIngestion: countBy(METRIC_TABLE.mutatorIngestions, METRIC_TABLE.mutatorIngestionSeconds),
    setExpansionTemplates: gaugeBy(METRIC_TABLE.expansionTemplates),
    countValidation(status, dryRun, seconds) {
      validations.inc({ admission_status: status, admission_dryrun: String(dryRun) });
      validationSeconds.observe({ admission_status: status }, seconds);
    },
    setConstraints(counts) {
      for (const action of ACTIONS) {
        const { active, error } = counts.get(action) ?? { active: 0, error: 0 };
        constraints.set({ enforcement_action: action, status: "active" }, active);
        constraints.set({ enforcement_action: action, status: "error" }, error);
      }
    },
    setTemplates(active, failed, withCel = 0) {
      setTemplates(active, failed);
      templatesWithCel.set(withCel);
    },
    countIngestion: countBy(METRIC_TABLE.ingestions, METRIC_TABLE.ingestionSeconds),
    countSync(seconds) {
      syncSeconds.observe(seconds);
      lastSync.set(Date.now() / 1000);
    },
    setSynced(kind, active, failed) {
      synced.set({ kind, status: "active" }, active);
      synced.set({ kind, status: "error" }, failed);
    },
    setProviders,
    countProviderError: () => providerErrors.inc(),
    observeWatches(read) {
      made.gauge(METRIC_TABLE.watchedKinds, (gauge) => gauge.set(read().watched));
      made.gauge(METRIC_TABLE.intendedKinds, (gauge) => gauge.set(read().intended));
    },
    exports: () => exportMetrics(made),
  };
}
