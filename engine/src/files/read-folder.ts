import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { FileProblem, Manifest, Manifests } from "./manifest.ts";
import { parseManifests } from "./parse-manifests.ts";

export interface ReadOptions {
  /** Bytes a file may have; larger ones are reported and not read. Default 16 MiB. */
  readonly maxFileBytes?: number;
  /** Files a folder may hold. Default 10,000. */
  readonly maxFiles?: number;
  /** What a former read gave for a file: a file whose size and time are the same is not parsed again. */
  readonly cache?: FileCache;
}

/** Remembers what files held. Keep one per watched folder and hand it to each read. */
export class FileCache {
  readonly entries = new Map<string, { readonly stamp: string; readonly content: Manifests }>();
}

/**
 * Reads the Kubernetes objects of a file or of all YAML and JSON files below a folder, in the order of the paths.
 * Names that start with a dot are left out. Files that cannot be read, are too large or are no text are reported as
 * problems, symbolic links are followed once each. Places name files as the caller's path would: `examples/pod.yaml`.
 */
export async function readManifests(path: string, options: ReadOptions = {}): Promise<Manifests> {
  const manifests: Manifest[] = [];
  const problems: FileProblem[] = [];
  const found = await listFiles(path, options.maxFiles ?? 10_000, problems);
  for (const file of found) {
    const content = await readOne(file, options);
    for (const manifest of content.manifests) manifests.push(manifest);
    problems.push(...content.problems);
  }
  const present = new Set(found);
  for (const file of options.cache?.entries.keys() ?? []) {
    if (!present.has(file)) options.cache?.entries.delete(file);
  }
  return { manifests, problems };
}

const EXTENSIONS = [".yaml", ".yml", ".json"];
const MAX_FOLDER_DEPTH = 64;

async function listFiles(
  path: string,
  maxFiles: number,
  problems: FileProblem[],
): Promise<readonly string[]> {
  const files: string[] = [];
  const visited = new Set<string>();
  const visit = async (current: string, depth: number, isRoot: boolean): Promise<void> => {
    if (files.length > maxFiles) return;
    let real: string;
    let isFolder: boolean;
    try {
      real = await realpath(current);
      const info = await stat(real);
      isFolder = info.isDirectory();
      if (!isFolder && !info.isFile()) {
        if (isManifestName(current)) problems.push(fileProblem(current, "not a regular file"));
        return;
      }
    } catch (error) {
      if (isRoot || isManifestName(current)) problems.push(fileProblem(current, systemReason(error)));
      return;
    }
    if (!isFolder) {
      if (isRoot || isManifestName(current)) files.push(current);
      return;
    }
    // A link to a folder above it would be walked for ever.
    if (visited.has(real)) return;
    visited.add(real);
    if (depth > MAX_FOLDER_DEPTH) {
      problems.push(fileProblem(current, `folders nested more than ${MAX_FOLDER_DEPTH} deep`));
      return;
    }
    let names: string[];
    try {
      names = await readdir(current);
    } catch (error) {
      problems.push(fileProblem(current, systemReason(error)));
      return;
    }
    for (const name of names.sort()) {
      if (!name.startsWith(".") && name !== "node_modules")
        await visit(join(current, name), depth + 1, false);
    }
  };
  await visit(path, 0, true);
  if (files.length > maxFiles) {
    problems.push(fileProblem(path, `more than ${maxFiles} files: the rest is not read`));
    return files.slice(0, maxFiles);
  }
  return files;
}

function isManifestName(path: string): boolean {
  return EXTENSIONS.some((extension) => path.toLowerCase().endsWith(extension));
}

async function readOne(file: string, options: ReadOptions): Promise<Manifests> {
  const maxBytes = options.maxFileBytes ?? 16 * 1024 * 1024;
  try {
    const info = await stat(file);
    const stamp = `${info.size} ${info.mtimeMs} ${info.ino}`;
    const known = options.cache?.entries.get(file);
    if (known?.stamp === stamp) return known.content;
    const content = info.size > maxBytes ? tooLarge(file, info.size, maxBytes) : await parseFile(file);
    options.cache?.entries.set(file, { stamp, content });
    return content;
  } catch (error) {
    return { manifests: [], problems: [fileProblem(file, systemReason(error))] };
  }
}

async function parseFile(file: string): Promise<Manifests> {
  const bytes = await readFile(file);
  if (bytes.includes(0))
    return { manifests: [], problems: [fileProblem(file, "a binary file, not YAML or JSON")] };
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { manifests: [], problems: [fileProblem(file, "not valid UTF-8", "save the file as UTF-8")] };
  }
  return parseManifests(displayPath(file), text);
}

function tooLarge(file: string, size: number, limit: number): Manifests {
  const message = `too large: ${size} bytes, the limit is ${limit}`;
  return { manifests: [], problems: [fileProblem(file, message, "split it into several files")] };
}

/** A path inside of the working folder is shown relative to it. */
function displayPath(file: string): string {
  const short = relative(process.cwd(), file);
  return short === "" || short.startsWith(`..${sep}`) || short === ".." ? file : short;
}

function fileProblem(file: string, message: string, hint?: string): FileProblem {
  return { file: displayPath(file), line: 0, column: 0, message, ...(hint === undefined ? {} : { hint }) };
}

function systemReason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case "ENOENT":
      return "no such file or folder";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "ELOOP":
      return "a symbolic link that leads to itself";
    default:
      return code ?? String(error);
  }
}
