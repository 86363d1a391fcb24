import type { ProcessExcluder } from "@portcullis/engine";
import type { KubeApi, ObjectVersion, Resource } from "@portcullis/engine/cluster";
import type { DataRevisions } from "../incremental/data-revisions.ts";
import type { VerdictMemory } from "../incremental/verdict-memory.ts";
import type { SourceListener } from "../object-source.ts";
import type { EvaluatorPool } from "../threads/evaluator-pool.ts";
import type { JudgedPage } from "../verdict-source.ts";
import type { KindDependence } from "./kind-dependence.ts";
import type { Patience } from "./patience.ts";

/** What the kinds of one sweep share. */
export interface SweepRun {
  readonly api: KubeApi;
  readonly pool: EvaluatorPool;
  readonly memory: VerdictMemory;
  readonly pageSize: number;
  /** Judge the objects of this namespace alone. */
  readonly namespace?: string;
  readonly excluder: ProcessExcluder;
  /** When the parts of the inventory that is judged by have changed. */
  readonly data: DataRevisions;
  /** Of the Namespace of that name in this sweep; undefined when there is none or nobody can tell. */
  readonly namespaceVersion: (name: string) => Promise<string | undefined>;
  /** Whether Namespaces that are not there took their objects along, as far as it was asked. */
  readonly gone: Map<string, Promise<boolean>>;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  readonly tell: SourceListener;
  /** Told of the time that judging took, in the threads. */
  readonly onJudged: (milliseconds: number) => void;
}

/** A kind to audit. */
export interface AuditedKind extends KindDependence {
  readonly resource: Resource;
}

/** A page that is being judged: the promise never rejects. */
export interface BegunPage {
  readonly page: Promise<JudgedPage>;
}

export function isExcluded(
  { namespace, name }: ObjectVersion,
  { resource }: AuditedKind,
  run: SweepRun,
): boolean {
  const isNamespace = resource.kind === "Namespace" && resource.group === "";
  return run.excluder.isNamespaceExcluded("audit", isNamespace ? name : namespace);
}

/** `Deployment.apps`, as people and progress name it. */
export function nameOfKind({ group, kind }: { readonly group: string; readonly kind: string }): string {
  return group === "" ? kind : `${kind}.${group}`;
}
