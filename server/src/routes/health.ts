import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** Names what the server still waits for; empty when it is ready to decide. */
export type Readiness = () => readonly string[];

/** One thing that has to be in order, by Gatekeeper's name for it: `tracker`, `tls-check`. */
export interface HealthCheck {
  readonly name: string;
  /** What is not in order; empty when all is well. */
  readonly problems: () => readonly string[] | Promise<readonly string[]>;
}

export interface HealthChecks {
  /** What `/healthz` goes by: a process that fails them is started anew. */
  readonly alive: readonly HealthCheck[];
  /** What `/readyz` goes by. */
  readonly ready: readonly HealthCheck[];
}

/** What the checks of a process say when all it waits for is that everything is loaded. */
export function trackerAlone(readiness: Readiness): HealthChecks {
  return { alive: [], ready: [{ name: "tracker", problems: readiness }] };
}

/**
 * `/healthz`: the process answers. `/readyz`: everything that was there at the start has been loaded, or what has not.
 * As with Gatekeeper, `/readyz/NAME` asks one check alone, `?verbose` tells of each, `?exclude=NAME` leaves one out.
 */
export function healthRoutes(app: FastifyInstance, { alive, ready }: HealthChecks): void {
  for (const [path, checks] of [
    ["healthz", alive],
    ["readyz", ready],
  ] as const) {
    app.get(`/${path}`, (request, reply) => answerAll(path, checks, request, reply));
    for (const check of checks)
      app.get(`/${path}/${check.name}`, (_request, reply) => answerOne(check, reply));
  }
}

async function answerAll(
  path: string,
  checks: readonly HealthCheck[],
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { verbose, exclude = [] } = request.query as { verbose?: string; exclude?: string | string[] };
  const asked = checks.filter(({ name }) => ![exclude].flat().includes(name));
  const found = await Promise.all(
    asked.map(async ({ name, problems }) => ({ name, problems: await problems() })),
  );
  const missing = found.flatMap(({ problems }) => problems);
  const isGood = missing.length === 0;
  reply.code(isGood ? 200 : 500).type("text/plain");
  if (verbose === undefined) {
    return reply.send(isGood ? "ok" : `not ready, missing:\n${missing.join("\n")}\n`);
  }
  const lines = found.map(({ name, problems }) =>
    problems.length === 0 ? `[+]${name} ok` : `[-]${name} failed: ${problems.join("; ")}`,
  );
  return reply.send(`${[...lines, `${path} check ${isGood ? "passed" : "failed"}`].join("\n")}\n`);
}

async function answerOne({ problems }: HealthCheck, reply: FastifyReply): Promise<FastifyReply> {
  const found = await problems();
  return reply
    .code(found.length === 0 ? 200 : 500)
    .type("text/plain")
    .send(found.length === 0 ? "ok" : `${found.join("\n")}\n`);
}
