import type { FastifyInstance } from "fastify";

/** Metrics as a text: those of a registry, or of several processes. */
export interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** `/metrics` in Prometheus' text format. */
export function metricsRoutes(app: FastifyInstance, source: MetricsSource): void {
  app.get("/metrics", async (_request, reply) => reply.type(source.contentType).send(await source.metrics()));
}
