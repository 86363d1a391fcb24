import { randomBytes } from "node:crypto";
import { rename, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { channelFolder, filesLike, isAbsent, LineFile, makeFolder } from "@portcullis/engine/cluster";
import { recoverSegments } from "./recover-segments.ts";

export interface SegmentLimits {
  /** Of one segment. */
  readonly bytes: number;
  readonly records: number;
  readonly ageMs: number;
  /** Whole segments that wait for a reader, how old they get, and bytes of all. */
  readonly whole: number;
  readonly wholeAgeMs: number;
  readonly allBytes: number;
  /** What must stay free on the file system. */
  readonly freeBytes: number;
}

/** Gatekeeper's. */
export const SEGMENT_LIMITS: SegmentLimits = {
  bytes: 1024 ** 2,
  records: 1000,
  ageMs: 60_000,
  whole: 20,
  wholeAgeMs: 24 * 3_600_000,
  allBytes: 20 * 1024 ** 2,
  freeBytes: 16 * 1024 ** 2,
};

/** Segments, ours and Gatekeeper's: `.open` as long as they grow, `.log` when they are whole. */
export const SEGMENT_FILE = /^admission-.*\.(?:open|log|deleting)$/;
const WHOLE = /^admission-.*\.log$/;

interface Open {
  readonly file: LineFile;
  readonly since: number;
  records: number;
}

/**
 * Writes lines to segments in the folder of a channel: `admission-<time>-<random>.open`, renamed to `.log` when it is full or old
 * enough. The oldest whole segments make room for new ones. Calls must not overlap; several processes may share a folder.
 */
export class Segments {
  readonly #folder: string;
  readonly #limits: SegmentLimits;
  readonly #now: () => Date;
  #open: Open | undefined;
  #made = 0;

  /** Throws an Error for a channel that is no name of a folder. */
  constructor(path: string, channel: string, limits = SEGMENT_LIMITS, now: () => Date = () => new Date()) {
    this.#folder = channelFolder(path, channel);
    this.#limits = limits;
    this.#now = now;
  }

  /** Adds lines. Rejects with the first failure; `onWritten` hears how many are in a file, part by part. */
  async add(lines: readonly string[], onWritten: (lines: number) => void): Promise<void> {
    const pending = lines.reduce((sum, line) => sum + sizeOf(line), 0);
    await this.#makeRoom(pending);
    for (let at = 0; at < lines.length;) {
      const open = await this.#segmentFor(lines[at] as string);
      const part = this.#whatFits(open, lines.slice(at));
      await open.file.add(part);
      open.records += part.length;
      onWritten(part.length);
      at += part.length;
    }
    await this.#open?.file.sync();
    if (this.#open && this.#isFull(this.#open)) await this.finish();
  }

  /** Looks after the folder when nothing is added: a segment that is old enough becomes whole, whole ones get too old. */
  async lookAfter(): Promise<void> {
    if (this.#open && this.#isOld(this.#open)) await this.finish();
    await recoverSegments(this.#folder, this.#now().getTime());
    await this.#makeRoom(0);
  }

  /** Makes the present segment whole, where there is one. */
  async finish(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (!open) return;
    await open.file.close();
    const { path } = open.file;
    if (open.records === 0) await rm(path, { force: true });
    else await rename(path, path.replace(/\.open$/, ".log"));
  }

  /** Leaves the present segment as it is: somebody takes the folder away. */
  async abandon(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.file.close();
  }

  async #segmentFor(line: string): Promise<Open> {
    const open = this.#open;
    if (open && !this.#isFull(open) && this.#whatFits(open, [line]).length > 0) return open;
    await this.finish();
    await makeFolder(this.#folder);
    const name = `admission-${timeName(this.#now(), this.#made++)}-${randomBytes(8).toString("hex")}.open`;
    const file = await LineFile.open(join(this.#folder, name), { isNew: true });
    return (this.#open = { file, since: this.#now().getTime(), records: 0 });
  }

  /** The first lines that have room; at least one in an empty segment. */
  #whatFits({ file, records }: Open, lines: readonly string[]): readonly string[] {
    const { bytes, records: most } = this.#limits;
    let left = bytes - file.bytes;
    const count = lines.slice(0, most - records).findIndex((line) => (left -= sizeOf(line)) < 0);
    const fitting = lines.slice(0, count < 0 ? most - records : count);
    return fitting.length === 0 && records === 0 ? lines.slice(0, 1) : fitting;
  }

  #isFull(open: Open): boolean {
    const { bytes, records } = this.#limits;
    return open.file.bytes >= bytes || open.records >= records || this.#isOld(open);
  }

  #isOld({ since }: Open): boolean {
    return this.#now().getTime() - since >= this.#limits.ageMs;
  }

  /** Takes the oldest whole segments away until there is room for so many bytes. */
  async #makeRoom(pending: number): Promise<void> {
    const { whole, wholeAgeMs, allBytes, freeBytes } = this.#limits;
    const all = await filesLike(this.#folder, SEGMENT_FILE);
    let bytes = all.reduce((sum, file) => sum + file.bytes, pending);
    const ready = all.filter(({ path }) => WHOLE.test(path.slice(this.#folder.length + 1)));
    const now = this.#now().getTime();
    for (const [at, file] of ready.entries()) {
      const tooMany = ready.length - at > whole || bytes > allBytes;
      if (!tooMany && now - file.writtenAt < wholeAgeMs) break;
      await rm(file.path, { force: true });
      bytes -= file.bytes;
    }
    if (pending > 0 && (await freeOn(this.#folder)) < freeBytes + pending)
      throw new Error(`less than ${freeBytes} bytes are free below ${this.#folder}`);
  }
}

function sizeOf(line: string): number {
  return Buffer.byteLength(line) + 1;
}

/** `20260729T120000.000000000Z`. The last digits count, so that names sort as segments were made. */
function timeName(date: Date, nth: number): string {
  const digits = String(nth % 1_000_000).padStart(6, "0");
  return date.toISOString().replace(/[-:]/g, "").replace("Z", `${digits}Z`);
}

async function freeOn(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    // It is yet to be made.
    if (isAbsent(error)) return Infinity;
    throw error;
  }
}
