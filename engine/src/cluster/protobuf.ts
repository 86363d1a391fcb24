/** Bytes that are no protobuf message. */
export class MalformedProtobufError extends Error {
  override readonly name = "MalformedProtobufError";
}

/**
 * Told of each field of a message: its number and, by its wire type, the number it holds (`start` and `end` are then the
 * same) or the place of its bytes.
 */
export type OnField = (field: number, start: number, end: number, value: number) => void;

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/** Walks over the fields of the message at `start` … `end`. Throws {@link MalformedProtobufError}. */
export function eachField(bytes: Uint8Array, start: number, end: number, onField: OnField): void {
  let at = start;
  /** Numbers beyond 2^53 lose digits: nothing we look at is that large. */
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = at < end ? bytes[at++] : undefined;
      if (byte === undefined || factor > 2 ** 63) throw new MalformedProtobufError("a number is cut off");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < end) {
    const tag = varint();
    const wire = tag % 8;
    const field = (tag - wire) / 8;
    if (wire === VARINT) {
      const value = varint();
      onField(field, at, at, value);
      continue;
    }
    const length = wire === BYTES ? varint() : wire === FIXED_64 ? 8 : wire === FIXED_32 ? 4 : undefined;
    if (length === undefined) throw new MalformedProtobufError(`a field has the wire type ${wire}`);
    if (length > end - at) throw new MalformedProtobufError("a field is cut off");
    at += length;
    onField(field, at - length, at, length);
  }
}
