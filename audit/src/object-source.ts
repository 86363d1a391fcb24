import type { PlainObject } from "@portcullis/interpreter";

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
  /** All objects to audit, page by page. A page that cannot be read is reported through `onError` and left out. */
  pages(signal: AbortSignal, onError: (message: string) => void): AsyncIterable<readonly AuditedObject[]>;
  /** The Namespace of a namespaced object; undefined when it cannot be found, which leaves the object out. */
  namespace(name: string): Promise<PlainObject | undefined>;
}
