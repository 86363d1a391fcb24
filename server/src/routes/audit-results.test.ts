import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildAuditResultsApp } from "../app.ts";

const TOKEN = "0123456789abcdef";
const violation = (id: string, state: string, kind: string, namespace?: string): string =>
  JSON.stringify({
    type: "violation",
    id,
    state,
    constraint: { kind: "K8sTest", name: `for-${kind}` },
    enforcementAction: "deny",
    object: { kind, ...(namespace === undefined ? {} : { namespace }), name: id },
  });
const LINES = [
  JSON.stringify({ type: "run", runId: "r" }),
  violation("a", "new", "Pod", "shop"),
  violation("b", "known", "Pod", "lab"),
  violation("c", "new", "Node"),
  JSON.stringify({ type: "summary" }),
];

let folder: string;
let tokenFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "portcullis-results-"));
  tokenFile = join(folder, "token");
  writeFileSync(tokenFile, `${TOKEN}\n`);
});
afterEach(() => rmSync(folder, { recursive: true }));

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) yield await Promise.resolve(line);
}

async function get(
  url: string,
  authorization = `Bearer ${TOKEN}`,
  lines: readonly string[] | undefined = LINES,
) {
  const app = buildAuditResultsApp({
    results: {
      running: () => ({ runId: "s", share: 0.5 }),
      last: () => undefined,
      lines: () => Promise.resolve(lines.length === 0 ? undefined : each(lines)),
    },
    tokenFile,
  });
  return app.inject({ url, headers: { authorization } });
}

describe("the results of an audit", () => {
  it("say how far the present run is, and how the last one ended", async () => {
    const answer = await get("/v1/audit");
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { running: { runId: "s", share: 0.5 }, last: null },
    ]);
  });

  it("are the whole last report, line by line", async () => {
    const answer = await get("/v1/audit/report");
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toBe("application/x-ndjson");
    expect(answer.body).toBe(`${LINES.join("\n")}\n`);
  });

  it("do not end before all is sent, however long they are", async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => violation(`p-${i}`, "new", "Pod", "shop"));
    const answer = await get("/v1/audit/report", undefined, many);
    expect(answer.body.split("\n")).toHaveLength(20_001);
  });

  it.each([
    ["state=new", ["a", "c"]],
    ["state=new,known&kind=Pod", ["a", "b"]],
    ["kind=Pod&kind=Node", ["a", "b", "c"]],
    ["namespace=shop", ["a"]],
    ["namespace=", ["c"]],
    ["constraintKind=K8sTest&constraint=for-Node", ["c"]],
    ["id=b", ["b"]],
    ["action=warn", []],
  ])("of ?%s are the violations %j", async (query, wanted) => {
    const answer = await get(`/v1/audit/report?${query}`);
    const lines = answer.body
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ type }) => type === "violation").map(({ id }) => id)).toEqual(wanted);
    expect(lines.filter(({ type }) => type !== "violation")).toHaveLength(2);
  });

  it("know no other parameter", async () => {
    const answer = await get("/v1/audit/report?__proto__=x");
    expect([answer.statusCode, answer.json<{ message: string }>().message]).toEqual([
      400,
      expect.stringContaining("no parameter __proto__; there are id, state"),
    ]);
  });

  it("are not there before the first run has ended", async () => {
    expect((await get("/v1/audit/report", undefined, [])).statusCode).toBe(404);
  });
});

describe("whoever asks for the results of an audit", () => {
  it.each([
    ["nothing", "", 401],
    ["another token", "Bearer 0123456789abcdeF", 401],
    ["part of the token", "Bearer 0123456789abcde", 401],
    ["the token as a password", `Basic ${TOKEN}`, 401],
    ["the token", `bearer ${TOKEN}`, 200],
  ])("and shows %s (%j) gets %d", async (_, authorization, code) => {
    for (const url of ["/v1/audit", "/v1/audit/report"]) {
      const answer = await get(url, authorization);
      expect(answer.statusCode).toBe(code);
      expect(answer.headers["www-authenticate"]).toBe(code === 401 ? "Bearer" : undefined);
    }
  });

  it("must show the token that is in the file now", async () => {
    writeFileSync(tokenFile, "another-long-token");
    expect((await get("/v1/audit")).statusCode).toBe(401);
    expect((await get("/v1/audit", "Bearer another-long-token")).statusCode).toBe(200);
  });

  it("gets nothing where the token is short or not there", async () => {
    writeFileSync(tokenFile, "short\n");
    expect((await get("/v1/audit", "Bearer short")).statusCode).toBe(503);
    writeFileSync(tokenFile, "");
    expect((await get("/v1/audit", "Bearer ")).statusCode).toBe(503);
    rmSync(tokenFile);
    expect((await get("/v1/audit", "Bearer x")).statusCode).toBe(503);
  });
});
