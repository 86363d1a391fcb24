import { posix } from "node:path";
import { FileError } from "./paths.ts";

/** A regular file of an archive. */
export interface TarEntry {
  /** With slashes, without a leading one. */
  readonly path: string;
  readonly bytes: Buffer;
}

/** What an archive may unpack to, so that a small file cannot fill the memory. */
const MAX_UNPACKED_BYTES = 256 * 2 ** 20;
const BLOCK = 512;

/**
 * Reads the regular files of a gzipped tar archive (POSIX ustar with GNU and PAX long names). Folders are left out, and so
 * are links, which could name any file of this machine; a path that leads out of the archive is refused. Throws
 * {@link FileError}.
 */
export function readTarGz(archive: Buffer, name: string): readonly TarEntry[] {
  let tar: Buffer;
  try {
    // Asked for here: it brings all of Node's streams along, and few calls read an archive.
    tar = process.getBuiltinModule("node:zlib").gunzipSync(archive, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    throw unreadable(name, gzipReason(error), error);
  }
  const entries: TarEntry[] = [];
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length;) {
    const header = tar.subarray(at, at + BLOCK);
    // The end is two blocks of zeros; one is enough.
    if (header.every((byte) => byte === 0)) break;
    const size = octal(header.subarray(124, 136), name);
    const bytes = tar.subarray(at + BLOCK, at + BLOCK + size);
    if (bytes.length < size) throw unreadable(name, "unexpected EOF");
    const type = String.fromCharCode(header[156] as number);
    if (type === "L") longName = untilZero(bytes);
    else if (type === "x") longName = paxPath(bytes) ?? longName;
    else {
      if (type === "0" || type === "\0" || type === "7") {
        entries.push({ path: insidePath(longName ?? ustarPath(header), name), bytes });
      }
      longName = undefined;
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return entries;
}

function unreadable(name: string, reason: string, cause?: unknown): FileError {
  return new FileError(`bundle ${name}: bundle read failed: archive read failed: ${reason}`, { cause });
}

function gzipReason(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case "Z_DATA_ERROR":
      return "gzip: invalid header";
    case "Z_BUF_ERROR":
      return "unexpected EOF";
    case "ERR_BUFFER_TOO_LARGE":
      return `it holds more than ${MAX_UNPACKED_BYTES} bytes`;
    default:
      return (error as Error).message;
  }
}

function insidePath(path: string, archive: string): string {
  const normal = posix.normalize(path.replaceAll("\\", "/")).replace(/^\/+/, "");
  if (normal === ".." || normal.startsWith("../")) {
    throw new FileError(`bundle ${archive}: path leads out of the archive: ${JSON.stringify(path)}`);
  }
  return normal;
}

function ustarPath(header: Buffer): string {
  const name = untilZero(header.subarray(0, 100));
  const isUstar = header.subarray(257, 262).toString("latin1") === "ustar";
  const prefix = isUstar ? untilZero(header.subarray(345, 500)) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** `LENGTH KEY=VALUE\n` records; only the path is of interest. */
function paxPath(bytes: Buffer): string | undefined {
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.subarray(at, space).toString("latin1"));
    if (space < 0 || !Number.isInteger(length) || length <= 0) return undefined;
    const record = bytes.subarray(space + 1, at + length - 1).toString("utf8");
    if (record.startsWith("path=")) return record.slice("path=".length);
    at += length;
  }
  return undefined;
}

function octal(field: Buffer, name: string): number {
  const digits = untilZero(field).trim();
  if (!/^[0-7]{0,12}$/.test(digits)) throw unreadable(name, "archive/tar: invalid tar header");
  return digits === "" ? 0 : Number.parseInt(digits, 8);
}

function untilZero(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? bytes.length : end).toString("utf8");
}
