import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { getOwn, isArray, isObject, type PlainObject, type Value } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { parseManifests } from "../../engine/src/files/parse-manifests.ts";
import { decodeMutator } from "../../engine/src/mutation/mutators/decode-mutator.ts";
import { MutationSystem } from "../../engine/src/mutation/system.ts";
import { testData, testDataRoot } from "../test-data.ts";

/** The API server puts an object without a namespace here. */
const DEFAULT = { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } };

/** What the mutators of a sample make of an object. */
interface Sample {
  readonly mutators: readonly string[];
  readonly object: string;
  /** The value at a path, null for none. */
  readonly expectedPaths: Readonly<Record<string, unknown>>;
  readonly unchanged: boolean;
}

const root = testData("gatekeeper-library", "mutation");
if (root === undefined)
  console.warn(`skipping the library's mutations: no ${testDataRoot}/gatekeeper-library`);

const samples = root === undefined ? [] : samplesBelow(root);

function samplesBelow(folder: string): readonly (readonly [string, string, Sample])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name === "expected.json")
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .flatMap((path) =>
      (JSON.parse(readFileSync(path, "utf8")) as Sample[]).map(
        (sample) =>
          [`${dirname(path).slice(folder.length + 1)} on ${sample.object}`, dirname(path), sample] as const,
      ),
    );
}

function objectsOf(path: string): readonly PlainObject[] {
  return parseManifests(path, readFileSync(path, "utf8")).manifests.map(({ object }) => object);
}

/** The value at a path such as `spec.containers[0].image`; null where there is none. */
function at(object: PlainObject, path: string): Value {
  let value: Value | undefined = object;
  for (const step of path.split(/[.[\]]+/).filter((part) => part !== "")) {
    if (isArray(value ?? null)) value = (value as readonly Value[])[Number(step)];
    else value = isObject(value ?? null) ? getOwn(value as PlainObject, step) : undefined;
  }
  return value ?? null;
}

describe.skipIf(root === undefined)("the mutators of", () => {
  it.each(samples)("%s make what they should", (_name, folder, sample) => {
    const system = new MutationSystem({ newId: () => "id" });
    for (const file of sample.mutators) {
      for (const object of objectsOf(join(folder, file))) system.upsert(decodeMutator(object));
    }
    const [object] = objectsOf(join(folder, sample.object));
    if (!object) throw new Error(`${sample.object}: no object`);
    const { object: after } = system.mutate({
      object,
      operation: "CREATE",
      source: "Original",
      namespace: DEFAULT,
    });
    const got = Object.fromEntries(Object.keys(sample.expectedPaths).map((path) => [path, at(after, path)]));
    expect(got).toEqual(sample.expectedPaths);
    expect(after === object || JSON.stringify(after) === JSON.stringify(object)).toBe(sample.unchanged);
  });
});
