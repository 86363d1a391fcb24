// A Fastify handler that parses an AdmissionReview and allows it: what any webhook on this stack has to spend.
// Arguments: the folder with tls.key and tls.crt. Prints its URL.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { FastifyInstance, FastifyServerOptions } from "fastify";

// Fastify belongs to the server's package.
const requireOfServer = createRequire(new URL("../../server/src/app.ts", import.meta.url));
const { fastify } = requireOfServer("fastify") as {
  fastify: (options: FastifyServerOptions) => FastifyInstance;
};

const folder = process.argv[2] as string;
const https = {
  key: readFileSync(join(folder, "tls.key")),
  cert: readFileSync(join(folder, "tls.crt")),
  minVersion: "TLSv1.3",
};
const app = fastify({ https } as FastifyServerOptions);
app.post("/v1/admit", (request) => {
  const {
    apiVersion,
    kind,
    request: asked,
  } = request.body as { apiVersion: string; kind: string; request: { uid: string } };
  return { apiVersion, kind, response: { uid: asked.uid, allowed: true } };
});
console.log(await app.listen({ host: "127.0.0.1", port: 0 }));
process.once("SIGTERM", () => process.exit(0));
