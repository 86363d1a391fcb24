import type { PlainObject } from "@portcullis/interpreter";
import { listAt, objectMeta } from "../kubernetes/object-meta.ts";
import { glob } from "../target/match/glob.ts";
import type { Glob } from "../target/match/glob.ts";

/** The processes a Config can keep out of a namespace. */
export type Process = "audit" | "sync" | "webhook" | "mutation-webhook";

/** Answers whether a namespace is excluded for a process by `spec.match` of the Config. */
export interface ProcessExcluder {
  /** By the name of a namespace; the empty name is that of cluster-scoped objects, which only `*` excludes. */
  isNamespaceExcluded(process: Process, namespace: string): boolean;
  /** An object is excluded with its namespace; a Namespace object by its own name. */
  isExcluded(process: Process, object: PlainObject): boolean;
}

/** Reads `spec.match` of a Config (contract 1.3); without a Config nothing is excluded. Unknown process names do nothing. */
export function processExcluder(config?: PlainObject): ProcessExcluder {
  const entries = listAt(config, "spec", "match").map((entry) => ({
    processes: listAt(entry, "processes"),
    globs: listAt(entry, "excludedNamespaces")
      .filter((item) => typeof item === "string")
      .map(glob),
  }));
  const globsOf = (process: Process): readonly Glob[] =>
    entries
      .filter(({ processes }) => processes.includes("*") || processes.includes(process))
      .flatMap(({ globs }) => globs);
  const byProcess: Readonly<Record<Process, readonly Glob[]>> = {
    audit: globsOf("audit"),
    sync: globsOf("sync"),
    webhook: globsOf("webhook"),
    "mutation-webhook": globsOf("mutation-webhook"),
  };
  const isNamespaceExcluded = (process: Process, namespace: string): boolean =>
    byProcess[process].some((pattern) => pattern.matches(namespace));
  return {
    isNamespaceExcluded,
    isExcluded(process, object) {
      const meta = objectMeta(object);
      const isNamespace = meta.kind === "Namespace" && meta.group === "";
      return isNamespaceExcluded(process, isNamespace ? meta.name : meta.namespace);
    },
  };
}
