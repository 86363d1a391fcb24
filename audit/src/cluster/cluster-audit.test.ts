import { createClient, ExpansionSystem, MutationSystem, processExcluder } from "@portcullis/engine";
import { createKubeApi, plainConnection } from "@portcullis/engine/cluster";
import type { KubeApi } from "@portcullis/engine/cluster";
import { constraint, createFakeApiServer, pod, template } from "@portcullis/engine/testing";
import type { FakeApiServer } from "@portcullis/engine/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sweep } from "../sweep.ts";
import type { SweepReport } from "../sweep.ts";
import { namedKinds } from "./audited-kinds.ts";
import type { KindFilter } from "./audited-kinds.ts";
import { clusterSource } from "./cluster-source.ts";

const PODS = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };
const SERVICES = { group: "", version: "v1", kind: "Service", plural: "services", namespaced: true };
const DENIES = {
  group: "constraints.gatekeeper.sh",
  version: "v1beta1",
  kind: "DenyAll",
  plural: "denyall",
  namespaced: false,
  hasStatus: true,
};
const never = new AbortController().signal;

let server: FakeApiServer;
let api: KubeApi;
beforeEach(async () => {
  server = await createFakeApiServer({ resources: [PODS, SERVICES, DENIES] });
  api = createKubeApi({ connection: plainConnection({ server: server.url }) });
  for (let i = 0; i < 7; i++) server.put(pod(`p-${i}`));
});
afterEach(async () => {
  await api.close();
  await server.stop();
});

function client() {
  const made = createClient();
  made.addTemplate(
    template("DenyAll", 'package p\nviolation[{"msg": "no"}] { input.review.kind.kind == "Pod" }'),
  );
  made.addConstraint(constraint("DenyAll", "deny"));
  return made;
}

function run(filter: KindFilter = () => true, onPage: () => void = () => {}): Promise<SweepReport> {
  const source = clusterSource({
    api,
    pageSize: 3,
    filter,
    namespace: (name) => Promise.resolve({ apiVersion: "v1", kind: "Namespace", metadata: { name } }),
  });
  return sweep(
    {
      client: client(),
      expansion: new ExpansionSystem(new MutationSystem({ newId: () => "" })),
      source: {
        ...source,
        async *pages(signal, tell) {
          for await (const page of source.pages(signal, tell)) {
            yield page;
            onPage();
          }
        },
      },
      excluder: processExcluder(),
    },
    new Date("2026-01-02T03:04:05Z"),
    never,
  );
}

const violated = (report: SweepReport) =>
  (report.constraints[0]?.violations ?? []).map(({ status }) => status.name).reverse();
const allPods = ["p-0", "p-1", "p-2", "p-3", "p-4", "p-5", "p-6"];

describe("an audit of a cluster", () => {
  it("finds everything, page by page", async () => {
    const report = await run();
    expect(violated(report)).toEqual(allPods);
    expect(report.errors).toEqual([]);
    expect(server.calls.filter(({ path }) => path === "/api/v1/pods")).toHaveLength(3);
  });

  it("goes on where the server has forgotten the state of the list, and meets nothing twice", async () => {
    let pages = 0;
    const report = await run(undefined, () => {
      if (++pages !== 2) return;
      server.put(pod("p-9"));
      server.compact();
    });
    expect(violated(report)).toEqual([...allPods, "p-9"]);
  });

  it("asks only for kinds that constraints name", async () => {
    const inService = namedKinds([
      constraint("DenyAll", "deny", { match: { kinds: [{ apiGroups: [""], kinds: ["Service"] }] } }),
    ]);
    await run(inService);
    expect(server.calls.map(({ path }) => path)).not.toContain("/api/v1/pods");
    expect(server.calls.map(({ path }) => path)).toContain("/api/v1/services");
  });

  it("tells of a kind that cannot be listed, and audits the others", async () => {
    server.failNext(
      { kind: "status", code: 403, reason: "Forbidden" },
      ({ path }) => path === "/api/v1/services",
    );
    const report = await run();
    expect(violated(report)).toEqual(allPods);
    expect(report.errors).toEqual([
      {
        message: expect.stringMatching(/^could not list Service: /) as string,
        scope: { group: "", kind: "Service" },
      },
    ]);
  });

  it("asks again where the server is busy", async () => {
    server.failNext(
      { kind: "status", code: 503, reason: "ServiceUnavailable" },
      ({ path }) => path === "/api/v1/pods",
    );
    const report = await run();
    expect(violated(report)).toEqual(allPods);
    expect(report.errors).toEqual([]);
  });
});
