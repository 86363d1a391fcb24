import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hash, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";

/** What the audit of this process can tell; all plain data. */
export interface AuditResults {
  /** The run that is going on: id and how far it is. */
  running(): Readonly<Record<string, unknown>> | undefined;
  /** How the last run ended. */
  last(): Readonly<Record<string, unknown>> | undefined;
  /** The last report, a line at a time, each a JSON object; undefined before the first run. */
  lines(): Promise<AsyncIterable<string> | undefined>;
}

export interface AuditResultsOptions {
  readonly results: AuditResults;
  /** File of the token that callers must show; read at each call, so that it can be replaced. */
  readonly tokenFile: string;
}

/** Shorter ones can be guessed. */
const SHORTEST_TOKEN = 16;

/** Filters of the report: query parameter, and where in a violation its value stands. */
const FILTERS: Readonly<Record<string, (violation: Line) => unknown>> = {
  id: ({ id }) => id,
  state: ({ state }) => state,
  action: ({ enforcementAction }) => enforcementAction,
  constraintKind: ({ constraint }) => constraint?.kind,
  constraint: ({ constraint }) => constraint?.name,
  kind: ({ object }) => object?.kind,
  namespace: ({ object }) => object?.namespace ?? "",
  name: ({ object }) => object?.name,
};

interface Line {
  readonly id?: string;
  readonly state?: string;
  readonly enforcementAction?: string;
  readonly constraint?: { readonly kind?: string; readonly name?: string };
  readonly object?: { readonly kind?: string; readonly namespace?: string; readonly name?: string };
}

/**
 * `GET /v1/audit`: the run that is going on and how the last one ended. `GET /v1/audit/report`: the whole last report as JSON
 * lines; the query can name violations by the parameters of {@link FILTERS}, several values of one with commas. Both want
 * `Authorization: Bearer TOKEN`.
 */
export function auditResultsRoutes(app: FastifyInstance, { results, tokenFile }: AuditResultsOptions): void {
  app.addHook("onRequest", async (request, reply) => {
    const token = await readToken(tokenFile);
    if (token === undefined)
      return refuse(reply, 503, "no token: the token file cannot be read or is too short");
    if (!showsToken(request, token)) {
      return refuse(
        reply.header("www-authenticate", "Bearer"),
        401,
        "show the token as Authorization: Bearer TOKEN",
      );
    }
  });

  app.get("/v1/audit", () => ({ running: results.running() ?? null, last: results.last() ?? null }));

  app.get("/v1/audit/report", async (request, reply) => {
    const filter = filterOf(request.query as Readonly<Record<string, string | readonly string[]>>);
    if (typeof filter === "string") return refuse(reply, 400, filter);
    const lines = await results.lines();
    if (!lines) return refuse(reply, 404, "no audit has ended yet");
    return reply.type("application/x-ndjson").send(Readable.from(chosen(lines, filter)));
  });
}

/** What is wrong with the file of a token; undefined where it can be used. */
export async function tokenProblem(file: string): Promise<string | undefined> {
  try {
    const { length } = (await readFile(file, "utf8")).trim();
    return length < SHORTEST_TOKEN ? `it has ${length} characters; it needs ${SHORTEST_TOKEN}` : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function readToken(file: string): Promise<string | undefined> {
  if ((await tokenProblem(file)) !== undefined) return undefined;
  return (await readFile(file, "utf8")).trim();
}

function showsToken({ headers }: FastifyRequest, token: string): boolean {
  const [, shown = ""] = /^Bearer (.+)$/i.exec(headers.authorization ?? "") ?? [];
  // Of one length, and compared in one time.
  return timingSafeEqual(hash("sha256", shown, "buffer"), hash("sha256", token, "buffer"));
}

function refuse(reply: FastifyReply, code: number, message: string): FastifyReply {
  return reply.code(code).send({ code, message });
}

type Filter = (line: string) => boolean;

/** Keeps whatever is no violation: it says what the violations are of. */
function filterOf(query: Readonly<Record<string, string | readonly string[]>>): Filter | string {
  const wanted = Object.entries(query).map(([name, values]) => {
    const texts = typeof values === "string" ? [values] : values;
    return [name, new Set(texts.flatMap((text) => text.split(",")))] as const;
  });
  const unknown = wanted.find(([name]) => !Object.hasOwn(FILTERS, name));
  if (unknown) return `no parameter ${unknown[0]}; there are ${Object.keys(FILTERS).join(", ")}`;
  if (wanted.length === 0) return () => true;
  return (text) => {
    if (!text.startsWith('{"type":"violation"')) return true;
    const line = JSON.parse(text) as Line;
    return wanted.every(([name, values]) => values.has(String(FILTERS[name]?.(line))));
  };
}

const PIECE = 64 * 1024;

/** In pieces: a write for each line would cost more than the line. */
async function* chosen(lines: AsyncIterable<string>, filter: Filter): AsyncGenerator<string> {
  let piece = "";
  for await (const line of lines) {
    if (!filter(line)) continue;
    piece += `${line}\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}
