import type { EventRecorder } from "@portcullis/engine/cluster";
import { fastify } from "fastify";
import type { FastifyInstance } from "fastify";
import type { Server } from "node:https";
import { availableParallelism } from "node:os";
import type { ViolationExporter } from "./admission/exported-violation.ts";
import type { AdmissionOptions, Policies } from "./admission/policies.ts";
import { ServingSlots } from "./admission/slots.ts";
import { traceLog } from "./admission/traces.ts";
import { checkClients } from "./client-check.ts";
import { trackConnections } from "./listening.ts";
import type { Log } from "./observability/log.ts";
import type { ServerMetrics } from "./observability/metrics.ts";
import { admitLabelRoutes, admitRoutes } from "./routes/admit.ts";
import { auditResultsRoutes } from "./routes/audit-results.ts";
import type { AuditResultsOptions } from "./routes/audit-results.ts";
import { leaveBodies } from "./routes/body.ts";
import { healthRoutes, trackerAlone } from "./routes/health.ts";
import type { HealthChecks, Readiness } from "./routes/health.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import type { MetricsSource } from "./routes/metrics.ts";
import { mutateRoutes } from "./routes/mutate.ts";
import { serverOptions } from "./tls.ts";
import type { TlsMaterial } from "./tls.ts";

/** Everything the application is made of; it reads nothing else. */
export interface AppDeps {
  readonly policies: Policies;
  readonly log: Log;
  readonly metrics: ServerMetrics;
  readonly readiness: Readiness;
  readonly options?: AdmissionOptions;
  /** Reviews that run at once; below 1 as many as there are cores (`--max-serving-threads`). */
  readonly maxServingThreads?: number;
  /** Where Events of violations go; absent where none are made. */
  readonly events?: EventRecorder;
  /** Where violations are exported; absent where none are. */
  readonly exporter?: ViolationExporter;
  /** Which webhooks are served; both by default. `/v1/admitlabel` comes with either. */
  readonly serves?: { readonly validation: boolean; readonly mutation: boolean };
  /** Key and certificate in PEM. Without them the app speaks plain HTTP (tests, a health port). */
  readonly tls?: TlsMaterial;
}

/**
 * The webhook without its listener: call `inject` in tests, `listen` in a process. `close()` answers the requests in
 * flight before it resolves.
 */
export function buildApp(deps: AppDeps): FastifyInstance {
  const app = createFastify(deps.tls);
  leaveBodies(app);
  const options = deps.options ?? {};
  const threads = deps.maxServingThreads ?? 0;
  const { policies, log, metrics } = deps;
  const serves = deps.serves ?? { validation: true, mutation: true };
  if (serves.validation) {
    const slots = new ServingSlots(threads < 1 ? availableParallelism() : threads);
    const { events, exporter } = deps;
    admitRoutes(app, { policies, options, log, metrics, slots, traces: traceLog(log), events, exporter });
  }
  if (serves.mutation) mutateRoutes(app, { policies, options, log, metrics });
  admitLabelRoutes(app, options);
  observationRoutes(app, { checks: trackerAlone(deps.readiness), metrics: metrics.registry });
  return app;
}

/** The application of `--health-addr`: health and metrics over plain HTTP. */
export function buildHealthApp(deps: ObservationDeps): FastifyInstance {
  const app = createFastify(undefined);
  observationRoutes(app, deps);
  return app;
}

/** The application of `--prometheus-port`. */
export function buildMetricsApp(metrics: MetricsSource): FastifyInstance {
  const app = createFastify(undefined);
  metricsRoutes(app, metrics);
  return app;
}

/** The application of `--audit-api-addr`. */
export function buildAuditResultsApp(options: AuditResultsOptions): FastifyInstance {
  const app = createFastify(undefined);
  auditResultsRoutes(app, options);
  return app;
}

interface ObservationDeps {
  readonly checks: HealthChecks;
  readonly metrics: MetricsSource;
}

function observationRoutes(app: FastifyInstance, { checks, metrics }: ObservationDeps): void {
  healthRoutes(app, checks);
  metricsRoutes(app, metrics);
}

function createFastify(tls: TlsMaterial | undefined): FastifyInstance {
  const common = {
    forceCloseConnections: "idle",
    return503OnClosing: false,
    // Slow or stuck clients hold memory: none of the API server's requests takes nearly as long.
    requestTimeout: 30_000,
    // API servers give up idle connections after 90 s. Whoever closes first must be the one that asks: a request that
    // crosses with our closing would get no answer.
    keepAliveTimeout: 120_000,
  } as const;
  const app = tls ? fastify({ ...common, https: serverOptions(tls) }) : fastify(common);
  trackConnections(app.server);
  if (tls?.clients) checkClients(app.server as Server, tls.clients);
  return app;
}
