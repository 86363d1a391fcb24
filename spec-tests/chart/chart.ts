import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listAt, objectMeta, textAt } from "@portcullis/engine";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { parse, parseAllDocuments } from "yaml";
import { repositoryRoot } from "../test-data.ts";
import { runCommand } from "../testbed/control-plane.ts";
import type { CommandResult } from "../testbed/control-plane.ts";
import { findPart } from "../testbed/parts.ts";

export const chartFolder = join(repositoryRoot, "charts/portcullis");
export const RELEASE = "gatekeeper";
export const NAMESPACE = "gatekeeper-system";

/** Why nothing can be rendered; undefined where there is a helm. */
export function whyNoHelm(): string | undefined {
  return findPart("helm") === undefined
    ? "SKIPPED: no helm. Run `npm run testbed` (needs Go), or set HELM_BIN."
    : undefined;
}

export function chartText(path: string): string {
  return readFileSync(join(chartFolder, path), "utf8");
}

export function defaultValues(): PlainObject {
  return parse(chartText("values.yaml")) as PlainObject;
}

export function valuesSchema(): PlainObject {
  return JSON.parse(chartText("values.schema.json")) as PlainObject;
}

/** The text of all templates, by file name. */
export function templates(): ReadonlyMap<string, string> {
  const folder = join(chartFolder, "templates");
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

export function helm(...args: readonly string[]): Promise<CommandResult> {
  return runCommand(findPart("helm") as string, args);
}

/** `helm template` with values on top of the defaults; the text, or an Error in helm's words. */
export async function render(values: PlainObject = {}): Promise<string> {
  return withValuesFile(values, async (file) => {
    const result = await helm("template", RELEASE, chartFolder, "--namespace", NAMESPACE, "--values", file);
    if (result.code !== 0) throw new Error(result.stderr);
    return result.stdout;
  });
}

export async function withValuesFile<T>(values: PlainObject, use: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-values-"));
  try {
    writeFileSync(join(folder, "values.json"), JSON.stringify(values));
    return await use(join(folder, "values.json"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The objects of rendered text. Throws for what is no YAML, or has a key twice. */
export function objectsIn(text: string): readonly PlainObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [problem] = document.errors;
    if (problem) throw problem;
    const object = document.toJS() as PlainObject | null;
    return object === null ? [] : [object];
  });
}

/** The object of that kind and name, hooks left out. */
export function find(objects: readonly PlainObject[], kind: string, name?: string): PlainObject {
  const found = objects.find(
    (object) =>
      textAt(object, "kind") === kind &&
      (name === undefined || objectMeta(object).name === name) &&
      textAt(object, "metadata", "annotations", "helm.sh/hook") === "",
  );
  if (!found) throw new Error(`no ${kind} ${name ?? ""}`);
  return found;
}

/** The pod spec of a Deployment or Job. */
export function podSpec(object: PlainObject): Value {
  return (object["spec"] as PlainObject)["template"] as Value;
}

export function container(object: PlainObject): Value {
  return listAt(podSpec(object), "spec", "containers")[0] as Value;
}
