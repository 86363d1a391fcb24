import { textOf } from "../go/bytes.ts";
import { DER, DerError, DerReader, derOid, type DerElement } from "../go/der.ts";
import type { PlainObject, Value } from "../../value/value.ts";

/** The fields of Go's `pkix.Name` by the last number of their attribute type 2.5.4.x; those that collect several values, and the two that keep one. */
const LISTS: ReadonlyMap<number, string> = new Map([
  [6, "Country"],
  [7, "Locality"],
  [8, "Province"],
  [9, "StreetAddress"],
  [10, "Organization"],
  [11, "OrganizationalUnit"],
  [17, "PostalCode"],
]);
const TEXTS: ReadonlyMap<number, string> = new Map([
  [3, "CommonName"],
  [5, "SerialNumber"],
]);

/** A distinguished name in the shape of Go's `pkix.Name`. */
export function goName(name: DerElement): PlainObject {
  const fields: Record<string, Value> = { ExtraNames: null };
  for (const field of LISTS.values()) fields[field] = null;
  for (const field of TEXTS.values()) fields[field] = "";
  const names: Value[] = [];
  for (const part of new DerReader(name.content).rest()) {
    if (part.tag !== DER.set) throw new DerError("name");
    for (const attribute of new DerReader(part.content).rest()) {
      const reader = new DerReader(attribute.content);
      const type = derOid(reader.read(DER.oid));
      const value = derText(reader.next());
      names.push({ Type: type, Value: value });
      if (type.length !== 4 || type[0] !== 2 || type[1] !== 5 || type[2] !== 4) continue;
      const last = type[3] as number;
      const list = LISTS.get(last);
      const text = TEXTS.get(last);
      if (list) fields[list] = [...((fields[list] as readonly Value[] | null) ?? []), value];
      else if (text) fields[text] = value;
    }
  }
  return { ...fields, Names: names.length === 0 ? null : names };
}

/** The text of any of the string types of ASN.1. */
export function derText(element: DerElement): string {
  switch (element.tag) {
    case 12: // UTF8String
    case 18: // NumericString
    case 19: // PrintableString
    case 22: // IA5String
      return textOf(element.content);
    case 20: // T61String, which Go takes for ISO 8859-1
      return String.fromCharCode(...element.content);
    case 30: // BMPString
      return new TextDecoder("utf-16be").decode(element.content);
    default:
      throw new DerError("string");
  }
}
