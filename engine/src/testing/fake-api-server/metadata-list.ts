import type { PlainObject } from "@portcullis/interpreter";
import { listAt, objectAt, textAt, valueAt } from "../../kubernetes/object-meta.ts";

/** A list of metadata alone, as protobuf, as an API server sends it to whoever accepts that. */
export function metadataListBytes(list: PlainObject): Buffer {
  const remaining = valueAt(list, "metadata", "remainingItemCount");
  const listMeta = message([
    [2, textAt(list, "metadata", "resourceVersion")],
    [3, textAt(list, "metadata", "continue")],
    [4, typeof remaining === "number" ? remaining : 0],
  ]);
  const items = listAt(list, "items").map((item): [number, Buffer] => [2, message([[1, metadataOf(item)]])]);
  const typeMeta = message([
    [1, "meta.k8s.io/v1"],
    [2, "PartialObjectMetadataList"],
  ]);
  const raw = message([[1, listMeta], ...items]);
  return Buffer.concat([
    Buffer.from("k8s\0"),
    message([
      [1, typeMeta],
      [2, raw],
    ]),
  ]);
}

function metadataOf(item: Parameters<typeof textAt>[0]): Buffer {
  const labels = Object.entries(objectAt(item, "metadata", "labels") ?? {});
  return message([
    [1, textAt(item, "metadata", "name")],
    [3, textAt(item, "metadata", "namespace")],
    [5, textAt(item, "metadata", "uid")],
    [6, textAt(item, "metadata", "resourceVersion")],
    [7, Number(valueAt(item, "metadata", "generation") ?? 0)],
    ...labels.map(([key, value]): [number, Buffer] => [
      11,
      message([
        [1, key],
        [2, String(value)],
      ]),
    ]),
  ]);
}

/** Numbers as varints, texts and messages with their length; what is empty is left out. */
function message(fields: readonly (readonly [number, string | number | Buffer])[]): Buffer {
  const parts = fields.flatMap(([field, value]) => {
    if (typeof value === "number") return value === 0 ? [] : [varint(field * 8), varint(value)];
    const bytes = typeof value === "string" ? Buffer.from(value) : value;
    return bytes.length === 0 ? [] : [varint(field * 8 + 2), varint(bytes.length), bytes];
  });
  return Buffer.concat(parts);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}
