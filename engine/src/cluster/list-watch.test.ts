import { afterEach, describe, expect, it, vi } from "vitest";
import { listAt, textAt } from "../kubernetes/object-meta.ts";
import { createFakeApiServer } from "../testing/fake-api-server/fake-api-server.ts";
import type { FakeApiServer } from "../testing/fake-api-server/fake-api-server.ts";
import type { FakeCall } from "../testing/fake-api-server/rest-calls.ts";
import { createKubeApi } from "./api.ts";
import type { KubeApi } from "./api.ts";
import { createListWatch } from "./list-watch.ts";
import type { ListWatch, ListWatchFailure, ListWatchOptions } from "./list-watch.ts";
import type { Change } from "./object-cache.ts";
import { plainConnection } from "./plain-connection.ts";

const PODS = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };
/** How long to wait for what must come. */
const PATIENT = { timeout: 30_000, interval: 2 };
const FAST = { backoffMs: 1, maxBackoffMs: 5 };

const pod = (name: string, image = "a") => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { namespace: "default", name },
  spec: { containers: [{ name: "main", image }] },
});

const imageOf = (object: Change["object"]) => textAt(listAt(object, "spec", "containers")[0], "image");
const isWatch = (call: FakeCall) => call.query.get("watch") === "true";
const isList = (call: FakeCall) => !isWatch(call);

const running: { server: FakeApiServer; api: KubeApi; listWatch: ListWatch }[] = [];

afterEach(async () => {
  for (const { server, api, listWatch } of running.splice(0)) {
    await listWatch.stop();
    await api.close();
    await server.stop();
  }
});

/** A list-watch of Pods on a fake API server, with all that it told. */
async function setUp(options: Partial<ListWatchOptions> = {}, resources = [PODS]) {
  const server = await createFakeApiServer({ resources });
  const api = createKubeApi({ connection: plainConnection({ server: server.url }), qps: 0 });
  const told: string[] = [];
  const failures: ListWatchFailure[] = [];
  const listWatch = createListWatch({
    api,
    resource: PODS,
    onChange: ({ key, object }) => told.push(`${key} ${object === undefined ? "gone" : imageOf(object)}`),
    onFailure: (failure) => failures.push(failure),
    timing: FAST,
    ...options,
  });
  running.push({ server, api, listWatch });
  /** Until a watch that follows all that happened is open. */
  const listens = () => vi.waitFor(() => expect(server.openWatches).toBe(1), PATIENT);
  return { server, listWatch, told, failures, listens };
}

