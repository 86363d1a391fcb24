import { BuiltinError } from "../builtin.ts";

/** What Go's `encoding/asn1` is told by the type of a struct's field: `type` is the name that its errors show. */
export interface Asn1Field {
  readonly type: string;
  readonly shape:
    | "bool"
    | "int"
    | "bytes"
    | "oid"
    | "bits"
    | "raw"
    | "any"
    | { readonly struct: readonly Asn1Field[] }
    | { readonly listOf: Asn1Field; readonly set?: true };
  readonly optional?: true;
  /** An implicit context-specific tag. */
  readonly tag?: number;
}

interface Header {
  readonly class: number;
  readonly tag: number;
  readonly length: number;
  readonly isCompound: boolean;
  /** Where the content begins. */
  readonly at: number;
}

/** Universal tag and constructed bit of each shape; a raw value and `any` take all. */
const UNIVERSAL = {
  bool: [1, false],
  int: [2, false],
  bits: [3, false],
  bytes: [4, false],
  oid: [6, false],
} as const;
const CONTEXT_SPECIFIC = 2;
/** A length must stay below this before its next byte is read. */
const LENGTH_LIMIT = 1 << 23;

/**
 * Walks DER as Go's `asn1.Unmarshal` does for a value of this type; returns where the element ends. Throws BuiltinError with
 * Go's `asn1: structure error: …` or `asn1: syntax error: …`.
 */
export function checkAsn1(bytes: Uint8Array, field: Asn1Field): number {
  return checkField(bytes, 0, field);
}

function checkField(bytes: Uint8Array, start: number, field: Asn1Field): number {
  if (start === bytes.length) {
    if (!field.optional) throw syntaxError("sequence truncated");
    return start;
  }
  const header = readHeader(bytes, start);
  if (field.shape !== "any" && !tagsMatch(header, field)) {
    if (field.optional) return start;
    throw structureError(tagsDoNotMatch(header, field));
  }
  const end = header.at + header.length;
  if (end > bytes.length) throw syntaxError("data truncated");
  checkContent(bytes.subarray(header.at, end), header, field.shape);
  return end;
}

function tagsMatch(header: Header, field: Asn1Field): boolean {
  const [tag, isCompound] = expected(field);
  const wantedClass = field.tag === undefined ? 0 : CONTEXT_SPECIFIC;
  if (field.shape === "raw" && field.tag === undefined) return true;
  if (header.class !== wantedClass || header.tag !== tag) return false;
  return field.shape === "raw" || header.isCompound === isCompound;
}

function expected({ shape, tag }: Asn1Field): readonly [tag: number, isCompound: boolean] {
  const [universal, isCompound] = universalOf(shape);
  return [tag ?? universal, isCompound];
}

function universalOf(shape: Asn1Field["shape"]): readonly [tag: number, isCompound: boolean] {
  if (shape === "raw" || shape === "any") return [-1, false];
  if (typeof shape === "string") return UNIVERSAL[shape];
  return ["set" in shape ? 17 : 16, true];
}

/** Go prints its own structs here; the pointer to a tag, which differs from run to run, is shown as the tag. */
function tagsDoNotMatch(header: Header, field: Asn1Field): string {
  const { class: class_, tag, length, isCompound } = header;
  const have = `{class:${class_} tag:${tag} length:${length} isCompound:${isCompound}}`;
  const parameters =
    `{optional:${field.optional === true} explicit:false application:false private:false defaultValue:<nil> ` +
    `tag:${field.tag ?? "<nil>"} stringType:0 timeType:0 set:false omitEmpty:false}`;
  return `tags don't match (${expected(field)[0]} vs ${have}) ${parameters} ${field.type} @${header.at}`;
}

function checkContent(content: Uint8Array, header: Header, shape: Asn1Field["shape"]): void {
  if (shape === "raw" || shape === "bytes") return;
  if (shape === "bool") checkBoolean(content);
  else if (shape === "int") checkInteger(content);
  else if (shape === "oid") checkOid(content);
  else if (shape === "bits") checkBits(content);
  else if (shape === "any") checkAny(content, header);
  else if ("struct" in shape) {
    // More bytes may follow the last field.
    let at = 0;
    for (const field of shape.struct) at = checkField(content, at, field);
  } else checkList(content, shape.listOf);
}

