import type { PlainObject } from "@portcullis/interpreter";
import type { SweepError } from "./sweep-error.ts";

/** An object to audit, with what its place says about it. */
export interface AuditedObject {
  readonly object: PlainObject;
  /** Where the object comes from, for people: `pod.yaml:12`. Absent in a cluster. */
  readonly origin?: string;
}

/**
 * Where a sweep's objects come from: a folder, a cluster's API, the synced inventory. Pages keep the memory of a sweep
 * to what is in flight.
 */
export interface ObjectSource {
  /** All objects to audit, page by page. What cannot be read is told and left out. */
  pages(signal: AbortSignal, tell: SourceListener): AsyncIterable<readonly AuditedObject[]>;
  /** The Namespace of a namespaced object; undefined when it cannot be found, which leaves the object out. */
  namespace(name: string): Promise<PlainObject | undefined>;
}

/** What a source tells while it is read. A source that knows no kinds (a folder) tells of errors alone. */
export interface SourceListener {
  failed(error: SweepError): void;
  /** Before the first page: the kinds that will be read. */
  kinds(names: readonly string[]): void;
  /** A page of a kind has come; `remaining` where the server says how many objects of the kind are still to come. */
  read(kind: string, objects: number, remaining?: number): void;
  /** The last page of a kind has come, or there will be no more of it. */
  finished(kind: string): void;
}
