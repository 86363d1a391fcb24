import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { constraint, pod, template } from "../../testing/index.ts";
import { folder, gator } from "../testing/gator-in-process.ts";
import { compareResults } from "./compare.ts";
import type { BenchResult } from "./results.ts";

const policies = (): string =>
  folder({
    "template.json": template("KA", 'package x\nviolation[{"msg": "no"}] { true }'),
    "constraint.json": constraint("KA", "c"),
    "pod.json": pod("a"),
  });
const bench = (root: string, ...more: readonly string[]) =>
  gator(["bench", "-f", root, "-n", "3", "--warmup=0", ...more]);

const BASE: BenchResult = {
  engine: "rego",
  templateCount: 1,
  constraintCount: 1,
  objectCount: 1,
  iterations: 1000,
  concurrency: 1,
  setupDuration: 1,
  setupBreakdown: { clientCreation: 1, templateCompilation: 1, constraintLoading: 1, dataLoading: 1 },
  totalDuration: 1,
  latencies: { min: 1, max: 1000, mean: 1000, p50: 1000, p95: 1000, p99: 1000 },
  violationCount: 1,
  reviewsPerSecond: 1000,
};

describe("a result beside an earlier one", () => {
  const slower = (p99: number): BenchResult => ({ ...BASE, latencies: { ...BASE.latencies, p99 } });
  it.each<[string, BenchResult, Parameters<typeof compareResults>[2], readonly string[]]>([
    ["the same", BASE, { threshold: 0, minThreshold: 0 }, []],
    ["a latency within the threshold", slower(1100), { threshold: 10, minThreshold: 0 }, []],
    ["a latency above it", slower(1101), { threshold: 10, minThreshold: 0 }, ["P99 Latency"]],
    ["a latency above it by too little to count", slower(1200), { threshold: 10, minThreshold: 201 }, []],
    ["a shorter latency", slower(1), { threshold: 0, minThreshold: 0 }, []],
    [
      "less throughput",
      { ...BASE, reviewsPerSecond: 800 },
      { threshold: 10, minThreshold: 1e9 },
      ["Throughput"],
    ],
    ["more throughput", { ...BASE, reviewsPerSecond: 8000 }, { threshold: 10, minThreshold: 0 }, []],
  ])("%s", (_what, now, thresholds, worse) => {
    const [comparison] = compareResults([BASE], [now], thresholds);
    expect(comparison?.metrics.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual(worse);
  });

  it("compares memory where both have it, and engines by name", () => {
    const [was, is] = [100, 200].map((bytesPerReview) => ({
      ...BASE,
      memoryStats: { totalBytes: 1, bytesPerReview },
    })) as [BenchResult, BenchResult];
    const limits = { threshold: 10, minThreshold: 0 };
    expect(compareResults([was], [is], limits)[0]?.metrics.at(-1)).toMatchObject({
      name: "Bytes/Review",
      delta: 100,
      passed: false,
    });
    expect(compareResults([BASE], [is], limits)[0]?.metrics.at(-1)?.name).toBe("Throughput");
    expect(compareResults([{ ...BASE, engine: "cel" }], [BASE], limits)).toEqual([]);
  });
});

describe("gator bench --save and --compare", () => {
  it.each([
    ["baseline.json", (text: string): unknown => JSON.parse(text)],
    ["baseline.yaml", (text: string): unknown => parse(text)],
  ] as const)("keeps %s and reads it again", async (name, read) => {
    const root = policies();
    const file = join(folder({}), name);
    const saved = await bench(root, "--save", file);
    expect(saved).toMatchObject({ exit: 0, stderr: expect.stringContaining(`Results saved to: ${file}\n`) });
    expect(read(readFileSync(file, "utf8"))).toMatchObject([
      {
        engine: "rego",
        templateCount: 1,
        constraintCount: 1,
        iterations: 3,
        latencies: { p50: expect.any(Number) },
      },
    ]);
    const compared = await bench(root, "--compare", file, "--threshold=1e9", "--memory");
    expect(compared).toMatchObject({ exit: 0, stdout: expect.stringContaining("P99 Latency") });
  });

  it.each([
    ["worse", 1e-3, 1],
    ["better", 1e15, 0],
  ])("exits by whether it got %s", async (_word, p50, exit) => {
    const file = join(folder({}), "baseline.json");
    const latencies = { min: p50, max: p50, mean: p50, p50, p95: p50, p99: p50 };
    writeFileSync(file, JSON.stringify([{ ...BASE, latencies, reviewsPerSecond: 1 / p50 }]));
    expect(await bench(policies(), "--compare", file)).toMatchObject({ exit });
  });

  it("says that another engine is no baseline", async () => {
    const file = join(folder({ "baseline.json": [{ ...BASE, engine: "other" }] }), "baseline.json");
    expect(await bench(policies(), "--compare", file)).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining("Warning: No matching engines found for comparison\n"),
    });
  });

  it.each([
    ["no JSON", "{", "the file holds no list of results"],
    ["no list", "{}", "the file holds no list of results"],
    ["other things", '[1, {"engine": "rego"}, null]', "the file holds no list of results"],
  ])("refuses a baseline with %s", async (_what, text, message) => {
    const file = join(folder({ "baseline.json": text }), "baseline.json");
    expect(await bench(policies(), "--compare", file)).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining(`loading baseline: unmarshaling baseline: ${message}\n`),
    });
  });

  it("refuses a baseline that is not there before it measures", async () => {
    expect(await bench(policies(), "--compare", "nowhere.json")).toMatchObject({
      exit: 1,
      stdout: "",
      stderr: expect.stringContaining("baseline file does not exist: nowhere.json\n"),
    });
  });
});
