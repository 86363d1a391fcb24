import { fastify } from "fastify";
import type { FastifyInstance } from "fastify";
import { Session } from "node:inspector/promises";
import { getHeapSnapshot, getHeapStatistics } from "node:v8";

/** Longer profiles than this would fill the memory of the process that is looked at. */
const MOST_SECONDS = 300;
const DEFAULT_SECONDS = 30;

const INDEX = `/debug/pprof/profile?seconds=30   where the CPU time goes (open the .cpuprofile in Chrome's developer tools)
/debug/pprof/heap                 what the heap holds (.heapsnapshot; stops the process while it is written)
/debug/pprof/memory               sizes of the heap and of its parts
`;

/** What `--enable-pprof` serves, under Go's paths where they mean the same; the files are those of Node's tools. */
export function diagnosticsApp(): FastifyInstance {
  const app = fastify({ forceCloseConnections: true });
  app.get("/debug/pprof/", (_request, reply) => reply.type("text/plain").send(INDEX));
  app.get("/debug/pprof/memory", () => ({ ...process.memoryUsage(), heap: getHeapStatistics() }));
  app.get("/debug/pprof/heap", (_request, reply) =>
    reply
      .header("content-disposition", 'attachment; filename="portcullis.heapsnapshot"')
      .type("application/json")
      .send(getHeapSnapshot()),
  );
  app.get("/debug/pprof/profile", async (request, reply) => {
    const { seconds = String(DEFAULT_SECONDS) } = request.query as { readonly seconds?: string };
    const asked = Number(seconds);
    if (!(asked > 0 && asked <= MOST_SECONDS)) {
      return reply.code(400).type("text/plain").send(`seconds must be above 0 and at most ${MOST_SECONDS}\n`);
    }
    return reply
      .header("content-disposition", 'attachment; filename="portcullis.cpuprofile"')
      .type("application/json")
      .send(JSON.stringify(await cpuProfile(asked * 1000)));
  });
  return app;
}

async function cpuProfile(milliseconds: number): Promise<unknown> {
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.start");
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return (await session.post("Profiler.stop")).profile;
  } finally {
    session.disconnect();
  }
}
