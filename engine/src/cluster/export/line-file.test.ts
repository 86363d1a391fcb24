import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LineFile } from "./line-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lines-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe("a file of lines", () => {
  const path = (): string => join(folder, "f");

  it("goes on behind what is there", async () => {
    writeFileSync(path(), "a\n");
    const file = await LineFile.open(path());
    await file.add(["b", "c"]);
    await file.add([]);
    await file.close();
    expect(readFileSync(path(), "utf8")).toBe("a\nb\nc\n");
  });

  it("is no link, and where it is to be new nobody else's file", async () => {
    writeFileSync(path(), "");
    symlinkSync(path(), join(folder, "link"));
    await expect(LineFile.open(join(folder, "link"))).rejects.toThrow(/ELOOP/);
    await expect(LineFile.open(path(), { isNew: true })).rejects.toThrow(/EEXIST/);
  });

  it("has no half of a line where the disk is full, and goes on when there is room again", async () => {
    const file = await LineFile.open(path());
    await file.add(["first"]);
    await fillDisk(4);
    await expect(file.add(["second"])).rejects.toThrow(/ENOSPC/);
    vi.restoreAllMocks();
    expect(readFileSync(path(), "utf8")).toBe("first\n");
    await file.add(["third"]);
    await file.close();
    expect(readFileSync(path(), "utf8")).toBe("first\nthird\n");
  });
});

/** From now on a file takes so many bytes more, then none. */
async function fillDisk(left: number): Promise<void> {
  const any = await open(join(folder, "any"), "w");
  const handles = Object.getPrototypeOf(any) as FileHandle;
  await any.close();
  // eslint-disable-next-line typescript/unbound-method -- called with its handle below
  const real = handles.write as (...args: unknown[]) => Promise<never>;
  let room = left;
  vi.spyOn(handles, "write").mockImplementation(function (this: unknown, ...args: unknown[]) {
    if (room === 0) return Promise.reject(new Error("ENOSPC: no space left on device, write"));
    const [bytes, offset, , position] = args;
    const length = room;
    room = 0;
    return real.call(this, bytes, offset, length, position);
  });
}
