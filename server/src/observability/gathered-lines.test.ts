import { beforeEach, expect, it } from "vitest";
import { gatheredLines } from "./gathered-lines.ts";

let written: string[];
let destination: ReturnType<typeof gatheredLines>;
beforeEach(() => {
  written = [];
  destination = gatheredLines({ write: (text) => written.push(text) });
});
const turn = () => new Promise((resolve) => setImmediate(resolve));

it("writes the lines of one go at once, in their order", async () => {
  destination.write("a\n");
  destination.write("b\n");
  expect(written).toEqual([]);
  await turn();
  destination.write("c\n");
  await turn();
  expect(written).toEqual(["a\nb\n", "c\n"]);
});

it("makes no piece that two processes could write into one another, but of a line that is longer by itself", async () => {
  const lines = ["é".repeat(1500), "y".repeat(1500), "z".repeat(5000), "end"].map((text) => `${text}\n`);
  for (const line of lines) destination.write(line);
  await turn();
  expect(written).toEqual(lines);
});

it("writes what waits when the process ends", () => {
  destination.write("last\n");
  process.emit("exit", 0);
  expect(written).toEqual(["last\n"]);
});
