import type { RegoError } from "@portcullis/interpreter";
import type { EngineError } from "../errors.ts";
import type { FileProblem, Manifest } from "./manifest.ts";
import { regoField } from "./rego-field.ts";

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
  const path = regoField(manifest.object, location.file);
  const place = path ? manifest.locateInText(path, location.row, location.col) : manifest.place;
  return manifest.problem(place, `${error.code}: ${error.message}`, error.hint);
}
