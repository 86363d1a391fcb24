import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExportTarget, Publishing } from "@portcullis/engine/cluster";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createMetrics } from "../observability/metrics.ts";
import type { ServerMetrics } from "../observability/metrics.ts";
import { AdmissionExport } from "./admission-export.ts";

let folder: string;
let target: ExportTarget | undefined;
let published: Publishing[];
let logged: string[];
let metrics: ServerMetrics;
let exporting: AdmissionExport;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "admission-export-"));
  target = disk("one");
  published = [];
  logged = [];
  metrics = createMetrics();
  const note = (message: string, fields: object = {}) =>
    void logged.push(`${message} ${JSON.stringify(fields)}`);
  exporting = new AdmissionExport({
    connection: { target: () => target, published: (how) => void published.push(how) },
    name: "audit-connection",
    channel: "channel",
    metrics: metrics.exports(),
    log: { debug: note, info: note, error: note },
    lookMs: 5,
  });
});
afterEach(async () => {
  await exporting.stop();
  rmSync(folder, { recursive: true, force: true });
});

function disk(name: string): ExportTarget {
  return { driver: "disk", path: join(folder, name), maxAuditResults: 3, closedConnectionTtlMs: 60_000 };
}
const offer = (...messages: readonly string[]): void => {
  for (const message of messages) exporting.offer(() => ({ id: "1", message }));
};
const files = (name = "one"): readonly string[] => {
  const channel = join(folder, name, "channel");
  return existsSync(channel) ? readdirSync(channel) : [];
};
const exported = (name = "one"): readonly unknown[] =>
  files(name).flatMap((file) =>
    readFileSync(join(folder, name, "channel", file), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { message: unknown }).message),
  );
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 5 });
const count = async (name: string, labels = ""): Promise<number> => {
  const text = await metrics.registry.metrics();
  const line = text
    .split("\n")
    .find((each) => each.startsWith(`gatekeeper_admission_export_${name}${labels} `));
  return Number(line?.split(" ").at(-1));
};

describe("violations of admission requests", () => {
  it("are in a file soon, and counted; the Connection's status says that all is well", async () => {
    offer("a", "b");
    await eventually(() => expect(exported()).toEqual(["a", "b"]));
    expect(files()).toEqual([expect.stringMatching(/\.open$/)]);
    await eventually(() =>
      expect(published).toMatchObject([{ source: "webhook", active: true, errors: [] }]),
    );
    expect(await count("queued_count_total")).toBe(2);
    expect(await count("published_count_total")).toBe(2);
    expect([await count("queue_depth"), await count("queue_bytes")]).toEqual([0, 0]);
    expect(await count("dropped_count_total", '{reason="shutdown"}')).toBe(0);
    offer("c");
    await exporting.stop();
    expect(exported()).toEqual(["a", "b", "c"]);
    expect(files()).toEqual([expect.stringMatching(/\.log$/)]);
  });

  it("that have no room are dropped and counted, and said in one line", async () => {
    offer(...Array.from({ length: 1100 }, String), "x".repeat(70_000));
    expect(await count("queued_count_total")).toBe(1024);
    await eventually(() => expect(exported()).toHaveLength(1024));
    expect(await count("queue_full_count_total")).toBe(77);
    expect(await count("dropped_count_total", '{reason="queue_full"}')).toBe(77);
    offer("x".repeat(70_000));
    expect(await count("dropped_count_total", '{reason="message_too_large"}')).toBe(1);
    expect(logged).toEqual(['violations of admission requests are not exported {"error":"queue_full"}']);
  });

  it.each<[where: string, spoil: () => void, why: RegExp]>([
    ["there is no Connection", () => (target = undefined), /there is no usable Connection audit-connection/],
    [
      "the Connection is one of Dapr",
      () => (target = { driver: "dapr", component: "c" }),
      /not supported by the Dapr driver; set the export backend to disk/,
    ],
    ["the folder cannot be made", () => writeFileSync(join(folder, "one"), ""), /EEXIST|ENOTDIR/],
  ])("are lost where %s, which is told and counted", async (_, spoil, why) => {
    spoil();
    offer("a", "b");
    await eventually(() => expect(published.length).toBeGreaterThan(0));
    const [how] = published;
    expect(how).toMatchObject({ source: "webhook", active: false });
    expect(how?.errors.join("\n")).toMatch(why);
    await eventually(async () => expect(await count("publish_error_count_total")).toBe(2));
    expect(logged).toHaveLength(1);
    target = disk("two");
    offer("c");
    await eventually(() => expect(exported("two")).toEqual(["c"]));
    await eventually(() => expect(published.at(-1)).toMatchObject({ active: true, errors: [] }));
  });

  it("follow the Connection, and leave nothing behind where it was", async () => {
    offer("a");
    await eventually(() => expect(exported()).toEqual(["a"]));
    target = disk("two");
    await eventually(() => expect(existsSync(join(folder, "one"))).toBe(false));
    offer("b");
    await eventually(() => expect(exported("two")).toEqual(["b"]));
    target = undefined;
    await eventually(() => expect(existsSync(join(folder, "two"))).toBe(false));
  });

  it("are published whenever they come, and to the last one when it ends", async () => {
    const all = Array.from({ length: 300 }, String);
    for (const message of all) {
      offer(message);
      // At any point of what goes on behind.
      for (let turns = Number(message) % 12; turns > 0; turns--) await Promise.resolve();
    }
    await exporting.stop();
    expect(exported()).toEqual(all);
    expect(await count("published_count_total")).toBe(300);
  });

  it("are taken in no more once it ends", async () => {
    await exporting.stop();
    offer("a");
    expect(await count("dropped_count_total", '{reason="shutdown"}')).toBe(1);
  });
});
