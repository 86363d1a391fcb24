import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createWorkQueue, RECONCILED } from "./work-queue.ts";
import type { Reconciled, WorkFailure, WorkQueueOptions } from "./work-queue.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  vi.spyOn(Math, "random").mockReturnValue(1);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A queue whose work on a key ends when the test says how. */
function queueByHand(options: Partial<WorkQueueOptions> = {}) {
  const started: string[] = [];
  const open = new Map<string, (outcome: Reconciled) => void>();
  const queue = createWorkQueue({
    reconcile: (key) => {
      started.push(key);
      return new Promise((resolve) => open.set(key, resolve));
    },
    ...options,
  });
  const finish = async (key: string, outcome: Reconciled = RECONCILED) => {
    open.get(key)?.(outcome);
    await settle();
  };
  return { queue, started, finish };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

describe("work queue", () => {
  it("works on a key once, however often it is added while it waits", async () => {
    const { queue, started, finish } = queueByHand();
    for (const key of ["a", "b", "b", "a", "b"]) queue.add(key);
    await settle();
    await finish("a");
    await finish("b");
    expect(started).toEqual(["a", "b"]);
    expect(queue.busy).toBe(0);
  });

  it("works on a key again, afterwards, when it is added during the work on it", async () => {
    const { queue, started, finish } = queueByHand({ concurrency: 4 });
    queue.add("a");
    await settle();
    queue.add("a");
    queue.add("a");
    await settle();
    expect(started).toEqual(["a"]);
    await finish("a");
    expect(started).toEqual(["a", "a"]);
    await finish("a");
    expect(started).toEqual(["a", "a"]);
  });

  it("works on as many keys at the same time as it is told, in the order in which they came", async () => {
    const { queue, started, finish } = queueByHand({ concurrency: 2 });
    for (const key of ["a", "b", "c"]) queue.add(key);
    await settle();
    expect(started).toEqual(["a", "b"]);
    await finish("b");
    expect(started).toEqual(["a", "b", "c"]);
  });

  it("waits twice as long after each failure in a row, up to the longest wait, and forgets them after a success", async () => {
    const failures: WorkFailure[] = [];
    const outcomes: Reconciled[] = Array.from({ length: 4 }, () => ({ ok: false, message: "no" }));
    const queue = createWorkQueue({
      reconcile: async () => outcomes.shift() ?? RECONCILED,
      onFailure: (failure) => failures.push(failure),
      backoffMs: 100,
      maxBackoffMs: 500,
    });
    queue.add("a");
    await vi.advanceTimersByTimeAsync(10_000);
    outcomes.push({ ok: false, message: "again" });
    queue.add("a");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(failures.map(({ attempts, retryInMs }) => [attempts, retryInMs])).toEqual([
      [1, 100],
      [2, 200],
      [3, 400],
      [4, 500],
      [1, 100],
    ]);
  });

  it("takes what the work throws for a failure", async () => {
    const failures: WorkFailure[] = [];
    const queue = createWorkQueue({
      reconcile: () => {
        throw new TypeError("broken");
      },
      onFailure: (failure) => failures.push(failure),
    });
    queue.add("a");
    await settle();
    expect(failures).toMatchObject([{ key: "a", message: "broken", thrown: new TypeError("broken") }]);
    await queue.stop();
  });

  it("ends the wait after a failure when the key is added", async () => {
    const { queue, started, finish } = queueByHand({ backoffMs: 60_000 });
    queue.add("a");
    await settle();
    await finish("a", { ok: false, message: "no" });
    queue.add("a");
    await settle();
    expect(started).toEqual(["a", "a"]);
  });

  it("limits the retries of all keys together, not the first attempts", async () => {
    let attempts = 0;
    const queue = createWorkQueue({
      reconcile: async () => ({ ok: ++attempts === 0, message: "no" }),
      backoffMs: 1,
      maxBackoffMs: 1,
      retriesPerSecond: 10,
      concurrency: 300,
    });
    for (let i = 0; i < 200; i++) queue.add(`${i}`);
    await settle();
    expect(attempts).toBe(200);
    await vi.advanceTimersByTimeAsync(5);
    // The burst of 100 comes back and fails again; the others wait for their turn.
    expect(attempts).toBe(300);
    await queue.stop();
  });

  it("looks again later, at the earliest of the times asked for", async () => {
    const { queue, started, finish } = queueByHand();
    queue.addAfter("a", 1000);
    queue.addAfter("a", 5000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(started).toEqual(["a"]);
    await finish("a", { ok: true, againInMs: 300 });
    await vi.advanceTimersByTimeAsync(299);
    expect(started).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(started).toEqual(["a", "a"]);
  });

  it("tells when nothing waits any more", async () => {
    const { queue, finish } = queueByHand();
    await queue.whenIdle();
    let idle = false;
    queue.add("a");
    void queue.whenIdle().then(() => (idle = true));
    await settle();
    expect(idle).toBe(false);
    await finish("a");
    expect(idle).toBe(true);
  });

  it("stops when what is under way has ended, and starts nothing more", async () => {
    let signalled = false;
    const { queue, started, finish } = queueByHand();
    const other = createWorkQueue({
      reconcile: (_key, signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => {
            signalled = true;
            resolve(RECONCILED);
          });
        }),
    });
    other.add("x");
    queue.add("a");
    queue.add("b");
    await settle();
    await other.stop();
    expect(signalled).toBe(true);
    let stopped = false;
    void queue.stop().then(() => (stopped = true));
    await settle();
    expect(stopped).toBe(false);
    await finish("a", { ok: false, message: "no" });
    expect(stopped).toBe(true);
    queue.add("c");
    await vi.advanceTimersByTimeAsync(100_000);
    expect(started).toEqual(["a"]);
  });
});
