import type { PlainObject, RegoError, Value } from "@portcullis/interpreter";
import type { EngineError } from "../errors.ts";
import type { FieldPath, FileProblem, Manifest } from "./manifest.ts";

/**
 * Puts the error of a refused template at its place in the file: each error of its Rego at the line and column of the
 * YAML that holds the Rego, with caret and hint; any other error at the start of the template.
 */
export function templateProblems(manifest: Manifest, error: EngineError): readonly FileProblem[] {
  const located = (error.rego ?? []).filter((each) => each.location !== undefined);
  if (located.length === 0) return [manifest.problem(manifest.place, error.message)];
  return located.map((each) => regoProblem(manifest, each));
}

function regoProblem(manifest: Manifest, error: RegoError): FileProblem {
  const location = error.location as NonNullable<RegoError["location"]>;
  const path = sourcePath(manifest.object, location.source.text);
  const place = path ? manifest.locateInText(path, location.row, location.col) : manifest.place;
  return manifest.problem(place, `${error.code}: ${error.message}`, error.hint);
}

/** The field whose text is the module an error speaks of. */
function sourcePath(template: PlainObject, module: string): FieldPath | undefined {
  for (const path of textPaths(template.spec ?? null, ["spec"], 0)) {
    if (path.text === module) return path.path;
  }
  return undefined;
}

function* textPaths(
  value: Value,
  path: FieldPath,
  depth: number,
): Generator<{ readonly path: FieldPath; readonly text: string }> {
  if (typeof value === "string") yield { path, text: value };
  else if (depth > 8 || typeof value !== "object" || value === null) return;
  else if (Array.isArray(value)) {
    for (const [index, item] of (value as readonly Value[]).entries())
      yield* textPaths(item, [...path, index], depth + 1);
  } else {
    for (const key of Object.keys(value)) {
      yield* textPaths((value as PlainObject)[key] as Value, [...path, key], depth + 1);
    }
  }
}
