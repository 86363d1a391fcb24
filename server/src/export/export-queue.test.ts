import { describe, expect, it } from "vitest";
import { ExportQueue } from "./export-queue.ts";

const record = (message: string) => () => ({ id: "1", message });
const BYTES = '{"id":"1","message":"x"}'.length;

describe("the queue of exports", () => {
  it("gives back what was put in, the first first", () => {
    const queue = new ExportQueue();
    for (const message of ["a", "b", "c"]) expect(queue.offer(record(message))).toBeUndefined();
    expect([queue.depth, queue.bytes]).toEqual([3, 3 * BYTES]);
    expect(queue.take(2)).toEqual(['{"id":"1","message":"a"}', '{"id":"1","message":"b"}']);
    expect([queue.depth, queue.bytes]).toEqual([1, BYTES]);
    expect(queue.take(Infinity)).toHaveLength(1);
    expect([queue.depth, queue.bytes]).toEqual([0, 0]);
  });

  it("has room for Gatekeeper's numbers", () => {
    const queue = new ExportQueue();
    const longest = "x".repeat(64 * 1024 - BYTES + 1);
    expect(queue.offer(record(`${longest}x`))).toBe("message_too_large");
    expect(queue.offer(record(longest.replace("x", "é")))).toBe("message_too_large");
    for (let i = 0; i < 256; i++) expect(queue.offer(record(longest))).toBeUndefined();
    expect(queue.bytes).toBe(16 * 1024 * 1024);
    expect(queue.offer(record("x"))).toBe("queue_bytes_full");
    queue.take(Infinity);
    for (let i = 0; i < 1024; i++) queue.offer(record("x"));
    let made = false;
    expect(
      queue.offer(() => {
        made = true;
        return record("x")();
      }),
    ).toBe("queue_full");
    expect(made).toBe(false);
    expect(queue.depth).toBe(1024);
  });

  it("does not write down what is too long anyway, nor break with what cannot be written", () => {
    const queue = new ExportQueue();
    const labels = Object.defineProperty({}, "a", {
      enumerable: true,
      get: () => {
        throw new Error("read");
      },
    });
    const odd = (message: string) => () => ({ id: "1", message, resourceLabels: labels });
    expect(queue.offer(odd("x".repeat(100_000)))).toBe("message_too_large");
    expect(queue.offer(odd("x"))).toBe("marshal_error");
    expect([queue.depth, queue.bytes]).toEqual([0, 0]);
  });

  it("takes nothing in any more once it is closed", () => {
    const queue = new ExportQueue();
    queue.offer(record("x"));
    queue.close();
    expect(queue.offer(record("x"))).toBe("shutdown");
    expect(queue.take(9)).toHaveLength(1);
  });
});
