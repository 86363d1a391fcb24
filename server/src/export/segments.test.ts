import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SEGMENT_LIMITS, Segments } from "./segments.ts";
import type { SegmentLimits } from "./segments.ts";

let path: string;
let now: number;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "segments-"));
  now = Date.now();
});
afterEach(() => rmSync(path, { recursive: true }));

const MINUTE_MS = 60_000;
const segments = (limits: Partial<SegmentLimits> = {}): Segments =>
  new Segments(path, "channel", { ...SEGMENT_LIMITS, freeBytes: 0, ...limits }, () => new Date(now));
const folder = (): string => join(path, "channel");
const files = (): readonly string[] => (existsSync(folder()) ? readdirSync(folder()).sort() : []);
/** What is in the files, by their endings, the oldest first. */
const contents = (): readonly (readonly [string, string])[] =>
  files().map((name) => [name.slice(name.lastIndexOf(".")), readFileSync(join(folder(), name), "utf8")]);
const add = async (to: Segments, ...lines: readonly string[]): Promise<number> => {
  let written = 0;
  await to.add(lines, (count) => (written += count));
  now += 1;
  return written;
};
const older = (name: string, byMs: number): void => {
  const at = (Date.now() - byMs) / 1000;
  utimesSync(join(folder(), name), at, at);
};

describe("segments", () => {
  it("grow under one name and are whole under another", async () => {
    const one = segments();
    expect(await add(one, "a", "b")).toBe(2);
    expect(await add(one, "c")).toBe(1);
    expect(files()).toEqual([expect.stringMatching(/^admission-\d{8}T\d{6}\.\d{9}Z-[0-9a-f]{16}\.open$/)]);
    await one.finish();
    expect(contents()).toEqual([[".log", "a\nb\nc\n"]]);
    await one.finish();
    expect(files()).toHaveLength(1);
  });

  it("become whole when they have enough records, or no room for the next one", async () => {
    await add(segments({ records: 2 }), "a", "b", "c", "d", "e");
    expect(contents()).toEqual([
      [".log", "a\nb\n"],
      [".log", "c\nd\n"],
      [".open", "e\n"],
    ]);
    rmSync(folder(), { recursive: true });
    const small = segments({ bytes: 6 });
    await add(small, "aa", "bb", "c", "long as it may be", "d");
    expect(
      contents()
        .map(([, text]) => text)
        .sort(),
    ).toEqual(["aa\nbb\n", "c\n", "d\n", "long as it may be\n"]);
  });

  it("become whole when they are old, whether something is added or not", async () => {
    const one = segments();
    await add(one, "a");
    now += MINUTE_MS;
    await add(one, "b");
    expect(contents().map(([ending]) => ending)).toEqual([".log", ".open"]);
    await one.lookAfter();
    expect(contents().map(([ending]) => ending)).toEqual([".log", ".open"]);
    now += MINUTE_MS;
    await one.lookAfter();
    expect(contents()).toEqual([
      [".log", "a\n"],
      [".log", "b\n"],
    ]);
  });

  it("make room for new ones, the oldest first; what is not theirs stays", async () => {
    mkdirSync(folder());
    writeFileSync(join(folder(), "2026-01-02T03_04_05Z.log"), "of an audit");
    const one = segments({ records: 1, whole: 2 });
    for (const line of ["a", "b", "c", "d"]) await add(one, line);
    await one.lookAfter();
    expect(contents().map(([, text]) => text)).toEqual(["of an audit", "c\n", "d\n"]);
    await segments({ allBytes: 5 }).lookAfter();
    expect(files()).toHaveLength(3);
    await segments({ allBytes: 3 }).lookAfter();
    expect(contents().map(([, text]) => text)).toEqual(["of an audit", "d\n"]);
    now += SEGMENT_LIMITS.wholeAgeMs + MINUTE_MS;
    await one.lookAfter();
    expect(contents().map(([, text]) => text)).toEqual(["of an audit"]);
  });

  it("are not begun where too little is free, and go on when there is room again", async () => {
    const full = segments({ freeBytes: Number.MAX_SAFE_INTEGER });
    mkdirSync(folder());
    await expect(add(full, "a")).rejects.toThrow(/bytes are free below/);
    expect(files()).toEqual([]);
    expect(await add(segments(), "a")).toBe(1);
  });

  it("of a process that died become whole with their whole lines; those of a live one are left alone", async () => {
    mkdirSync(folder());
    writeFileSync(join(folder(), "admission-1.open"), '{"a":1}\n{"b":2}\n{"c"');
    writeFileSync(join(folder(), "admission-2.open"), "no line");
    writeFileSync(join(folder(), "admission-3.open"), "alive\n");
    for (const name of ["admission-1.open", "admission-2.open"]) older(name, 6 * MINUTE_MS);
    await segments().lookAfter();
    expect(contents()).toEqual([
      [".log", '{"a":1}\n{"b":2}\n'],
      [".open", "alive\n"],
    ]);
  });

  it("lead nowhere else", async () => {
    expect(() => new Segments(path, "../x")).toThrow(/is not the name of a folder/);
    symlinkSync(tmpdir(), folder());
    await expect(add(segments(), "a")).rejects.toThrow(/is not a folder/);
  });

  it("may be taken away while they grow", async () => {
    const one = segments();
    await add(one, "a");
    rmSync(folder(), { recursive: true });
    await expect(one.finish()).rejects.toThrow(/ENOENT/);
    expect(await add(one, "b")).toBe(1);
    await one.abandon();
    expect(contents()).toEqual([[".open", "b\n"]]);
  });
});
