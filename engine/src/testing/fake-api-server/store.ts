import { equals, setOwn } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { answered, failed } from "../../cluster/kube-error.ts";
import type { KubeResult } from "../../cluster/kube-error.ts";
import { keyOf } from "../../cluster/resource.ts";
import type { Resource } from "../../cluster/resource.ts";
import { listAt, textAt, valueAt } from "../../kubernetes/object-meta.ts";

/** A kind that the fake serves. */
export interface FakeResource extends Resource {
  /** `status` is written through its own subresource only. */
  readonly hasStatus?: boolean;
}

/** One write, as watches tell it. */
export interface StoredChange {
  readonly revision: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  /** See {@link kindKey}. */
  readonly kind: string;
  readonly object: PlainObject;
  readonly previous: PlainObject | undefined;
}

type Objects = ReadonlyMap<string, PlainObject>;

/** All versions of a kind are one set of objects; the fake converts nothing. */
export function kindKey({ group, plural }: Pick<Resource, "group" | "plural">): string {
  return `${group}/${plural}`;
}

const NONE: Objects = new Map();

const CREATED = "2024-01-01T00:00:00Z";

/** What etcd and the API server's storage do: revisions, optimistic locks, uids, history. */
export class FakeStore {
  /** Of the last write; one count for all kinds. */
  revision = 100;
  /** States and changes up to here are forgotten. */
  compacted = 100;
  changes: StoredChange[] = [];
  onChange: (change: StoredChange) => void = () => undefined;

  #current = new Map<string, Objects>();
  readonly #snapshots = new Map<number, ReadonlyMap<string, Objects>>();
  #uids = 0;

  constructor() {
    this.#snapshots.set(this.revision, new Map());
  }

  objects(kind: string, revision = this.revision): Objects | undefined {
    return this.#snapshots.has(revision) ? (this.#snapshots.get(revision)?.get(kind) ?? NONE) : undefined;
  }

  get(resource: Resource, key: string): KubeResult<PlainObject> {
    const object = this.objects(kindKey(resource))?.get(key);
    return object === undefined ? failed(notFound(resource, key)) : answered(object);
  }

