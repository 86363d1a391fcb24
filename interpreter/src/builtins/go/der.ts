/** One element of DER: `content` without, `raw` with its header. */
export interface DerElement {
  /** The identifier byte: class, constructed bit and number. */
  readonly tag: number;
  readonly content: Uint8Array;
  readonly raw: Uint8Array;
}

export const DER = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The identifier byte of a context-specific tag. */
export function contextTag(number: number, constructed: boolean): number {
  return (constructed ? 0xa0 : 0x80) | number;
}

/** Thrown for anything that is not DER of the wanted shape. */
export class DerError extends Error {}

/** Reads elements one after the other. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isEmpty(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The next element, whatever it is. */
  next(): DerElement {
    const start = this.#at;
    const tag = this.#byte();
    if ((tag & 0x1f) === 0x1f) throw new DerError("long tag");
    let length = this.#byte();
    if (length === 0x80 || length > 0x84) throw new DerError("length");
    if (length > 0x80) {
      const digits = length - 0x80;
      length = 0;
      for (let i = 0; i < digits; i++) length = length * 256 + this.#byte();
      if (length < 0x80) throw new DerError("length");
    }
    const content = this.#bytes.subarray(this.#at, this.#at + length);
    if (content.length !== length) throw new DerError("truncated");
    this.#at += length;
    return { tag, content, raw: this.#bytes.subarray(start, this.#at) };
  }

  /** The next element, which must have this tag. */
  read(tag: number): DerElement {
    const element = this.next();
    if (element.tag !== tag) throw new DerError(`tag ${element.tag}, not ${tag}`);
    return element;
  }

  /** The next element if it has this tag; nothing is read otherwise. */
  optional(tag: number): DerElement | undefined {
    return !this.isEmpty && this.#bytes[this.#at] === tag ? this.next() : undefined;
  }

  /** A reader of the contents of the next element. */
  inside(tag: number): DerReader {
    return new DerReader(this.read(tag).content);
  }

  /** All elements that are left. */
  *rest(): Generator<DerElement> {
    while (!this.isEmpty) yield this.next();
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new DerError("truncated");
    return byte;
  }
}

export function derInteger(element: DerElement): bigint {
  if (element.tag !== DER.integer || element.content.length === 0) throw new DerError("integer");
  return BigInt.asIntN(element.content.length * 8, unsignedInteger(element.content));
}

export function unsignedInteger(bytes: Uint8Array): bigint {
  return bytes.length === 0
    ? 0n
    : BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`);
}

/** The numbers of an object identifier. */
export function derOid(element: DerElement): readonly number[] {
  if (element.content.length === 0) throw new DerError("object identifier");
  const numbers: number[] = [];
  let value = 0;
  for (const byte of element.content) {
    value = value * 128 + (byte & 0x7f);
    if (value > 0x7fffffff) throw new DerError("object identifier");
    if (byte & 0x80) continue;
    // The first two numbers share one.
    if (numbers.length === 0) {
      const first = Math.min(2, Math.floor(value / 40));
      numbers.push(first, value - 40 * first);
    } else numbers.push(value);
    value = 0;
  }
  return numbers;
}

/** The bytes of a bit string; the unused bits at the end are left as they are. */
export function derBits(element: DerElement): Uint8Array {
  if (element.tag !== DER.bitString || element.content.length === 0) throw new DerError("bit string");
  return element.content.subarray(1);
}
