import { expect, it } from "vitest";
import { statistics } from "./statistics.ts";
import { rego } from "./testing.ts";

const bench = (...args: readonly string[]) => rego(["bench", "--benchtime", "1ms", ...args]);

it("tells OPA's figures as JSON", async () => {
  const { code, out } = await bench("-f", "json", "1 + 1");
  expect(code).toBe(0);
  const figures = JSON.parse(out) as { N: number; T: number; Extra: Record<string, number> };
  expect(Object.keys(figures)).toEqual(["N", "T", "Bytes", "MemAllocs", "MemBytes", "Extra"]);
  expect(figures.Extra["histogram_timer_rego_query_eval_ns_count"]).toBe(figures.N);
});

it.each([
  ["pretty", /│ samples +│ +\d+ │\n│ ns\/op +│ +\d+ │/],
  ["gobench", /^BenchmarkOPAEval\t\d+\t\d+ ns\/op\t/],
])("tells them as %s", async (format, text) => {
  expect((await bench("-f", format, "1")).out).toMatch(text);
});

it("can leave the spread out, and repeat", async () => {
  const { out } = await bench("--metrics=false", "-f", "gobench", "--count", "2", "1");
  expect(out).toMatch(/^(BenchmarkOPAEval\t\d+\t\d+ ns\/op\n){2}$/);
});

it.each([
  [["input.x"], 1, "undefined result"],
  [["--fail=false", "input.x"], 0, ""],
  [["nobody"], 1, "var nobody is unsafe"],
  [["-d", "absent", "1"], 1, "stat absent: no such file or directory"],
  [["--benchmem", "1"], 1, "Node does not count allocations"],
  [[], 1, "specify query argument"],
])("%j exits with %i", async (args, code, message) => {
  const said = await bench(...args);
  expect(said.code).toBe(code);
  expect(said.err).toContain(message);
});

it("percentiles lie between samples", () => {
  expect(statistics([4, 1, 3, 2])).toMatchObject({
    median: 2.5,
    min: 1,
    max: 4,
    mean: 2.5,
    "75%": 3.75,
    "99%": 4,
  });
});
