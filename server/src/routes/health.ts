import type { FastifyInstance } from "fastify";

/** Names what the server still waits for; empty when it is ready to decide. */
export type Readiness = () => readonly string[];

/** `/healthz`: the process answers. `/readyz`: everything that was there at the start has been loaded, or what has not. */
export function healthRoutes(app: FastifyInstance, readiness: Readiness): void {
  app.get("/healthz", (_request, reply) => reply.type("text/plain").send("ok"));
  app.get("/readyz", (_request, reply) => {
    const missing = readiness();
    if (missing.length === 0) return reply.type("text/plain").send("ok");
    return reply
      .code(500)
      .type("text/plain")
      .send(`not ready, missing:\n${missing.join("\n")}\n`);
  });
}
