import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { getOwn, isArray, isObject, parseJson, type PlainObject, type Value } from "@portcullis/interpreter";

/** One evaluation case of OPA's suites; the fields are described in the README beside the data. */
export interface OpaCase {
  readonly suite: string;
  readonly folder: string;
  readonly note: string;
  readonly query: string;
  readonly modules: readonly string[];
  readonly data: PlainObject;
  /** Undefined: the input document is undefined. */
  readonly input: Value | undefined;
  readonly inputTerm: string | undefined;
  readonly wantResult: readonly PlainObject[] | undefined;
  readonly wantDefined: boolean | undefined;
  readonly wantError: string | undefined;
  readonly wantErrorCode: string | undefined;
  readonly strictError: boolean;
  readonly sortBindings: boolean;
  readonly ignoreGeneratedVars: boolean;
  readonly experimentalKeywords: boolean;
}

/** Reads `DIR/SUITE/FOLDER/*.json`, folders and files in name order. A suite that is absent has no cases. */
export function readSuite(directory: string, suite: string): readonly OpaCase[] {
  const root = join(directory, suite);
  if (!existsSync(root)) return [];
  const cases: OpaCase[] = [];
  const folders = readdirSync(root, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of folders) {
    if (entry.isDirectory()) {
      for (const file of jsonFiles(join(root, entry.name))) cases.push(...readFile(file, suite, entry.name));
    } else if (entry.name.endsWith(".json")) {
      cases.push(...readFile(join(root, entry.name), suite, entry.name.replace(/\.json$/, "")));
    }
  }
  return cases;
}

function jsonFiles(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => join(folder, name));
}

function readFile(path: string, suite: string, folder: string): readonly OpaCase[] {
  const parsed = parseJson(readFileSync(path, "utf8"));
  if (!parsed.ok) throw new Error(`${path}: ${parsed.error.message}`);
  const list = isObject(parsed.value) ? getOwn(parsed.value as PlainObject, "cases") : undefined;
  if (!isArray(list)) throw new Error(`${path}: no list "cases"`);
  return list.map((item) => readCase(item as PlainObject, suite, folder));
}

function readCase(item: PlainObject, suite: string, folder: string): OpaCase {
  const text = (key: string) => {
    const value = getOwn(item, key);
    return typeof value === "string" ? value : undefined;
  };
  const flag = (key: string) => getOwn(item, key) === true;
  const wantDefined = getOwn(item, "want_defined");
  const input = getOwn(item, "input");
  const data = getOwn(item, "data");
  return {
    suite,
    folder,
    note: text("note") ?? "",
    query: text("query") ?? "",
    modules: (getOwn(item, "modules") ?? []) as readonly string[],
    data: (data ?? {}) as PlainObject,
    input: input === null ? undefined : input,
    inputTerm: text("input_term"),
    wantResult: getOwn(item, "want_result") as readonly PlainObject[] | undefined,
    wantDefined: typeof wantDefined === "boolean" ? wantDefined : undefined,
    wantError: text("want_error"),
    wantErrorCode: text("want_error_code"),
    strictError: flag("strict_error"),
    sortBindings: flag("sort_bindings"),
    ignoreGeneratedVars: flag("ignore_generated_vars"),
    experimentalKeywords: flag("experimental_keywords"),
  };
}
