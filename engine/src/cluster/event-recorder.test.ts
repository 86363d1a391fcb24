import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createFakeApiServer } from "../testing/fake-api-server/fake-api-server.ts";
import type { FakeApiServer } from "../testing/fake-api-server/fake-api-server.ts";
import { textAt, valueAt } from "../kubernetes/object-meta.ts";
import { createKubeApi } from "./api.ts";
import type { KubeApi } from "./api.ts";
import { EVENTS } from "./controllers/own-kinds.ts";
import { createEventRecorder } from "./event-recorder.ts";
import type { EventNote, EventRecorder } from "./event-recorder.ts";
import { plainConnection } from "./plain-connection.ts";

let server: FakeApiServer;
let api: KubeApi;
let recorder: EventRecorder;
let lost: (readonly [message: string, dropped: number])[];

beforeEach(async () => {
  server = await createFakeApiServer({ resources: [EVENTS] });
  api = createKubeApi({ connection: plainConnection({ server: server.url }), qps: 0 });
  lost = [];
  let id = 0;
  recorder = createEventRecorder({
    api,
    now: () => new Date("2026-01-02T03:04:05.678Z"),
    newId: () => `${id++}`,
    onLoss: (...loss) => void lost.push(loss),
  });
});

afterEach(async () => {
  await recorder.stop();
  await api.close();
  await server.stop();
});

const note = (over: Partial<EventNote["involved"]> = {}, message = "no"): EventNote => ({
  component: "gatekeeper-webhook",
  type: "Warning",
  reason: "FailedAdmission",
  message,
  annotations: { process: "admission" },
  involved: { kind: "Pod", name: "web", namespace: "shop", uid: "u", ...over },
});

const events = () => [...server.objects(EVENTS).values()];
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 5 });

it("makes an Event in the namespace of the object it is about", async () => {
  recorder.record(note());
  await eventually(() => expect(events()).toHaveLength(1));
  expect(events()[0]).toMatchObject({
    metadata: { name: "web.0", namespace: "shop", annotations: { process: "admission" } },
    involvedObject: { kind: "Pod", name: "web", namespace: "shop", uid: "u" },
    type: "Warning",
    reason: "FailedAdmission",
    message: "no",
    source: { component: "gatekeeper-webhook" },
    firstTimestamp: "2026-01-02T03:04:05Z",
    count: 1,
  });
});

it("counts what happens again in the Event that is there, and makes it anew once it is gone", async () => {
  recorder.record(note());
  await eventually(() => expect(events()).toHaveLength(1));
  recorder.record(note());
  await eventually(() => expect(valueAt(events()[0], "count")).toBe(2));
  server.remove(EVENTS, { namespace: "shop", name: "web.0" });
  recorder.record(note());
  await eventually(() => expect(events().map((event) => valueAt(event, "count"))).toEqual([1]));
  recorder.record(note({}, "another"));
  await eventually(() => expect(events()).toHaveLength(2));
});

it.each([
  ["", "unnamed"],
  ["system:node:A", "system-node-a"],
  ["a..b", "a.b"],
  ["-.x.-", "x"],
  ["a.-b", "a.b"],
])("names the Event of an object named %j so that the API server takes it", async (name, base) => {
  recorder.record(note({ name }));
  await eventually(() =>
    expect(events().map((event) => textAt(event, "metadata", "name"))).toEqual([`${base}.0`]),
  );
});

it("cuts a long message, between characters", async () => {
  recorder.record(note({}, "😀".repeat(2000)));
  await eventually(() => expect(textAt(events()[0], "message")).toBe("😀".repeat(1024)));
});

it("drops what comes faster than it can be written, and tells how many", async () => {
  server.failNext({ kind: "slow", ms: 300 });
  for (let i = 0; i < 1500; i++) recorder.record(note({}, `message ${i}`));
  await eventually(() => expect(lost.length).toBeGreaterThan(0));
  await eventually(() => expect(events().length + lost.reduce((sum, [, n]) => sum + n, 0)).toBe(1500));
  expect(events().length).toBeGreaterThanOrEqual(1000);
});

it("tells what the API server refuses, and goes on", async () => {
  server.failNext({ kind: "status", code: 403, reason: "Forbidden" });
  recorder.record(note());
  await eventually(() => expect(lost.map(([, dropped]) => dropped)).toEqual([1]));
  recorder.record(note());
  await eventually(() => expect(events()).toHaveLength(1));
});

it("writes nothing after its end", async () => {
  await recorder.stop();
  recorder.record(note());
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(events()).toEqual([]);
});

it("drops none of whoever waits for room", async () => {
  for (let i = 0; i < 1100; i++) {
    await recorder.room();
    recorder.record(note({}, `no ${i}`));
  }
  await eventually(() => expect(events()).toHaveLength(1100));
  expect(lost).toEqual([]);
});

it("lets go of who waits when it stops", async () => {
  for (let i = 0; i < 1004; i++) recorder.record(note({}, `no ${i}`));
  const waiting = recorder.room();
  await recorder.stop();
  expect(await waiting).toBeUndefined();
});

it("counts the same Event also where it comes while the first one is being written", async () => {
  for (let i = 0; i < 3; i++) recorder.record(note());
  await eventually(() => expect(valueAt(events()[0], "count")).toBe(3));
  expect(events()).toHaveLength(1);
});
