import { parseJson } from "@portcullis/interpreter";
import { isPlainObject, listAt, textAt, valueAt } from "../kubernetes/object-meta.ts";
import { MalformedProtobufError, ProtobufFields } from "./protobuf.ts";
import type { TypedBytes } from "./transport.ts";

/** Which object, and in which state. */
export interface ObjectVersion {
  /** Empty where the object is in no namespace. */
  readonly namespace: string;
  readonly name: string;
  /** Empty where the server gives it none, as of metrics. */
  readonly resourceVersion: string;
}

export interface VersionsPage {
  readonly items: readonly ObjectVersion[];
  /** Present when there are more pages. */
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/**
 * Lists of metadata alone, as protobuf where the server can: what is skipped there costs nothing, and managed fields and
 * annotations are most of it. Servers of aggregated APIs may know neither and send everything.
 */
export const VERSIONS_MEDIA_TYPES = [
  "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
  "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
  "application/json",
].join(",");

/** Reads an answer to {@link VERSIONS_MEDIA_TYPES}; a text says why it cannot. */
export function versionsPage({ type, bytes }: TypedBytes): VersionsPage | string {
  try {
    return type.startsWith("application/vnd.kubernetes.protobuf") ? ofProtobuf(bytes) : ofJson(bytes);
  } catch (error) {
    if (error instanceof MalformedProtobufError) return error.message;
    throw error;
  }
}

function ofJson(bytes: Uint8Array): VersionsPage | string {
  const list = parseJson(new TextDecoder().decode(bytes));
  if (!list.ok) return list.error.message;
  const remaining = valueAt(list.value, "metadata", "remainingItemCount");
  if (!isPlainObject(list.value)) return "no JSON object";
  const items = listAt(list.value, "items").map((item) => ({
    namespace: textAt(item, "metadata", "namespace"),
    name: textAt(item, "metadata", "name"),
    resourceVersion: textAt(item, "metadata", "resourceVersion"),
  }));
  const next = textAt(list.value, "metadata", "continue");
  return page(items, next, typeof remaining === "number" ? remaining : 0);
}

function page(items: readonly ObjectVersion[], next: string, remaining: number): VersionsPage {
  return {
    items,
    ...(next !== "" && { continue: next }),
    ...(remaining > 0 && { remainingItemCount: remaining }),
  };
}

/** What every protobuf answer of Kubernetes begins with: `k8s\0`. */
const MAGIC = 4;

/** The numbers of the fields in k8s.io/apimachinery's generated.proto files. */
const UNKNOWN = { raw: 2 };
const LIST = { metadata: 1, items: 2 };
const LIST_META = { continue: 3, remainingItemCount: 4 };
const ITEM = { metadata: 1 };
const OBJECT_META = { name: 1, namespace: 3, resourceVersion: 6 };

/** An envelope (runtime.Unknown) with a meta.k8s.io/v1 PartialObjectMetadataList in it. */
function ofProtobuf(answer: Uint8Array): VersionsPage {
  const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength);
  if (bytes.toString("latin1", 0, MAGIC) !== "k8s\0") throw new MalformedProtobufError("no envelope");
  const versions = new ItemReader(bytes);
  const items: ObjectVersion[] = [];
  let next = "";
  let remaining = 0;
  const envelope = new ProtobufFields(bytes);
  const list = new ProtobufFields(bytes);
  const meta = new ProtobufFields(bytes);
  envelope.of(MAGIC, bytes.length);
  while (envelope.next()) {
    if (envelope.field !== UNKNOWN.raw) continue;
    list.of(envelope.start, envelope.end);
    while (list.next()) {
      if (list.field === LIST.items) items.push(versions.read(list.start, list.end));
      if (list.field !== LIST.metadata) continue;
      meta.of(list.start, list.end);
      while (meta.next()) {
        if (meta.field === LIST_META.continue) next = bytes.toString("utf8", meta.start, meta.end);
        if (meta.field === LIST_META.remainingItemCount) remaining = meta.value;
      }
    }
  }
  return page(items, next, remaining);
}

/** Reads the items of a list one after the other. */
class ItemReader {
  readonly #bytes: Buffer;
  readonly #item: ProtobufFields;
  readonly #meta: ProtobufFields;
  /** Objects come by namespace: one text for all of one. */
  #namespace = "";
  #namespaceBytes: Uint8Array = new Uint8Array();

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#item = new ProtobufFields(bytes);
    this.#meta = new ProtobufFields(bytes);
  }

  read(start: number, end: number): ObjectVersion {
    let namespace = "";
    let name = "";
    let resourceVersion = "";
    const bytes = this.#bytes;
    const item = this.#item;
    const meta = this.#meta;
    item.of(start, end);
    while (item.next()) {
      if (item.field !== ITEM.metadata) continue;
      meta.of(item.start, item.end);
      while (meta.next()) {
        const { field, start: from, end: to } = meta;
        if (field === OBJECT_META.name) name = bytes.toString("utf8", from, to);
        else if (field === OBJECT_META.namespace) namespace = this.#namespaceAt(from, to);
        else if (field === OBJECT_META.resourceVersion) resourceVersion = bytes.toString("latin1", from, to);
      }
    }
    return { namespace, name, resourceVersion };
  }

  #namespaceAt(from: number, to: number): string {
    if (!isAt(this.#bytes, from, to, this.#namespaceBytes)) {
      this.#namespace = this.#bytes.toString("utf8", from, to);
      this.#namespaceBytes = this.#bytes.subarray(from, to);
    }
    return this.#namespace;
  }
}

function isAt(bytes: Uint8Array, from: number, to: number, expected: Uint8Array): boolean {
  if (to - from !== expected.length) return false;
  for (let i = 0; i < expected.length; i++) if (bytes[from + i] !== expected[i]) return false;
  return true;
}
