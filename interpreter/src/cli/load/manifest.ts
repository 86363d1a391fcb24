import type { RegoVersion } from "../../syntax/ast.ts";
import { isArray, isObject } from "../../value/kind.ts";
import { getOwn } from "../../value/plain-object.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { jsonOf } from "./documents.ts";
import { FileError } from "./paths.ts";

/** What a bundle's `.manifest` says. */
export interface Manifest {
  /** Paths with slashes; the empty one is everything. */
  readonly roots: readonly string[];
  /** The version that a file (`/a/b.rego`) is written in, where the manifest tells. */
  readonly versionOf: (file: string) => RegoVersion | undefined;
}

/** Throws {@link FileError}. */
export function readManifest(source: string, bundle: string): Manifest {
  let manifest: Value;
  try {
    manifest = jsonOf(source, ".manifest");
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const message = `bundle ${bundle}: bundle load failed on manifest decode: ${error.message}`;
    throw new FileError(message, { cause: error });
  }
  const field = (name: string): Value | undefined =>
    isObject(manifest) ? getOwn(manifest as PlainObject, name) : undefined;
  const roots = rootsOf(field("roots"), bundle);
  const all = versionNumber(field("rego_version"), bundle);
  const files = field("file_rego_versions");
  const patterns = isObject(files)
    ? Object.entries(files as PlainObject).map(
        ([pattern, value]) => [wildcard(pattern), versionNumber(value, bundle)] as const,
      )
    : [];
  return {
    roots,
    versionOf: (file) => patterns.find(([matches]) => matches.test(file))?.[1] ?? all,
  };
}

function rootsOf(roots: Value | undefined, bundle: string): readonly string[] {
  if (roots === undefined || roots === null) return [""];
  if (!isArray(roots) || !roots.every((root) => typeof root === "string")) {
    throw new FileError(`bundle ${bundle}: manifest roots must be an array of strings`);
  }
  const clean = roots.map((root) => root.replace(/^\/+|\/+$/g, ""));
  for (const [i, a] of clean.entries()) {
    for (const b of clean.slice(i + 1)) {
      if (`${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`) || a === "" || b === "") {
        throw new FileError(`bundle ${bundle}: manifest has overlapped roots: '${a}' and '${b}'`);
      }
    }
  }
  return clean;
}

function versionNumber(value: Value | undefined, bundle: string): RegoVersion | undefined {
  if (value === undefined || value === null) return undefined;
  if (value === 0) return "v0";
  if (value === 1) return "v1";
  throw new FileError(`bundle ${bundle}: unknown rego_version in manifest: ${JSON.stringify(value)}`);
}

/** `*` stands for part of a name, `**` for any number of folders. */
function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("?", "[^/]")
    .replaceAll("**", "\0")
    .replaceAll("*", "[^/]*")
    .replaceAll("\0", ".*");
  return new RegExp(`^/?${source}$`);
}
