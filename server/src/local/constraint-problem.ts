import type { EngineError } from "@portcullis/engine";
import type { FileProblem, Manifest } from "@portcullis/engine/files";

/** Puts a refused constraint's error at the field that the message names, where it names one. */
export function constraintProblem(manifest: Manifest, error: EngineError): FileProblem {
  const field = /\b(?:spec|metadata)(?:\.[A-Za-z_][\w-]*|\[\d+\])+/.exec(error.message)?.[0];
  const steps = field?.match(/[^.[\]]+/g)?.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const path = steps ?? (error.message.includes("enforcementAction") ? ["spec", "enforcementAction"] : []);
  const hint =
    error.code === "unknown_template"
      ? "put the ConstraintTemplate of this kind into the folder, or mend it if it was refused"
      : undefined;
  return manifest.problem(manifest.locate(path), error.message, hint);
}
