/** One metric of `/metrics`: its name, labels and buckets are Gatekeeper's (contract 7), so that its dashboards work. */
export interface MetricRow {
  readonly type: "counter" | "gauge" | "histogram";
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** Upper bounds; of histograms alone. */
  readonly buckets?: readonly number[];
}

const REQUEST_SECONDS = [
  ...steps(0.001, 0.01, 0.001),
  ...steps(0.02, 0.1, 0.01),
  ...steps(0.2, 1, 0.1),
  ...steps(1.5, 10, 0.5),
];
const TEMPLATE_SECONDS = [...steps(0.01, 0.1, 0.01), ...steps(0.2, 0.5, 0.1), ...steps(1, 5, 1)];
const MUTATOR_SECONDS = [...steps(0.001, 0.01, 0.001), ...steps(0.02, 0.05, 0.01)];
const SYNC_SECONDS = [
  ...steps(0.0001, 0.001, 0.0001),
  ...steps(0.002, 0.005, 0.001),
  ...steps(0.01, 0.05, 0.01),
];
const ROUNDS = [...steps(1, 10, 1), 20, 50, 100, 200, 500];

/** All metrics of the webhook and the controllers; the audit has its own. */
export const METRIC_TABLE = {
  validations: {
    type: "counter",
    name: "gatekeeper_validation_request_count_total",
    help: "Admission requests by what became of them",
    labels: ["admission_status", "admission_dryrun"],
  },
  validationSeconds: {
    type: "histogram",
    name: "gatekeeper_validation_request_duration_seconds",
    help: "Seconds that the answer to an admission request took",
    labels: ["admission_status"],
    buckets: REQUEST_SECONDS,
  },
  mutations: {
    type: "counter",
    name: "gatekeeper_mutation_request_count_total",
    help: "Requests to the mutation webhook by what became of them",
    labels: ["mutation_status"],
  },
  mutationSeconds: {
    type: "histogram",
    name: "gatekeeper_mutation_request_duration_seconds",
    help: "Seconds that the answer to a request to the mutation webhook took",
    labels: ["mutation_status"],
    buckets: REQUEST_SECONDS,
  },
  mutationRounds: {
    type: "histogram",
    name: "gatekeeper_mutation_system_iterations",
    help: "How often the mutators went over an object until nothing changed",
    labels: ["success"],
    buckets: ROUNDS,
  },
  constraints: {
    type: "gauge",
    name: "gatekeeper_constraints",
    help: "Known constraints",
    labels: ["enforcement_action", "status"],
  },
  templates: {
    type: "gauge",
    name: "gatekeeper_constraint_templates",
    help: "Known constraint templates",
    labels: ["status"],
  },
  templatesWithCel: {
    type: "gauge",
    name: "gatekeeper_constraint_templates_with_cel",
    help: "Known constraint templates that carry CEL code",
  },
  ingestions: {
    type: "counter",
    name: "gatekeeper_constraint_template_ingestion_count_total",
    help: "How often a constraint template was loaded",
    labels: ["status"],
  },
  ingestionSeconds: {
    type: "histogram",
    name: "gatekeeper_constraint_template_ingestion_duration_seconds",
    help: "Seconds that loading a constraint template took",
    labels: ["status"],
    buckets: TEMPLATE_SECONDS,
  },
  admissionPolicies: {
    type: "gauge",
    name: "gatekeeper_validating_admission_policies",
    help: "ValidatingAdmissionPolicies that were made of templates",
    labels: ["status"],
  },
  admissionPolicyBindings: {
    type: "gauge",
    name: "gatekeeper_validating_admission_policy_bindings",
    help: "ValidatingAdmissionPolicyBindings that were made of constraints",
    labels: ["status"],
  },
  expansionTemplates: {
    type: "gauge",
    name: "gatekeeper_expansion_templates",
    help: "Known expansion templates",
    labels: ["status"],
  },
  mutators: {
    type: "gauge",
    name: "gatekeeper_mutators",
    help: "Known mutators",
    labels: ["status"],
  },
  conflictingMutators: {
    type: "gauge",
    name: "gatekeeper_mutator_conflicting_count",
    help: "Mutators that conflict with others",
  },
  mutatorIngestions: {
    type: "counter",
    name: "gatekeeper_mutator_ingestion_count_total",
    help: "How often a mutator was loaded",
    labels: ["status"],
  },
  mutatorIngestionSeconds: {
    type: "histogram",
    name: "gatekeeper_mutator_ingestion_duration_seconds",
    help: "Seconds that loading a mutator took",
    labels: ["status"],
    buckets: MUTATOR_SECONDS,
  },
  synced: {
    type: "gauge",
    name: "gatekeeper_sync",
    help: "Objects that are copied into data.inventory, by kind",
    labels: ["kind", "status"],
  },
  syncSeconds: {
    type: "histogram",
    name: "gatekeeper_sync_duration_seconds",
    help: "Seconds that copying a changed object took",
    buckets: SYNC_SECONDS,
  },
  lastSync: {
    type: "gauge",
    name: "gatekeeper_sync_last_run_time_seconds",
    help: "When an object was copied last, in seconds since 1970",
  },
  watchedKinds: {
    type: "gauge",
    name: "gatekeeper_watch_manager_watched_gvk",
    help: "Kinds that are watched because policies ask for them",
  },
  intendedKinds: {
    type: "gauge",
    name: "gatekeeper_watch_manager_intended_watch_gvk",
    help: "Kinds that policies ask for, those included that the API server does not serve",
  },
  providers: {
    type: "gauge",
    name: "gatekeeper_providers",
    help: "Known providers of external data",
    labels: ["status"],
  },
  providerErrors: {
    type: "counter",
    name: "gatekeeper_provider_error_count_total",
    help: "How often a provider of external data could not be used",
  },
  exportQueued: {
    type: "counter",
    name: "gatekeeper_admission_export_queued_count_total",
    help: "Violations of admission requests that were taken in to be exported",
  },
  exportQueueFull: {
    type: "counter",
    name: "gatekeeper_admission_export_queue_full_count_total",
    help: "Violations of admission requests for which the queue of exports had no room",
  },
  exportPublished: {
    type: "counter",
    name: "gatekeeper_admission_export_published_count_total",
    help: "Violations of admission requests that were exported",
  },
  exportPublishErrors: {
    type: "counter",
    name: "gatekeeper_admission_export_publish_error_count_total",
    help: "Violations of admission requests that could not be exported",
  },
  exportDropped: {
    type: "counter",
    name: "gatekeeper_admission_export_dropped_count_total",
    help: "Violations of admission requests that were dropped before they could be exported",
    labels: ["reason"],
  },
  exportQueueDepth: {
    type: "gauge",
    name: "gatekeeper_admission_export_queue_depth",
    help: "Violations of admission requests that wait to be exported",
  },
  exportQueueBytes: {
    type: "gauge",
    name: "gatekeeper_admission_export_queue_bytes",
    help: "Bytes of violations of admission requests that wait to be exported",
  },
  target: {
    type: "gauge",
    name: "target_info",
    help: "What this process is",
    labels: ["service_name", "telemetry_sdk_language"],
  },
} as const satisfies Readonly<Record<string, MetricRow>>;

function steps(from: number, to: number, by: number): readonly number[] {
  const count = Math.round((to - from) / by);
  return Array.from({ length: count + 1 }, (_, i) => Number((from + i * by).toFixed(4)));
}
