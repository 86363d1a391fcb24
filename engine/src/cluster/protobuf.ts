/** Bytes that are no protobuf message. */
export class MalformedProtobufError extends Error {
  override readonly name = "MalformedProtobufError";
}

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/**
 * Walks over the fields of a message, one after the other. One for many messages: nothing is made for a field, of which a page
 * has ten thousands.
 */
export class ProtobufFields {
  /** The number of the field. */
  field = 0;
  /** The place of its bytes; both the same where it holds a number. */
  start = 0;
  end = 0;
  /** The number it holds, where it does. Those beyond 2^53 lose digits: nothing we look at is that large. */
  value = 0;
  readonly #bytes: Uint8Array;
  #at = 0;
  #end = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Begins with the message at `start` … `end`. */
  of(start: number, end: number): void {
    this.#at = start;
    this.#end = end;
  }

  /** Goes on to the next field; false behind the last one. Throws {@link MalformedProtobufError}. */
  next(): boolean {
    if (this.#at >= this.#end) return false;
    const tag = this.#varint();
    const wire = tag % 8;
    this.field = (tag - wire) / 8;
    this.value = wire === VARINT ? this.#varint() : 0;
    const length = wire === VARINT ? 0 : this.#lengthOf(wire);
    if (length > this.#end - this.#at) throw new MalformedProtobufError("a field is cut off");
    this.start = this.#at;
    this.#at += length;
    this.end = this.#at;
    return true;
  }

  #lengthOf(wire: number): number {
    if (wire === BYTES) return this.#varint();
    if (wire === FIXED_64) return 8;
    if (wire === FIXED_32) return 4;
    throw new MalformedProtobufError(`a field has the wire type ${wire}`);
  }

  #varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#at < this.#end ? this.#bytes[this.#at++] : undefined;
      if (byte === undefined || factor > 2 ** 63) throw new MalformedProtobufError("a number is cut off");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }
}
