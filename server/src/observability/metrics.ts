import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** The webhook's metrics under Gatekeeper's names. One registry a process; audit adds its own to it. */
export interface ServerMetrics {
  readonly registry: Registry;
  countValidation(status: ValidationStatus, dryRun: boolean, seconds: number): void;
  countMutation(status: MutationStatus, seconds: number): void;
  /** How often the mutators went over an object until nothing changed. */
  countMutationRounds(converged: boolean, rounds: number): void;
  setMutators(active: number, failed: number, conflicting: number): void;
  setExpansionTemplates(active: number, failed: number): void;
  /** Known constraints by enforcement action, and templates; `failed` ones were refused. */
  setConstraints(counts: ReadonlyMap<string, { readonly active: number; readonly error: number }>): void;
  setTemplates(active: number, failed: number): void;
  countIngestion(ok: boolean, seconds: number): void;
}

export type ValidationStatus = "allow" | "deny" | "error";
export type MutationStatus = "success" | "skip" | "error";

const REQUEST_SECONDS = [
  ...steps(0.001, 0.01, 0.001),
  ...steps(0.02, 0.1, 0.01),
  ...steps(0.2, 1, 0.1),
  ...steps(1.5, 10, 0.5),
];
const ROUNDS = [...steps(1, 10, 1), 20, 50, 100, 200, 500];
const ACTIONS = ["deny", "dryrun", "warn", "scoped", "unrecognized"];

export function createMetrics(options: { readonly processMetrics?: boolean } = {}): ServerMetrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.processMetrics) collectDefaultMetrics({ register: registry });
  const count = new Counter({
    name: "gatekeeper_validation_request_count_total",
    help: "Count of admission requests by admission status",
    labelNames: ["admission_status", "admission_dryrun"],
    registers,
  });
  const duration = new Histogram({
    name: "gatekeeper_validation_request_duration_seconds",
    help: "The response time in seconds",
    labelNames: ["admission_status"],
    buckets: REQUEST_SECONDS,
    registers,
  });
  const constraints = new Gauge({
    name: "gatekeeper_constraints",
    help: "Current number of known constraints",
    labelNames: ["enforcement_action", "status"],
    registers,
  });
  const templates = new Gauge({
    name: "gatekeeper_constraint_templates",
    help: "Number of observed constraint templates",
    labelNames: ["status"],
    registers,
  });
  const ingestions = new Counter({
    name: "gatekeeper_constraint_template_ingestion_count_total",
    help: "Total number of constraint template ingestion actions",
    labelNames: ["status"],
    registers,
  });
  const ingestionSeconds = new Histogram({
    name: "gatekeeper_constraint_template_ingestion_duration_seconds",
    help: "How long it took to ingest a constraint template in seconds",
    labelNames: ["status"],
    buckets: REQUEST_SECONDS,
    registers,
  });
  const mutations = new Counter({
    name: "gatekeeper_mutation_request_count_total",
    help: "Count of admission requests to the mutation webhook",
    labelNames: ["mutation_status"],
    registers,
  });
  const mutationSeconds = new Histogram({
    name: "gatekeeper_mutation_request_duration_seconds",
    help: "The response time of the mutation webhook in seconds",
    labelNames: ["mutation_status"],
    buckets: REQUEST_SECONDS,
    registers,
  });
  const rounds = new Histogram({
    name: "gatekeeper_mutation_system_iterations",
    help: "The distribution of the iterations before a mutation converges",
    labelNames: ["success"],
    buckets: ROUNDS,
    registers,
  });
  const mutators = new Gauge({
    name: "gatekeeper_mutators",
    help: "Current number of mutators",
    labelNames: ["status"],
    registers,
  });
  const conflicting = new Gauge({
    name: "gatekeeper_mutator_conflicting_count",
    help: "Current number of mutators that conflict with others",
    registers,
  });
  const expansionTemplates = new Gauge({
    name: "gatekeeper_expansion_templates",
    help: "Current number of expansion templates",
    labelNames: ["status"],
    registers,
  });
  return {
    registry,
    countMutation(status, seconds) {
      mutations.inc({ mutation_status: status });
      mutationSeconds.observe({ mutation_status: status }, seconds);
    },
    countMutationRounds: (converged, count) => rounds.observe({ success: String(converged) }, count),
    setMutators(active, failed, inConflict) {
      mutators.set({ status: "active" }, active);
      mutators.set({ status: "error" }, failed);
      conflicting.set(inConflict);
    },
    setExpansionTemplates(active, failed) {
      expansionTemplates.set({ status: "active" }, active);
      expansionTemplates.set({ status: "error" }, failed);
    },
    countValidation(status, dryRun, seconds) {
      count.inc({ admission_status: status, admission_dryrun: String(dryRun) });
      duration.observe({ admission_status: status }, seconds);
    },
    setConstraints(counts) {
      for (const action of ACTIONS) {
        const { active, error } = counts.get(action) ?? { active: 0, error: 0 };
        constraints.set({ enforcement_action: action, status: "active" }, active);
        constraints.set({ enforcement_action: action, status: "error" }, error);
      }
    },
    setTemplates(active, failed) {
      templates.set({ status: "active" }, active);
      templates.set({ status: "error" }, failed);
    },
    countIngestion(ok, seconds) {
      const status = ok ? "active" : "error";
      ingestions.inc({ status });
      ingestionSeconds.observe({ status }, seconds);
    },
  };
}

function steps(from: number, to: number, by: number): readonly number[] {
  const count = Math.round((to - from) / by);
  return Array.from({ length: count + 1 }, (_, i) => Number((from + i * by).toFixed(3)));
}