  create(resource: FakeResource, given: PlainObject): KubeResult<PlainObject> {
    const key = keyOf(given);
    if (this.get(resource, key).ok) {
      return failed(refusal(409, "AlreadyExists", `${resource.plural} "${key}" already exists`));
    }
    const { status: _status, ...rest } = given;
    return answered(
      this.#write("ADDED", resource, resource.hasStatus === true ? rest : given, {
        uid: this.#newUid(),
        creationTimestamp: CREATED,
        generation: 1,
      }),
    );
  }

  /** The object's resourceVersion, where it has one, guards against a lost update. */
  update(resource: FakeResource, given: PlainObject, subresource = ""): KubeResult<PlainObject> {
    const found = this.get(resource, keyOf(given));
    if (!found.ok) return found;
    const previous = found.value;
    const conflict = conflictOf(resource, previous, {
      resourceVersion: textAt(given, "metadata", "resourceVersion"),
      uid: textAt(given, "metadata", "uid"),
    });
    if (conflict !== undefined) return conflict;
    const next = mixed(resource, previous, given, subresource);
    if (equals(withoutVersion(previous), withoutVersion(next))) return answered(previous);
    if (isDying(next) && listAt(next, "metadata", "finalizers").length === 0) {
      return answered(this.#write("DELETED", resource, next, {}));
    }
    const generation = Number(valueAt(previous, "metadata", "generation") ?? 1);
    const changed = !equals(specOf(previous), specOf(next));
    return answered(this.#write("MODIFIED", resource, next, { generation: generation + (changed ? 1 : 0) }));
  }

  remove(resource: FakeResource, key: string, preconditions: Value | undefined): KubeResult<PlainObject> {
    const found = this.get(resource, key);
    if (!found.ok) return found;
    const conflict = conflictOf(resource, found.value, {
      resourceVersion: textAt(preconditions, "resourceVersion"),
      uid: textAt(preconditions, "uid"),
    });
    if (conflict !== undefined) return conflict;
    const finalized = listAt(found.value, "metadata", "finalizers").length === 0;
    if (finalized) return answered(this.#write("DELETED", resource, found.value, {}));
    if (isDying(found.value)) return found;
    return answered(
      this.#write("MODIFIED", resource, found.value, { deletionTimestamp: "2024-01-01T00:00:01Z" }),
    );
  }

  /** Creates or replaces, without a look at locks: many objects of a kind as one state. */
  putAll(resource: FakeResource, objects: readonly PlainObject[]): void {
    const kind = kindKey(resource);
    const after = new Map(this.#current.get(kind) ?? NONE);
    const changes = objects.map((given): StoredChange => {
      const key = keyOf(given);
      const previous = after.get(key);
      const uid = previous ? textAt(previous, "metadata", "uid") : this.#newUid();
      const resourceVersion = String(++this.revision);
      const object = withMeta(given, { uid, creationTimestamp: CREATED, generation: 1, resourceVersion });
      after.set(key, object);
      return { revision: this.revision, type: previous ? "MODIFIED" : "ADDED", kind, object, previous };
    });
    this.#current = new Map(this.#current).set(kind, after);
    this.#snapshots.set(this.revision, this.#current);
    this.changes.push(...changes);
    for (const change of changes) this.onChange(change);
  }

  #newUid(): string {
    return `00000000-0000-4000-8000-${String(++this.#uids).padStart(12, "0")}`;
  }

  /** Forgets all states but the present one, as etcd does after some minutes. */
  compact(): void {
    this.compacted = this.revision;
    this.changes = [];
    for (const revision of this.#snapshots.keys()) {
      if (revision < this.revision) this.#snapshots.delete(revision);
    }
  }

  #write(type: StoredChange["type"], resource: Resource, given: PlainObject, meta: PlainObject): PlainObject {
    const revision = ++this.revision;
    const kind = kindKey(resource);
    const key = keyOf(given);
    const before = this.#current.get(kind) ?? NONE;
    const object = withMeta(given, { ...meta, resourceVersion: String(revision) });
    const after = new Map(before);
    if (type === "DELETED") after.delete(key);
    else after.set(key, object);
    this.#current = new Map(this.#current).set(kind, after);
    this.#snapshots.set(revision, this.#current);
    const change: StoredChange = { revision, type, kind, object, previous: before.get(key) };
    this.changes.push(change);
    this.onChange(change);
    return object;
  }
}

export function refusal(code: number, reason: string, message: string) {
  return { code, reason, message, retryable: code === 429 || code >= 500 };
}

export function notFound(resource: Resource, key: string) {
  return refusal(404, "NotFound", `${resource.plural} "${key}" not found`);
}

function conflictOf(
  resource: Resource,
  object: PlainObject,
  expected: { readonly resourceVersion: string; readonly uid: string },
): KubeResult<never> | undefined {
  for (const [field, value] of Object.entries(expected)) {
    if (value === "" || value === textAt(object, "metadata", field)) continue;
    const message = `Operation cannot be fulfilled on ${resource.plural} "${keyOf(object)}": the object has been modified`;
    return failed(refusal(409, "Conflict", message));
  }
  return undefined;
}

/** What a write through the object itself, or through its status, makes of the object. */
function mixed(
  resource: FakeResource,
  previous: PlainObject,
  given: PlainObject,
  subresource: string,
): PlainObject {
  const kept: Record<string, Value> = {};
  for (const field of ["uid", "creationTimestamp", "generation", "deletionTimestamp"]) {
    const value = valueAt(previous, "metadata", field);
    if (value !== undefined) kept[field] = value;
  }
  const [main, status] =
    subresource === "status" ? [previous, given] : [given, resource.hasStatus === true ? previous : given];
  const { status: _status, ...rest } = main;
  const next = status["status"];
  return withMeta({ ...rest, ...(next !== undefined && { status: next }) }, kept);
}

function withMeta(object: PlainObject, fields: PlainObject): PlainObject {
  const metadata: Record<string, Value> = {};
  for (const [key, value] of Object.entries(object["metadata"] ?? {})) setOwn(metadata, key, value as Value);
  return { ...object, metadata: Object.assign(metadata, fields) };
}

function withoutVersion(object: PlainObject): PlainObject {
  return withMeta(object, { resourceVersion: "" });
}

function specOf(object: PlainObject): PlainObject {
  const { metadata: _metadata, status: _status, ...rest } = object;
  return rest;
}

function isDying(object: PlainObject): boolean {
  return valueAt(object, "metadata", "deletionTimestamp") !== undefined;
}
