import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { parseYaml } from "../builtins/go/yaml.ts";
import type { ModuleSource } from "../rego.ts";
import { parseJson } from "../value/json.ts";
import { isObject } from "../value/kind.ts";
import { getOwn, setOwn } from "../value/plain-object.ts";
import type { PlainObject, Value } from "../value/value.ts";

/** Policies and base documents read from `-d` paths. */
export interface LoadedFiles {
  readonly modules: readonly ModuleSource[];
  readonly data: PlainObject;
}

/** A file that cannot be read or makes no sense; the message names it. */
export class FileError extends Error {
  override readonly name = "FileError";
}

/**
 * Reads files and folders as `opa eval -d` does: `.rego` files are modules; JSON and YAML files are data, at the root when
 * named themselves, under the names of the folders they stand in when found below a named folder. `a.b:PATH` puts the data
 * of PATH under `data.a.b`. Throws {@link FileError}.
 */
export function loadFiles(paths: readonly string[], version: "v0" | "v1"): LoadedFiles {
  const modules: ModuleSource[] = [];
  const data: Record<string, Value> = {};
  for (const argument of paths) {
    const { prefix, path } = splitPrefix(argument);
    for (const found of walk(path, prefix)) {
      if (found.path.endsWith(".rego")) {
        modules.push({ name: found.path, source: readText(found.path), version });
      } else mergeAt(data, found.mount, readDocument(found.path), found.path);
    }
  }
  return { modules, data };
}

/** Reads one JSON or YAML document; `-` is standard input. Throws {@link FileError}. */
export function readDocument(path: string): Value {
  const text = readText(path);
  const parsed = /^\.ya?ml$/.test(extname(path)) ? parseYaml(text) : parseJson(text);
  if (!parsed.ok) throw new FileError(`${path}: ${parsed.error.message}`);
  return parsed.value;
}

export function readText(path: string): string {
  refuseOddPath(path);
  try {
    return readFileSync(path === "-" ? 0 : path.replace(/^file:\/\//, ""), "utf8");
  } catch (error) {
    throw new FileError(`cannot read ${path}: ${(error as Error).message}`);
  }
}

/** `\\host\share` makes some systems send credentials to the host; URL schemes other than `file:` are no paths. */
function refuseOddPath(path: string): void {
  if (/^(\\\\|\/\/)/.test(path)) throw new FileError(`${path}: UNC paths are not supported`);
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(path)?.[1];
  if (scheme && scheme !== "file")
    throw new FileError(`${path}: unsupported URL scheme ${scheme}, use a path or file://`);
}

function splitPrefix(argument: string): { prefix: readonly string[]; path: string } {
  const colon = argument.indexOf(":");
  if (colon <= 0 || argument.startsWith("file://") || /^[a-z][a-z0-9+.-]*:\/\//i.test(argument)) {
    return { prefix: [], path: argument };
  }
  return { prefix: argument.slice(0, colon).split(/[./]/), path: argument.slice(colon + 1) };
}

function* walk(path: string, mount: readonly string[]): Iterable<{ path: string; mount: readonly string[] }> {
  refuseOddPath(path);
  const plain = path.replace(/^file:\/\//, "");
  let stat;
  try {
    stat = statSync(plain);
  } catch {
    throw new FileError(`${path}: no such file or directory`);
  }
  if (!stat.isDirectory()) {
    yield { path: plain, mount };
    return;
  }
  for (const entry of readdirSync(plain, { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const child = join(plain, entry.name);
    if (entry.isDirectory()) yield* walk(child, [...mount, basename(child)]);
    else if (/\.(rego|json|ya?ml)$/.test(entry.name)) yield { path: child, mount };
  }
}

/** Merges a document into the data under a path; two files may share objects, but not a leaf. */
function mergeAt(data: Record<string, Value>, mount: readonly string[], document: Value, file: string): void {
  let nested = document;
  for (const key of [...mount].reverse()) nested = { [key]: nested };
  if (!isObject(nested)) throw new FileError(`${file}: base documents must be objects`);
  merge(data, nested as PlainObject, file);
}

function merge(into: Record<string, Value>, from: PlainObject, file: string): void {
  for (const [key, value] of Object.entries(from)) {
    const existing = getOwn(into, key);
    if (existing === undefined)
      setOwn(into, key, isObject(value) ? copyObjects(value as PlainObject) : value);
    else if (isObject(existing) && isObject(value))
      merge(existing as Record<string, Value>, value as PlainObject, file);
    else
      throw new FileError(`${file}: merge error: key ${JSON.stringify(key)} is already set by another file`);
  }
}

/** A copy whose objects may be merged into. */
function copyObjects(object: PlainObject): PlainObject {
  const copy: Record<string, Value> = {};
  for (const [key, value] of Object.entries(object)) {
    setOwn(copy, key, isObject(value) ? copyObjects(value as PlainObject) : value);
  }
  return copy;
}
