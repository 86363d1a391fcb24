import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { PlainObject } from "@portcullis/interpreter";
import { textAt } from "../kubernetes/object-meta.ts";
import { createFakeApiServer } from "../testing/fake-api-server/fake-api-server.ts";
import type { CallFault, FakeApiServer } from "../testing/fake-api-server/fake-api-server.ts";
import type { WatchFault } from "../testing/fake-api-server/watch-streams.ts";
import { createKubeApi } from "./api.ts";
import { createListWatch } from "./list-watch.ts";
import type { Change } from "./object-cache.ts";
import { plainConnection } from "./plain-connection.ts";

const WIDGETS = { group: "example.com", version: "v1", kind: "Widget", plural: "widgets", namespaced: true };

/** One thing that happens to the server. */
type Step =
  | { readonly do: "put"; readonly name: string; readonly size: number }
  | { readonly do: "remove"; readonly name: string }
  | { readonly do: "fail"; readonly fault: CallFault }
  | { readonly do: "break"; readonly fault: WatchFault }
  | { readonly do: "compact" | "bookmark" | "restart" }
  /** Lets the list-watch get on with it. */
  | { readonly do: "wait"; readonly ms: number };

const names = fc.constantFrom("a", "b", "c", "d", "e", "f", "g");

const callFault: fc.Arbitrary<CallFault> = fc.oneof(
  fc.constantFrom<CallFault>(
    { kind: "reset" },
    { kind: "hang" },
    { kind: "truncate" },
    { kind: "garbage" },
    { kind: "slow", ms: 3 },
    { kind: "status", code: 410, reason: "Expired" },
    { kind: "status", code: 429, reason: "TooManyRequests", retryAfterSeconds: 0 },
    { kind: "status", code: 401, reason: "Unauthorized" },
    { kind: "status", code: 403, reason: "Forbidden" },
    { kind: "status", code: 404, reason: "NotFound" },
    { kind: "status", code: 500, reason: "InternalError" },
    { kind: "status", code: 503, reason: "ServiceUnavailable" },
    { kind: "status", code: 504, reason: "Timeout" },
  ),
);

const step = fc.oneof<fc.MaybeWeightedArbitrary<Step>[]>(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("put" as const), name: names, size: fc.nat(99) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("remove" as const), name: names }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("fail" as const), fault: callFault }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("break" as const),
      fault: fc.constantFrom<WatchFault>("end", "reset", "truncate", "silence", "expire", "error", "garbage"),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("compact" as const, "bookmark" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat(8) }) },
);

const widget = (name: string, size: number) => ({
  apiVersion: "example.com/v1",
  kind: "Widget",
  metadata: { name, namespace: "default" },
  spec: { size },
});

async function take(server: FakeApiServer, each: Step): Promise<void> {
  switch (each.do) {
    case "put":
      server.put(widget(each.name, each.size));
      break;
    case "remove":
      server.remove(WIDGETS, { namespace: "default", name: each.name });
      break;
    case "fail":
      server.failNext(each.fault);
      break;
    case "break":
      server.breakWatches(each.fault);
      break;
    case "compact":
      server.compact();
      break;
    case "bookmark":
      server.bookmark();
      break;
    case "restart":
      await server.stop();
      await server.start();
      break;
    case "wait":
      await new Promise((resolve) => setTimeout(resolve, each.ms));
      break;
  }
}

describe("a list-watch after random faults", () => {
  it("shows what the server has, and has told each change once, in order", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        async (steps, pageSize) => {
          const server = await createFakeApiServer({ resources: [WIDGETS] });
          const api = createKubeApi({ connection: plainConnection({ server: server.url }), qps: 0 });
          const changes: Change[] = [];
          const listWatch = createListWatch({
            api,
            resource: WIDGETS,
            onChange: (change) => changes.push(change),
            pageSize,
            timing: { backoffMs: 1, maxBackoffMs: 4, idleTimeoutMs: 40, listTimeoutMs: 40 },
          });
          try {
            listWatch.start();
            for (const each of steps) await take(server, each);
            server.failNoMore();
            // What comes last is seen too, by whatever watch is open then.
            server.put(widget("last", steps.length));
            const present = () => new Map(server.objects(WIDGETS));
            const held = () =>
              new Map([...listWatch.cache.keys()].map((key) => [key, listWatch.cache.get(key)]));
            await vi.waitFor(() => expect(held()).toEqual(present()), { timeout: 30_000, interval: 2 });
            expect(replayed(changes)).toEqual(present());
          } finally {
            await listWatch.stop();
            await api.close();
            await server.stop();
          }
        },
      ),
      { numRuns: Number(process.env["FAULT_RUNS"] ?? 60) },
    );
  });
});

/** What somebody knows who was told of the changes alone. Each must begin where the one before it ended, and change something. */
function replayed(changes: readonly Change[]): ReadonlyMap<string, PlainObject> {
  const known = new Map<string, PlainObject>();
  const newest = new Map<string, number>();
  for (const { key, object, previous } of changes) {
    expect(previous).toEqual(known.get(key));
    if (object === undefined) {
      expect(previous).toBeDefined();
      known.delete(key);
      continue;
    }
    // Never twice the same state, never an older one.
    expect(versionOf(object)).toBeGreaterThan(newest.get(key) ?? 0);
    newest.set(key, versionOf(object));
    known.set(key, object);
  }
  return known;
}

function versionOf(object: PlainObject): number {
  return Number(textAt(object, "metadata", "resourceVersion"));
}
