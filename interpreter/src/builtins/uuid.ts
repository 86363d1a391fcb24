import { numberFromText } from "../value/number.ts";
import { ANY, STRING, named, objectOf } from "../value/type.ts";
import type { PlainObject, Value } from "../value/value.ts";
import { defineBuiltins, type BuiltinContext } from "./builtin.ts";
import { bytesOf } from "./go/bytes.ts";
import { hexEncode } from "./go/hex.ts";
import { stringOperand } from "./operands.ts";

export const uuidBuiltins = defineBuiltins([
  {
    name: "uuid.parse",
    decl: {
      args: [named("uuid", STRING, "UUID string to parse")],
      result: named(
        "result",
        objectOf(STRING, ANY),
        "Properties of UUID if valid (version, variant, etc). Undefined otherwise.",
      ),
    },
    description:
      "Parses the string value as an UUID and returns an object with the well-defined fields of the UUID if valid.",
    categories: ["uuid"],
    run: ([uuid]) => {
      const bytes = readUuid(stringOperand(uuid, 1));
      return bytes && describe(bytes);
    },
  },
  {
    name: "uuid.rfc4122",
    decl: {
      args: [named("k", STRING, "seed string")],
      result: named(
        "output",
        STRING,
        "a version 4 UUID; for any given `k`, the output will be consistent throughout a query evaluation",
      ),
    },
    description: "Returns a new UUIDv4.",
    categories: ["uuid"],
    nondeterministic: true,
    memoised: true,
    run: (_args, context) => randomUuid(context),
  },
]);

/** `urn:uuid:…`, `{…}`, with dashes, or 32 digits; anything else is no UUID. */
function readUuid(text: string): Uint8Array | undefined {
  let body = text;
  const { length } = bytesOf(text);
  // Any two characters may stand in for the braces (the Go library looks at the length alone).
  if (length === 45 && /^urn:uuid:/i.test(text)) body = text.slice(9);
  else if (length === 38) body = text.slice(1, 37);
  else if (length !== 36 && length !== 32) return undefined;
  const pattern =
    length === 32
      ? /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i
      : /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i;
  const match = pattern.exec(body);
  if (!match) return undefined;
  return Uint8Array.from({ length: 16 }, (_, i) =>
    Number.parseInt(
      match
        .slice(1)
        .join("")
        .slice(2 * i, 2 * i + 2),
      16,
    ),
  );
}

const DOMAINS = ["Person", "Group", "Org"];
/** 100 ns steps from 1582-10-15 (where the clock of UUIDs starts) to 1970. */
const UUID_EPOCH = 122_192_928_000_000_000n;

function describe(bytes: Uint8Array): PlainObject {
  const version = (bytes[6] as number) >> 4;
  const fields: Record<string, Value> = { version, variant: variantOf(bytes[8] as number) };
  if (version !== 1 && version !== 2) return fields;
  const node = bytes.subarray(10);
  fields["time"] = numberFromText(String(BigInt.asIntN(64, (timestamp(bytes) - UUID_EPOCH) * 100n)));
  fields["nodeid"] = Array.from(node, (byte) => byte.toString(16).padStart(2, "0")).join("-");
  fields["macvariables"] = macVariables(node[0] as number);
  fields["clocksequence"] = (((bytes[8] as number) << 8) | (bytes[9] as number)) & 0x3fff;
  if (version === 2) {
    fields["id"] = Number.parseInt(hexEncode(bytes.subarray(0, 4)), 16);
    const domain = bytes[9] as number;
    fields["domain"] = DOMAINS[domain] ?? `Domain${domain}`;
  }
  return fields;
}

function timestamp(bytes: Uint8Array): bigint {
  const low = BigInt(`0x${hexEncode(bytes.subarray(0, 4))}`);
  const middle = BigInt(`0x${hexEncode(bytes.subarray(4, 6))}`);
  const high = BigInt(`0x${hexEncode(bytes.subarray(6, 8))}`) & 0xfffn;
  return low | (middle << 32n) | (high << 48n);
}

function variantOf(byte: number): string {
  if ((byte & 0xc0) === 0x80) return "RFC4122";
  if ((byte & 0xe0) === 0xc0) return "Microsoft";
  if ((byte & 0xe0) === 0xe0) return "Future";
  return "Reserved";
}

function macVariables(byte: number): string {
  return `${byte & 2 ? "local" : "global"}:${byte & 1 ? "multicast" : "unicast"}`;
}

function randomUuid(context: BuiltinContext): string {
  const { crypto, random } = context.host;
  if (crypto) return crypto.randomUUID();
  const bytes = Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = hexEncode(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
