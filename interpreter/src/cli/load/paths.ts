import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { textOf } from "../../builtins/go/bytes.ts";

/** A file that cannot be read or makes no sense; the message names it. */
export class FileError extends Error {
  override readonly name = "FileError";
}

/** A file found below a path that was asked for. */
export interface FoundFile {
  /** As messages name it. */
  readonly path: string;
  /** The folders below the path that was asked for. */
  readonly folders: readonly string[];
}

/** Bigger files are refused: no policy or document is meant to be this big. */
const MAX_FILE_BYTES = 512 * 2 ** 20;

/** Reads a text file. Throws {@link FileError} with OPA's text. */
export function readText(path: string): string {
  return readBytes(path).toString("utf8");
}

/** Reads a policy: a byte that is no UTF-8 becomes a lone surrogate, which the lexer refuses. Throws {@link FileError}. */
export function readSource(path: string): string {
  return textOf(readBytes(path));
}

export function readBytes(path: string): Buffer {
  const plain = plainPath(path);
  try {
    if (statSync(plain).size > MAX_FILE_BYTES)
      throw new FileError(`${path}: more than ${MAX_FILE_BYTES} bytes`);
    return readFileSync(plain);
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(`open ${plain}: ${reason(error)}`, { cause: error });
  }
}

/**
 * The path without `file://`. `\\host\share` makes some systems send credentials to the host, and URL schemes other than
 * `file:` are no paths: both are refused with a {@link FileError}.
 */
export function plainPath(path: string): string {
  if (/^(\\\\|\/\/)/.test(path)) throw new FileError(`UNC path read is not allowed: ${path}`);
  const scheme = schemeOf(path);
  if (scheme === undefined) return path;
  if (scheme !== "file") throw new FileError(`unsupported URL scheme: ${path}`);
  const rest = path.slice("file://".length);
  if (/^(\\\\|\/\/)/.test(rest)) throw new FileError(`UNC path read is not allowed: ${path}`);
  return rest;
}

/** The scheme of what looks like a URL, in lower case. */
export function schemeOf(path: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):\/\//i.exec(path)?.[1]?.toLowerCase();
}

/**
 * The files at a path, those of folders in the order of their names. `ignore` holds patterns as of `--ignore`: a name
 * (`*` and `?` are wildcards) or, with a slash in it, a path below the one asked for.
 */
export function* findFiles(path: string, ignore: readonly string[] = []): Iterable<FoundFile> {
  const plain = plainPath(path);
  if (statOf(plain).isDirectory()) yield* filesBelow(plain, [], ignore.map(ignorePattern));
  else yield { path: plain, folders: [] };
}

export function isFolder(path: string): boolean {
  return statOf(path).isDirectory();
}

function* filesBelow(
  folder: string,
  folders: readonly string[],
  ignored: readonly ((name: string, path: string) => boolean)[],
): Iterable<FoundFile> {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (ignored.some((matches) => matches(entry.name, [...folders, entry.name].join("/")))) continue;
    // Links are followed as files, not as folders: no circles.
    if (entry.isDirectory()) yield* filesBelow(path, [...folders, basename(path)], ignored);
    else if (!entry.isSymbolicLink() || !isFolder(path)) yield { path, folders };
  }
}

function ignorePattern(pattern: string): (name: string, path: string) => boolean {
  const source = pattern
    .replace(/^\/|\/$/g, "")
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
  const regex = new RegExp(`^${source}$`);
  return (name, path) => regex.test(pattern.includes("/") ? path : name);
}

function statOf(path: string): ReturnType<typeof statSync> & object {
  try {
    return statSync(path);
  } catch (error) {
    throw new FileError(`stat ${path}: ${reason(error)}`, { cause: error });
  }
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOENT":
      return "no such file or directory";
    case "EACCES":
      return "permission denied";
    case "EISDIR":
      return "is a directory";
    case "ENOTDIR":
      return "not a directory";
    default:
      return message;
  }
}
