import { beforeEach, describe, expect, it } from "vitest";
import type { DiskTarget, ExportTarget } from "./connection-config.ts";
import { LeftBehind } from "./left-behind.ts";

const disk = (path: string): DiskTarget => ({
  driver: "disk",
  path,
  maxAuditResults: 3,
  closedConnectionTtlMs: 60_000,
});
const DAPR: ExportTarget = { driver: "dapr", component: "c" };

let now: number;
let fails: boolean;
let removed: string[];
let problems: string[];
let left: LeftBehind;
beforeEach(() => {
  now = 0;
  fails = false;
  removed = [];
  problems = [];
  left = new LeftBehind({
    remove({ path }) {
      if (fails) return Promise.reject(new Error("EACCES"));
      removed.push(path);
      return Promise.resolve();
    },
    onProblem: (message) => void problems.push(message),
    now: () => now,
  });
});

const follow = async (...targets: readonly (ExportTarget | undefined)[]): Promise<void> => {
  for (const target of targets) await left.lookAfter(target);
};

describe("what a Connection leaves behind", () => {
  it("is taken away when it is gone, names another folder or another driver, and only then", async () => {
    await follow(undefined, disk("/a"), { ...disk("/a"), maxAuditResults: 5 });
    expect(removed).toEqual([]);
    await follow(disk("/b"), DAPR, disk("/c"), undefined, undefined);
    expect(removed).toEqual(["/a", "/b", "/c"]);
  });

  it("is tried again as long as its time lasts", async () => {
    fails = true;
    await follow(disk("/a"), disk("/b"), disk("/b"));
    now = 59_999;
    fails = false;
    await follow(disk("/b"));
    expect(removed).toEqual(["/a"]);
    expect(problems).toEqual(
      Array(2).fill("could not take the exported violations below /a away; it is tried again: EACCES"),
    );
    fails = true;
    await follow(undefined);
    now += 60_000;
    await follow(undefined);
    fails = false;
    await follow(undefined);
    expect(removed).toEqual(["/a"]);
    expect(problems.at(-1)).toBe("could not take the exported violations below /b away: EACCES");
  });

  it("stays where the Connection comes back to it", async () => {
    fails = true;
    await follow(disk("/a"), disk("/b"));
    fails = false;
    await follow(disk("/a"));
    expect(removed).toEqual(["/b"]);
  });
});
