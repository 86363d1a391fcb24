// Kubernetes objects in files, with the way back to their lines.
export { parseManifests } from "./parse-manifests.ts";
export { FileCache, readManifests } from "./read-folder.ts";
export type { ReadOptions } from "./read-folder.ts";
export { formatPlace, formatProblem } from "./format-problem.ts";
export { templateRefusal } from "./template-refusal.ts";
export { templateProblems } from "./template-problems.ts";
export type { FieldPath, FileProblem, Manifest, Manifests, Place } from "./manifest.ts";
