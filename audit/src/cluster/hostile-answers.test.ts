import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient, ExpansionSystem, MutationSystem, processExcluder } from "@portcullis/engine";
import { createKubeApi, plainConnection } from "@portcullis/engine/cluster";
import { constraint, template } from "@portcullis/engine/testing";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { History } from "../history.ts";
import { readViolation } from "../report/report-lines.ts";
import { runAudit } from "../run-audit.ts";
import { testPool } from "../testing/cluster.ts";
import { ClusterAudit } from "./cluster-audit.ts";

// API servers of others may answer anything: whatever it is costs no more than what it is about, and the sweep goes on.

const pool = testPool({ threads: 1 });
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
afterAll(() => pool.close());

const RESOURCES = {
  kind: "APIResourceList",
  groupVersion: "v1",
  resources: [{ name: "things", kind: "Thing", namespaced: true, verbs: ["get", "list"] }],
};

/** An API server that serves one kind, `things`, with this text as its list and each of these as an object. */
async function clusterOf(list: () => string, object: (path: string) => string | undefined = () => undefined) {
  const server = createServer((request, response) => {
    const path = (request.url ?? "").replace(/\?.*/, "");
    const fixed: Readonly<Record<string, object>> = {
      "/api": { kind: "APIVersions", versions: ["v1"] },
      "/apis": { kind: "APIGroupList", groups: [] },
      "/api/v1": RESOURCES,
    };
    const answer = fixed[path]
      ? JSON.stringify(fixed[path])
      : path === "/api/v1/things"
        ? list()
        : object(path);
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(answer ?? '{"kind":"Status","code":404,"reason":"NotFound"}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const api = createKubeApi({ connection: plainConnection({ server: `http://127.0.0.1:${port}` }), qps: 0 });
  closers.push(async () => {
    await api.close();
    await new Promise((resolve) => server.close(resolve));
  });
  const client = createClient();
  client.addTemplate(
    template(
      "Found",
      `package p
violation[{"msg": sprintf("%v", [object.get(input.review.object, "text", "found")]), "details": {"labels": object.get(input.review.object, ["metadata", "labels"], {})}}]`,
    ),
  );
  client.addConstraint(constraint("Found", "all"));
  const mutation = new MutationSystem({ newId: () => "" });
  const audit = new ClusterAudit({
    api,
    pool,
    policies: {
      client,
      mutation,
      expansion: new ExpansionSystem(mutation),
      config: () => undefined,
      excluder: () => processExcluder(),
      namespace: (name) => Promise.resolve({ apiVersion: "v1", kind: "Namespace", metadata: { name } }),
      syncedObjects: () => [],
    },
    pageSize: 500,
    fromCache: false,
    fullEvery: 0,
    memoryBytes: 10_000_000,
    patience: { outageMs: 100, firstPauseMs: 1, longestPauseMs: 5 },
  });
  const history = new History();
  let minute = 10;
  const sweep = async () => {
    const at = new Date(`2026-01-02T03:${minute++}:00Z`);
    const { report } = await runAudit(audit.prepare(), [history], at, {
      signal: new AbortController().signal,
    });
    const lines: string[] = [];
    for await (const line of (await history.lines()) ?? []) lines.push(line);
    const violations = lines.flatMap((line) => readViolation(line) ?? []);
    return {
      errors: report.errors.map(({ message }) => message),
      count: report.constraints[0]?.totalViolations,
      listed: report.constraints[0]?.violations.length,
      states: violations.map(({ state }) => state),
      violations,
    };
  };
  return { sweep };
}

const listOf = (...items: readonly string[]): string =>
  `{"kind":"ThingList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[${items.join(",")}]}`;
const thing = (name: string, more = "", version = "1"): string =>
  `{"metadata":{"name":${name},"namespace":"n","resourceVersion":"${version}"}${more}}`;

describe("answers of strange API servers", () => {
  it.each([
    ["no items", '{"kind":"ThingList","metadata":{}}', 0],
    ["null for items", '{"items":null,"metadata":null}', 0],
    ["an object for items", '{"items":{"a":1},"metadata":[]}', 0],
    ["odd metadata", listOf().replace('"resourceVersion":"1"', '"continue":5,"remainingItemCount":-7.5'), 0],
    ["items that are none", listOf("null", "5", '"x"', "[]", thing('"a"')), 1],
    ["items without a name", listOf("{}", '{"metadata":null}', '{"metadata":{"name":5}}', thing('"a"')), 4],
    ["equal keys", `{"items":[],${listOf(thing('"a"')).slice(1)}`, 1],
    ["a list in a list", listOf(thing('"a"', `,"items":[${thing('"b"')}]`)), 1],
  ])("with %s", async (_what, text, found) => {
    const { sweep } = await clusterOf(() => text);
    const first = await sweep();
    expect(first.count).toBe(found);
    expect(new Set(first.states)).toEqual(new Set(found > 0 ? ["new"] : []));
    const again = await sweep();
    expect(again.count).toBe(found);
    expect(again.states.includes("resolved")).toBe(false);
  });

  it("with keys that JavaScript knows", async () => {
    const labels = '{"__proto__":"p","constructor":"c","hasOwnProperty":"h","toString":"t"}';
    const item = thing('"__proto__"', ',"__proto__":{"polluted":"yes"},"text":"constructor"').replace(
      '"namespace"',
      `"labels":${labels},"namespace"`,
    );
    const { sweep } = await clusterOf(() => listOf(item));
    for (const state of ["new", "known"]) {
      const { violations, count } = await sweep();
      expect([count, violations.length, violations[0]?.state]).toEqual([1, 1, state]);
      expect(JSON.stringify(violations[0]?.object.labels)).toBe(labels);
      expect(JSON.stringify(violations[0]?.details)).toContain('"__proto__":"p"');
      expect(violations[0]).toMatchObject({ message: "constructor", object: { name: "__proto__" } });
    }
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it.each(['"\\ud800"', '"."', '".."', '"a/b"', '"%2e"', '"a?b#c"', '""', '"line\\nend"', '"😀"', '"a b"'])(
    "with the name %s, also where it alone has changed",
    async (name) => {
      let version = "1";
      const many = Array.from({ length: 30 }, (_, i) => thing(`"t-${i}"`));
      const { sweep } = await clusterOf(
        () => listOf(...many, thing(name, "", version)),
        () => thing(name, ',"apiVersion":"v1","kind":"Thing"', version),
      );
      expect((await sweep()).count).toBe(31);
      version = "2";
      const { count, errors, states } = await sweep();
      expect((count ?? 0) + errors.length).toBe(31);
      expect(states).not.toContain("resolved");
    },
  );

  it("with an object that is too deep, which costs that one", async () => {
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    const { sweep } = await clusterOf(() => listOf(thing('"deep"', `,"deep":${deep}`), thing('"ok"')));
    const { count, errors } = await sweep();
    expect(count).toBe(1);
    expect(errors).toEqual([expect.stringMatching(/^an object of Thing cannot be read: /)]);
  });

  it("with a message of megabytes", async () => {
    const long = `${"a".repeat(252)}😀${"é".repeat(1_000_000)}`;
    const { sweep } = await clusterOf(() => listOf(thing('"long"', `,"text":${JSON.stringify(long)}`)));
    for (const state of ["new", "known"]) {
      const { violations } = await sweep();
      expect(violations.map((each) => [each.state, each.message === long])).toEqual([[state, true]]);
    }
  });

  it("with one of several changed objects that cannot be fetched", async () => {
    let version = "1";
    const many = Array.from({ length: 30 }, (_, i) => thing(`"t-${i}"`));
    const { sweep } = await clusterOf(
      () => listOf(...many, thing('"changed"', "", version)),
      (path) => (path.endsWith("/changed") ? "no JSON" : undefined),
    );
    expect((await sweep()).count).toBe(31);
    version = "2";
    const { count, errors, states } = await sweep();
    expect(count).toBe(30);
    expect(errors).toHaveLength(1);
    expect(states.filter((state) => state === "resolved")).toEqual([]);
  });
});
