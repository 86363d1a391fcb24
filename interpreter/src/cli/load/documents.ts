import { extname } from "node:path";
import { parseYaml } from "../../builtins/go/yaml.ts";
import { parseJson } from "../../value/json.ts";
import type { Value } from "../../value/value.ts";
import { FileError, readText } from "./paths.ts";

/** Whether files of this name hold data. */
export function isDocument(path: string): boolean {
  return /\.(json|ya?ml)$/.test(path);
}

/** A JSON or YAML document, by its file's name; other names may hold either. Throws {@link FileError}. */
export function documentOf(source: string, path: string): Value {
  switch (extname(path)) {
    case ".json":
      return jsonOf(source, path);
    case ".yaml":
    case ".yml":
      return yamlOf(source, path);
    default: {
      const json = parseJson(source);
      return json.ok ? json.value : yamlOf(source, path);
    }
  }
}

/** Throws {@link FileError} with the place of what is wrong. */
export function jsonOf(source: string, path: string): Value {
  const parsed = parseJson(source);
  if (parsed.ok) return parsed.value;
  const { message, row, col } = parsed.error;
  throw new FileError(`${path}: ${message} (line ${row}, column ${col})`);
}

export function yamlOf(source: string, path: string): Value {
  const parsed = parseYaml(source, { rules: "opa" });
  if (parsed.ok) return parsed.value;
  throw new FileError(`${path}: error converting YAML to JSON: ${parsed.error.message}`);
}

/** An input document: JSON or YAML, whatever the file's name. `-` in the name's place: it came from standard input. */
export function inputOf(source: string, name: string): Value {
  const json = parseJson(source);
  if (json.ok) return json.value;
  const yaml = parseYaml(source, { rules: "opa" });
  if (yaml.ok) return yaml.value;
  const looksLikeJson = /^\s*[{[]/.test(source);
  const { message, row, col } = json.error;
  const reason = looksLikeJson ? `${message} (line ${row}, column ${col})` : yaml.error.message;
  throw new FileError(`unable to parse input: ${name}: ${reason}`);
}

/** Throws {@link FileError}. */
export function readInput(path: string): Value {
  return inputOf(readText(path), path);
}
