import { objectAt, valueAt } from "@portcullis/engine";
import type { FileProblem, Manifest } from "@portcullis/engine/files";
import { kindOf } from "@portcullis/interpreter";

const HINT = "put it in quotes: YAML reads y, n, yes, no, on and off as booleans and digits as numbers";

/**
 * Names, namespaces and labels that are no text: the API server would refuse the object, and policies would not see what
 * its author meant.
 */
export function metadataProblems(manifest: Manifest): readonly FileProblem[] {
  const { object } = manifest;
  const labels = Object.keys(objectAt(object, "metadata", "labels") ?? {});
  const paths: readonly (readonly string[])[] = [
    ["metadata", "name"],
    ["metadata", "namespace"],
    ...labels.map((label) => ["metadata", "labels", label]),
  ];
  return paths.flatMap((path) => {
    const value = valueAt(object, ...path);
    if (value === undefined || value === null || typeof value === "string") return [];
    const message = `${path.join(".")} must be text, not a ${kindOf(value)}`;
    return [manifest.problem(manifest.locate(path), message, HINT)];
  });
}
