import type { ModuleSource } from "../../rego.ts";
import type { RegoVersion } from "../../syntax/ast.ts";
import type { PlainObject } from "../../value/value.ts";
import { list, on, texts, type FlagValues } from "../flags.ts";
import { isArchive, loadBundles } from "./bundle.ts";
import { DocumentTree } from "./document-tree.ts";
import { documentOf, isDocument } from "./documents.ts";
import { FileError, findFiles, readSource, readText, schemeOf } from "./paths.ts";
import { atOnce, type Stopwatch } from "./stopwatch.ts";

/** Policies and base documents. */
export interface LoadedFiles {
  readonly modules: readonly ModuleSource[];
  readonly data: PlainObject;
}

/** Flags of every command that loads policies by flags. */
export const LOAD_FLAGS = {
  data: texts(
    "PATH",
    "policies (.rego) and data (JSON, YAML): file, folder, or a.b:PATH to put the data under data.a.b; may be repeated",
    "d",
  ),
  bundle: texts("PATH", "bundle: folder or .tar.gz; may be repeated", "b"),
  ignore: list("PATTERN", "names of files and folders to leave out, such as '.*'; may be repeated"),
};

/** Flags that tell the version of policies and queries. */
export const VERSION_FLAGS = {
  "v0-compatible": on("policies and queries are Rego v0"),
  "v1-compatible": on("policies and queries are Rego v1 (the default)"),
};

export function versionOf(flags: { readonly "v0-compatible": boolean }): RegoVersion {
  return flags["v0-compatible"] ? "v0" : "v1";
}

/** Loads what {@link LOAD_FLAGS} name. Throws {@link FileError}. */
export function loadByFlags(
  flags: FlagValues<typeof LOAD_FLAGS>,
  version: RegoVersion,
  time: Stopwatch = atOnce,
): LoadedFiles {
  return load({ paths: flags.data, bundles: flags.bundle, ignore: flags.ignore }, version, time);
}

/**
 * Loads the arguments of a command, as bundles where `bundle` says so; files of data are read where `data` says so.
 * Throws {@link FileError}.
 */
export function loadArguments(
  paths: readonly string[],
  how: { readonly bundle: boolean; readonly ignore: readonly string[]; readonly data: boolean },
  version: RegoVersion,
): LoadedFiles {
  const { ignore, data } = how;
  return load(how.bundle ? { paths: [], bundles: paths, ignore } : { paths, ignore, data }, version);
}

/**
 * Reads files and folders as OPA does: `.rego` files are modules; JSON and YAML files are data, at the root when named
 * themselves, under the names of the folders they stand in when found below a named folder; archives are bundles. Throws
 * {@link FileError}.
 */
export function load(
  what: {
    readonly paths: readonly string[];
    readonly bundles?: readonly string[];
    readonly ignore?: readonly string[];
    /** Read data; otherwise its files are passed over. Default true. */
    readonly data?: boolean;
  },
  version: RegoVersion,
  time: Stopwatch = atOnce,
): LoadedFiles {
  const modules = new Map<string, ModuleSource>();
  const tree = new DocumentTree();
  const ignore = what.ignore ?? [];
  const addBundles = (paths: readonly string[]): void => {
    const bundles = loadBundles(paths, ignore, version, time);
    for (const module of bundles.modules) modules.set(module.key ?? module.name, module);
    for (const { mount, document, file } of bundles.documents) tree.add(mount, document, file);
  };
  const addArgument = (argument: string): void => {
    const { mount, path } = splitMount(argument);
    for (const file of findFiles(path, ignore)) {
      const isNamed = file.folders.length === 0 && file.path === path;
      if (file.path.endsWith(".rego")) {
        modules.set(file.path, { name: file.path, source: readSource(file.path), version });
      } else if (what.data === false) continue;
      else if (isArchive(file.path)) addBundles([file.path]);
      else if (isDocument(file.path)) {
        const document = time("data_parse", () => documentOf(readText(file.path), file.path));
        tree.add([...mount, ...file.folders], document, file.path);
      } else if (isNamed) tree.add(mount, unknownDocument(file.path), file.path);
    }
  };
  if (what.paths.length > 0) time("load_files", () => what.paths.forEach(addArgument));
  const { bundles = [] } = what;
  if (bundles.length > 0) time("load_bundles", () => addBundles(bundles));
  return { modules: [...modules.values()], data: tree.root };
}

function unknownDocument(path: string): ReturnType<typeof documentOf> {
  const source = readText(path);
  try {
    return documentOf(source, path);
  } catch (error) {
    const message = `${path}: can't recognize file type: use .rego, .json or .yaml`;
    throw new FileError(message, { cause: error });
  }
}

function splitMount(argument: string): { mount: readonly string[]; path: string } {
  const colon = argument.indexOf(":");
  if (colon <= 0 || schemeOf(argument) !== undefined) return { mount: [], path: argument };
  return { mount: argument.slice(0, colon).split("."), path: argument.slice(colon + 1) };
}