describe("list-watch", () => {
  it("lists page by page, then follows", async () => {
    const { server, listWatch, listens, told } = await setUp({ pageSize: 2 });
    for (const name of ["a", "b", "c", "d", "e"]) server.put(pod(name));
    listWatch.start();
    expect(await listWatch.whenSettled()).toBe(true);
    expect(listWatch.synced).toBe(true);
    expect(told).toHaveLength(5);
    expect(server.calls.filter(isList)).toHaveLength(3);
    await listens();
    server.put(pod("b", "new"));
    server.remove(PODS, { namespace: "default", name: "c" });
    server.put(pod("f"));
    await expect
      .poll(() => told, PATIENT)
      .toEqual([...told.slice(0, 5), "default/b new", "default/c gone", "default/f a"]);
    expect([...listWatch.cache.keys()].toSorted()).toEqual(
      ["a", "b", "d", "e", "f"].map((name) => `default/${name}`),
    );
  });

  it("tells of the first list before it says that it is synced", async () => {
    const order: string[] = [];
    const { server, listWatch } = await setUp({
      onChange: ({ key }) => order.push(key),
      onSynced: () => order.push("synced"),
    });
    server.put(pod("a"));
    server.put(pod("b"));
    listWatch.start();
    await listWatch.whenSettled();
    expect(order).toEqual(["default/a", "default/b", "synced"]);
  });

  it("keeps of an object what it is told to keep", async () => {
    const { server, listWatch } = await setUp({
      project: ({ metadata, kind }) => ({ kind: kind ?? "", metadata: metadata ?? {} }),
    });
    server.put(pod("a"));
    listWatch.start();
    await listWatch.whenSettled();
    expect(listWatch.cache.get("default/a")).not.toHaveProperty("spec");
  });

  it("watches on from a bookmark when older versions are forgotten", async () => {
    const { server, listWatch, listens, told } = await setUp();
    listWatch.start();
    await listens();
    server.put({ ...pod("a"), kind: "Pod" });
    await expect.poll(() => told, PATIENT).toEqual(["default/a a"]);
    server.bookmark();
    server.compact();
    server.breakWatches("end");
    await listens();
    server.put(pod("b"));
    await expect.poll(() => told, PATIENT).toEqual(["default/a a", "default/b a"]);
    expect(server.calls.filter(isList)).toHaveLength(1);
  });

  it("lists anew after 410, and tells what happened meanwhile", async () => {
    const { server, listWatch, listens, told } = await setUp();
    for (const name of ["a", "b"]) server.put(pod(name));
    listWatch.start();
    await listens();
    await server.stop();
    server.put(pod("a", "new"));
    server.remove(PODS, { namespace: "default", name: "b" });
    server.put(pod("c"));
    server.compact();
    await server.start();
    await expect
      .poll(() => told, PATIENT)
      .toEqual(["default/a a", "default/b a", "default/b gone", "default/a new", "default/c a"]);
  });

  it("sees through an object that was deleted and made anew while nobody watched", async () => {
    const changes: Change[] = [];
    const { server, listWatch, listens } = await setUp({ onChange: (change) => changes.push(change) });
    server.put(pod("a"));
    listWatch.start();
    await listens();
    await server.stop();
    server.remove(PODS, { namespace: "default", name: "a" });
    server.put(pod("a"));
    server.compact();
    await server.start();
    await vi.waitFor(() => expect(changes).toHaveLength(2), PATIENT);
    const uids = [changes[1]?.previous, changes[1]?.object].map((object) =>
      textAt(object, "metadata", "uid"),
    );
    expect(new Set(uids).size).toBe(2);
  });

  it("begins a list anew in one piece when the server forgets its state between two pages", async () => {
    const { server, listWatch } = await setUp({ pageSize: 1 });
    for (const name of ["a", "b", "c"]) server.put(pod(name));
    server.failNext({ kind: "status", code: 410, reason: "Expired" }, (call) => call.query.has("continue"));
    listWatch.start();
    await listWatch.whenSettled();
    expect(listWatch.cache.size).toBe(3);
    expect(server.calls.filter(isList).map((call) => call.query.get("limit"))).toEqual(["1", "1", null]);
  });

  it("keeps what it holds while the server is away, and says why", async () => {
    const { server, listWatch, listens, failures, told } = await setUp();
    server.put(pod("a"));
    listWatch.start();
    await listens();
    await server.stop();
    await vi.waitFor(() => expect(failures.length).toBeGreaterThan(2), PATIENT);
    expect(listWatch.failure).toMatchObject({ reason: "ConnectionFailed" });
    expect(listWatch.cache.size).toBe(1);
    await server.start();
    await listens();
    server.put(pod("b"));
    await expect.poll(() => told, PATIENT).toEqual(["default/a a", "default/b a"]);
    expect(listWatch.failure).toBeUndefined();
  });

  it("waits longer after each failure in a row, and as long as the server asks", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    const { server, listWatch, failures } = await setUp({ timing: { backoffMs: 4, maxBackoffMs: 20 } });
    for (let i = 0; i < 4; i++) server.failNext({ kind: "status", code: 500, reason: "InternalError" });
    listWatch.start();
    await listWatch.whenSettled();
    expect(failures.map(({ retryInMs }) => retryInMs)).toEqual([4, 8, 16, 20]);
    vi.restoreAllMocks();
  });

  it("ends the wait after a failure when it is woken", async () => {
    const { server, listWatch, failures } = await setUp({ timing: { backoffMs: 1e6, maxBackoffMs: 1e6 } });
    server.failNext({ kind: "status", code: 500, reason: "InternalError" });
    listWatch.start();
    await vi.waitFor(() => expect(failures).toHaveLength(1), PATIENT);
    listWatch.wake();
    expect(await listWatch.whenSettled()).toBe(true);
  });

  it("settles when the server has no such kind, and follows the kind when it comes", async () => {
    const { server, listWatch, listens, told } = await setUp({}, []);
    listWatch.start();
    expect(await listWatch.whenSettled()).toBe(true);
    expect([listWatch.absent, listWatch.synced]).toEqual([true, false]);
    server.serve(PODS);
    server.put(pod("a"));
    await listens();
    await expect.poll(() => told, PATIENT).toEqual(["default/a a"]);
    expect([listWatch.absent, listWatch.synced]).toEqual([false, true]);
  });

  it("drops the objects of a kind that is gone only when it stays away", async () => {
    const { server, listWatch, listens, failures, told } = await setUp({
      timing: { ...FAST, absentAfterMs: 1e9 },
    });
    server.put(pod("a"));
    listWatch.start();
    await listens();
    server.unserve(PODS);
    await vi.waitFor(() => expect(failures.length).toBeGreaterThan(5), PATIENT);
    expect(told).toEqual(["default/a a"]);
    const patient = await setUp({ timing: { ...FAST, absentAfterMs: 1 } });
    patient.server.put(pod("a"));
    patient.listWatch.start();
    await patient.listens();
    patient.server.unserve(PODS);
    await expect.poll(() => patient.told, PATIENT).toEqual(["default/a a", "default/a gone"]);
    expect(patient.listWatch.absent).toBe(true);
    server.serve(PODS);
    await listens();
    await expect.poll(() => told, PATIENT).toEqual(["default/a a"]);
  });

  it("follows the objects of a selection only, in and out of it", async () => {
    const { server, listWatch, listens, told } = await setUp({ labelSelector: "team=x" });
    const labelled = (name: string, team: string, image = "a") => {
      const object = pod(name, image);
      return { ...object, metadata: { ...object.metadata, labels: { team } } };
    };
    server.put(labelled("a", "x"));
    server.put(labelled("b", "y"));
    listWatch.start();
    await listens();
    server.put(labelled("b", "x"));
    server.put(labelled("a", "y"));
    await expect.poll(() => told, PATIENT).toEqual(["default/a a", "default/b a", "default/a gone"]);
  });

  it("tells nothing more once it has stopped", async () => {
    const { server, listWatch, listens, told } = await setUp();
    listWatch.start();
    await listens();
    await listWatch.stop();
    server.put(pod("a"));
    await vi.waitFor(() => expect(server.openWatches).toBe(0), PATIENT);
    expect(told).toEqual([]);
  });

  it("says that it never settled when it is stopped before", async () => {
    const { server, listWatch } = await setUp();
    server.failNext({ kind: "hang" });
    listWatch.start();
    const settled = listWatch.whenSettled();
    await vi.waitFor(() => expect(server.calls).toHaveLength(1), PATIENT);
    await listWatch.stop();
    expect(await settled).toBe(false);
  });

  it.each(["end", "reset", "truncate", "expire", "error", "garbage"] as const)(
    "goes on after a watch that breaks (%s)",
    async (fault) => {
      const { server, listWatch, listens, told } = await setUp();
      server.put(pod("a"));
      listWatch.start();
      await listens();
      server.breakWatches(fault);
      server.put(pod("b"));
      await expect.poll(() => told, PATIENT).toEqual(["default/a a", "default/b a"]);
    },
  );

  it("gives up a watch that is silent for too long", async () => {
    const { server, listWatch, listens, failures, told } = await setUp({
      timing: { ...FAST, idleTimeoutMs: 100 },
    });
    listWatch.start();
    await listens();
    server.breakWatches("silence");
    server.put(pod("a"));
    await expect.poll(() => told, PATIENT).toEqual(["default/a a"]);
    expect(failures.map(({ during, error }) => [during, error.reason])).toContainEqual(["watch", "TimedOut"]);
  });
});
