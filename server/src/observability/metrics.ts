import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** The webhook's metrics under Gatekeeper's names. One registry a process; audit adds its own to it. */
export interface ServerMetrics {
  readonly registry: Registry;
  countValidation(status: ValidationStatus, dryRun: boolean, seconds: number): void;
  /** Known constraints by enforcement action, and templates; `failed` ones were refused. */
  setConstraints(counts: ReadonlyMap<string, { readonly active: number; readonly error: number }>): void;
  setTemplates(active: number, failed: number): void;
  countIngestion(ok: boolean, seconds: number): void;
}

export type ValidationStatus = "allow" | "deny" | "error";

const REQUEST_SECONDS = [
  ...steps(0.001, 0.01, 0.001),
  ...steps(0.02, 0.1, 0.01),
  ...steps(0.2, 1, 0.1),
  ...steps(1.5, 10, 0.5),
];
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
  return {
    registry,
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