/** Go looks at all headers first, then into the elements. */
function checkList(content: Uint8Array, element: Asn1Field): void {
  const [tag, isCompound] = expected(element);
  const starts: number[] = [];
  for (let at = 0; at < content.length;) {
    starts.push(at);
    const header = readHeader(content, at);
    const matches = header.class === 0 && header.isCompound === isCompound && header.tag === tag;
    if (element.shape !== "raw" && !matches) throw structureError("sequence tag mismatch");
    at = header.at + header.length;
    if (at > content.length) throw syntaxError("truncated sequence");
  }
  for (const at of starts) checkField(content, at, element);
}

function readHeader(bytes: Uint8Array, start: number): Header {
  let at = start;
  const first = bytes[at++] as number;
  let tag = first & 0x1f;
  if (tag === 0x1f) {
    [tag, at] = readBase128(bytes, at);
    if (tag < 0x1f) throw syntaxError("non-minimal tag");
  }
  const next = (): number => {
    const byte = bytes[at++];
    if (byte === undefined) throw syntaxError("truncated tag or length");
    return byte;
  };
  let length = next();
  if (length & 0x80) {
    const digits = length & 0x7f;
    if (digits === 0) throw syntaxError("indefinite length found (not DER)");
    length = 0;
    for (let i = 0; i < digits; i++) {
      const byte = next();
      if (length >= LENGTH_LIMIT) throw structureError("length too large");
      length = length * 256 + byte;
      if (length === 0) throw structureError("superfluous leading zeros in length");
    }
    if (length < 0x80) throw structureError("non-minimal length");
  }
  return { class: first >> 6, tag, length, isCompound: (first & 0x20) !== 0, at };
}

function readBase128(bytes: Uint8Array, start: number): readonly [value: number, at: number] {
  let value = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (at - start === 5) throw structureError("base 128 integer too large");
    if (at === start && byte === 0x80) throw syntaxError("integer is not minimally encoded");
    value = value * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    if (value > 0x7fff_ffff) throw structureError("base 128 integer too large");
    return [value, at + 1];
  }
  throw syntaxError("truncated base 128 integer");
}

function checkBoolean([value, more]: Uint8Array): void {
  if (more !== undefined || (value !== 0 && value !== 0xff)) throw syntaxError("invalid boolean");
}

function checkInteger(content: Uint8Array): void {
  const [first, second] = content;
  if (first === undefined) throw structureError("empty integer");
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
    throw structureError("integer not minimally-encoded");
  if (content.length > 8) throw structureError("integer too large");
}

function checkOid(content: Uint8Array): void {
  if (content.length === 0) throw syntaxError("zero length OBJECT IDENTIFIER");
  for (let at = 0; at < content.length;) [, at] = readBase128(content, at);
}

function checkBits(content: Uint8Array): void {
  const [padding] = content;
  if (padding === undefined) throw syntaxError("zero length BIT STRING");
  const last = content.at(-1) as number;
  const none = content.length === 1;
  if (padding > 7 || (none && padding > 0) || (last & ((1 << padding) - 1)) !== 0)
    throw syntaxError("invalid padding bits in BIT STRING");
}

/** What Go decodes into an interface by its universal tag; tags without a row it leaves alone. */
const ANY: Readonly<Record<number, (content: Uint8Array) => void>> = {
  1: checkBoolean,
  2: checkInteger,
  3: checkBits,
  6: checkOid,
  12: (content) => {
    if (!isUtf8(content)) throw new BuiltinError("asn1: invalid UTF-8 string");
  },
  18: characters("NumericString", /^[0-9 ]*$/),
  19: characters("PrintableString", /^[A-Za-z0-9 '()+,\-./:=?*&]*$/),
  22: (content) => {
    if (content.some((byte) => byte >= 0x80)) throw syntaxError("IA5String contains invalid character");
  },
};

function checkAny(content: Uint8Array, header: Header): void {
  if (header.class === 0 && !header.isCompound) ANY[header.tag]?.(content);
}

function characters(name: string, allowed: RegExp): (content: Uint8Array) => void {
  return (content) => {
    const text = Array.from(content, (byte) => String.fromCharCode(byte)).join("");
    if (!allowed.test(text)) throw syntaxError(`${name} contains invalid character`);
  };
}

function isUtf8(content: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(content);
    return true;
  } catch {
    return false;
  }
}

function structureError(message: string): BuiltinError {
  return new BuiltinError(`asn1: structure error: ${message}`);
}

function syntaxError(message: string): BuiltinError {
  return new BuiltinError(`asn1: syntax error: ${message}`);
}
