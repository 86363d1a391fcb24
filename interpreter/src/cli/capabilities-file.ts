import type { Capabilities } from "../compiler/capabilities.ts";
import { isArray, isObject } from "../value/kind.ts";
import { getOwn } from "../value/plain-object.ts";
import type { PlainObject, Value } from "../value/value.ts";
import { UsageError, type Flag } from "./flags.ts";
import { jsonOf } from "./load/documents.ts";
import { FileError, readText } from "./load/paths.ts";

/** `--capabilities FILE`: what policies may use. */
export const CAPABILITIES_FLAG: Flag<Capabilities | undefined> = {
  value: "FILE",
  help: "capabilities JSON that says which builtins and features policies may use",
  read(given) {
    const path = given.at(-1);
    if (path === undefined) return undefined;
    try {
      return capabilitiesOf(jsonOf(readText(path), path), path);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      throw new UsageError(`no such capabilities: ${error.message}`, { cause: error });
    }
  },
};

function capabilitiesOf(json: Value, path: string): Capabilities {
  if (!isObject(json)) throw new FileError(`${path}: capabilities are a JSON object`);
  const listOf = (name: string, fits: (entry: Value) => boolean, what: string): readonly Value[] => {
    const entries = getOwn(json as PlainObject, name) ?? [];
    if (!isArray(entries) || !entries.every(fits))
      throw new FileError(`${path}: ${name} must be a list of ${what}`);
    return entries;
  };
  const isText = (entry: Value): boolean => typeof entry === "string";
  const builtins = listOf("builtins", isBuiltin, "builtins, each with a name and a decl");
  const hosts = getOwn(json as PlainObject, "allow_net");
  return {
    builtins: builtins.map(withArguments) as unknown as Capabilities["builtins"],
    future_keywords: listOf("future_keywords", isText, "texts") as readonly string[],
    features: listOf("features", isText, "texts") as readonly string[],
    ...(hosts === undefined ? {} : { allow_net: listOf("allow_net", isText, "texts") as readonly string[] }),
  };
}

function isBuiltin(entry: Value): boolean {
  if (!isObject(entry) || typeof getOwn(entry as PlainObject, "name") !== "string") return false;
  const decl = getOwn(entry as PlainObject, "decl");
  return decl !== undefined && isObject(decl);
}

/** A declaration without arguments may leave them out. */
function withArguments(entry: Value): Value {
  const builtin = entry as PlainObject;
  const decl = getOwn(builtin, "decl") as PlainObject;
  return { ...builtin, decl: { ...decl, args: getOwn(decl, "args") ?? [] } };
}
