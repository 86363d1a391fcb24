import { posix } from "node:path";
import type { ModuleSource } from "../../rego.ts";
import type { RegoVersion } from "../../syntax/ast.ts";
import { parseModule } from "../../syntax/parse.ts";
import { isObject } from "../../value/kind.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { jsonOf, yamlOf } from "./documents.ts";
import { readManifest, type Manifest } from "./manifest.ts";
import { textOf } from "../../builtins/go/bytes.ts";
import { FileError, findFiles, isFolder, plainPath, readBytes, readSource, readText } from "./paths.ts";
import type { Stopwatch } from "./stopwatch.ts";
import { readTarGz } from "./tar.ts";

/** What bundles hold. */
export interface Bundle {
  readonly modules: readonly ModuleSource[];
  readonly documents: readonly BundleDocument[];
}

interface BundleDocument {
  readonly mount: readonly string[];
  readonly document: Value;
  readonly file: string;
}

interface BundleFile {
  /** Inside the bundle. */
  readonly path: string;
  readonly text: () => string;
  /** The text of a policy: see `readSource`. */
  readonly source: () => string;
}

export function isArchive(path: string): boolean {
  return /\.(tar\.gz|tgz)$/.test(path);
}

/**
 * Reads bundles, each a folder or a gzipped tar archive. Data comes from files named `data.json`, `data.yaml` and
 * `data.yml` alone, under the folders they stand in; what a `.manifest` names as roots bounds packages and data. Throws
 * {@link FileError}, also where the roots of two bundles overlap.
 */
export function loadBundles(
  paths: readonly string[],
  ignore: readonly string[],
  version: RegoVersion,
  time: Stopwatch,
): Bundle {
  const distinct = [...new Set(paths)];
  const bundles = distinct.map((path) => {
    try {
      return loadBundle(path, ignore, version, time);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      throw new FileError(`loading error: ${error.message}`, { cause: error });
    }
  });
  checkOverlaps(bundles.map(({ roots }, i) => ({ name: distinct[i] as string, roots })));
  return {
    modules: bundles.flatMap(({ modules }) => modules),
    documents: bundles.flatMap(({ documents }) => documents),
  };
}

function loadBundle(
  path: string,
  ignore: readonly string[],
  version: RegoVersion,
  time: Stopwatch,
): Bundle & { readonly roots: readonly string[] } {
  const plain = plainPath(path);
  const folder = stat(plain);
  const files = folder ? folderFiles(plain, ignore) : archiveFiles(plain);
  const manifestFile = files.find((file) => file.path === ".manifest");
  const manifest: Manifest = manifestFile
    ? readManifest(manifestFile.text(), plain)
    : { roots: [""], versionOf: () => undefined };
  const modules: ModuleSource[] = [];
  const documents: BundleDocument[] = [];
  const add = (mount: readonly string[], file: string, read: () => Value): void => {
    documents.push({ mount, document: time("data_parse", read), file });
  };
  for (const file of files) {
    const name = posix.join(plain.replaceAll("\\", "/"), file.path);
    const base = posix.basename(file.path);
    const parent = posix.dirname(file.path);
    const mount = parent === "." ? [] : parent.split("/");
    if (base.endsWith(".rego")) {
      // Inside of an archive the archive's own name is not part of a file's.
      modules.push({
        name: folder ? name : file.path,
        key: name,
        source: file.source(),
        version: manifest.versionOf(`/${file.path}`) ?? version,
      });
    } else if (base === "data.json") add(mount, name, () => jsonOf(file.text(), name));
    else if (base === "data.yaml" || base === "data.yml") add(mount, name, () => yamlOf(file.text(), name));
  }
  checkRoots(plain, manifest.roots, modules, documents);
  return { modules, documents, roots: manifest.roots };
}

function stat(path: string): boolean {
  try {
    return isFolder(path);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new FileError(`error reading ${JSON.stringify(path)}: ${error.message}`, { cause: error });
  }
}

function archiveFiles(path: string): readonly BundleFile[] {
  return readTarGz(readBytes(path), path).map((entry) => ({
    path: entry.path,
    text: () => entry.bytes.toString("utf8"),
    source: () => textOf(entry.bytes),
  }));
}

function folderFiles(path: string, ignore: readonly string[]): readonly BundleFile[] {
  return [...findFiles(path, ignore)].map((file) => ({
    path: [...file.folders, posix.basename(file.path.replaceAll("\\", "/"))].join("/"),
    text: () => readText(file.path),
    source: () => readSource(file.path),
  }));
}

/** Roots of one bundle must not lie in those of another. */
function checkOverlaps(
  bundles: readonly { readonly name: string; readonly roots: readonly string[] }[],
): void {
  bundles.forEach((one, i) => {
    for (const other of bundles.slice(i + 1)) {
      if (!one.roots.some((a) => other.roots.some((b) => overlap(a, b)))) continue;
      const names = [one.name, other.name].sort().join(", ");
      const message = `bundle activation failed: bundles [${names}] have overlapping roots and cannot be activated simultaneously`;
      const unbounded = [one, other].filter(({ roots }) => roots.includes("")).map(({ name }) => name);
      const because = ` because bundle(s) [${unbounded.join(", ")}] specify empty root paths ('') which overlap with any other bundle root`;
      throw new FileError(unbounded.length === 0 ? message : message + because);
    }
  });
}

function overlap(a: string, b: string): boolean {
  return isBelow(split(a), split(b)) || isBelow(split(b), split(a));
}

function checkRoots(
  bundle: string,
  roots: readonly string[],
  modules: readonly ModuleSource[],
  documents: readonly BundleDocument[],
): void {
  if (roots.includes("")) return;
  const refuse = (what: string): never => {
    throw new FileError(`bundle ${bundle}: manifest roots [${roots.join(" ")}] do not permit ${what}`);
  };
  const permitted = (path: readonly string[]): boolean => roots.some((root) => isBelow(path, split(root)));
  for (const module of modules) {
    const parsed = parseModule({ ...module, version: module.version ?? "v1" });
    // A module that does not parse is reported with the others.
    if (!parsed.ok) continue;
    const path = parsed.module.package.path.parts
      .slice(1)
      .map((part) => ("value" in part ? String(part.value) : ""));
    if (!permitted(path)) refuse(`'package ${path.join(".")}' in module '${module.key ?? module.name}'`);
  }
  for (const { mount, document } of documents) {
    for (const path of leafPaths(mount, document)) {
      if (!permitted(path))
        refuse(`data at path '/${path.join("/")}' (hint: check bundle directory structure)`);
    }
  }
}

function* leafPaths(mount: readonly string[], document: Value): Iterable<readonly string[]> {
  if (!isObject(document)) yield mount;
  else
    for (const [key, value] of Object.entries(document as PlainObject))
      yield* leafPaths([...mount, key], value);
}

function isBelow(path: readonly string[], root: readonly string[]): boolean {
  return root.every((part, i) => path[i] === part);
}

function split(root: string): readonly string[] {
  return root === "" ? [] : root.split("/");
}
