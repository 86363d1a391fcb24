import { expect, it } from "vitest";
import { ServingSlots } from "./slots.ts";

const never = new AbortController().signal;

it("lets as many in as there are slots, the others in their order", async () => {
  const slots = new ServingSlots(1);
  const order: number[] = [];
  const first = await slots.acquire(never);
  const waiting = [1, 2].map(async (n) => {
    const release = await slots.acquire(never);
    order.push(n);
    release();
  });
  expect(order).toEqual([]);
  first();
  first();
  await Promise.all(waiting);
  expect(order).toEqual([1, 2]);
  await slots.acquire(never);
});

it("gives up with its signal and leaves the slot to the next", async () => {
  const slots = new ServingSlots(1);
  const release = await slots.acquire(never);
  const controller = new AbortController();
  const left = new Error("left");
  const gone = slots.acquire(controller.signal);
  const next = slots.acquire(never);
  controller.abort(left);
  await expect(gone).rejects.toThrow(left);
  release();
  await next;
  await expect(slots.acquire(controller.signal)).rejects.toThrow(left);
});
