import { BuiltinError } from "../builtin.ts";
import { checkAsn1, type Asn1Field } from "../go/asn1.ts";
import { base64Encode } from "../go/base64.ts";
import {
  DER,
  DerError,
  DerReader,
  contextTag,
  derBits,
  derInteger,
  derOid,
  type DerElement,
} from "../go/der.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { goNames, malformed } from "./certificate.ts";
import {
  NO_NAMES,
  goExtensions,
  listOrNull,
  readAlternativeNames,
  readExtensions,
  smallInteger,
} from "./extensions.ts";
import { derText, goName } from "./name.ts";
import { big, goPublicKey } from "./public-key.ts";
import { signatureAlgorithm } from "./signature-algorithm.ts";

const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";

const ALGORITHM: Asn1Field = {
  type: "AlgorithmIdentifier",
  shape: {
    struct: [
      { type: "ObjectIdentifier", shape: "oid" },
      { type: "RawValue", shape: "raw", optional: true },
    ],
  },
};
const BITS: Asn1Field = { type: "BitString", shape: "bits" };
const REQUEST: Asn1Field = {
  type: "certificateRequest",
  shape: {
    struct: [
      {
        type: "tbsCertificateRequest",
        shape: {
          struct: [
            { type: "int", shape: "int" },
            { type: "RawValue", shape: "raw" },
            { type: "publicKeyInfo", shape: { struct: [ALGORITHM, BITS] } },
            { type: "", shape: { listOf: { type: "RawValue", shape: "raw" } }, tag: 0 },
          ],
        },
      },
      ALGORITHM,
      BITS,
    ],
  },
};
const TYPE_AND_VALUE: Asn1Field = {
  type: "AttributeTypeAndValue",
  shape: {
    struct: [
      { type: "ObjectIdentifier", shape: "oid" },
      { type: "", shape: "any" },
    ],
  },
};
const SUBJECT: Asn1Field = {
  type: "RDNSequence",
  shape: { listOf: { type: "RelativeDistinguishedNameSET", shape: { listOf: TYPE_AND_VALUE, set: true } } },
};
const EXTENSIONS: Asn1Field = {
  type: "",
  shape: {
    listOf: {
      type: "Extension",
      shape: {
        struct: [
          { type: "ObjectIdentifier", shape: "oid" },
          { type: "bool", shape: "bool", optional: true },
          { type: "", shape: "bytes" },
        ],
      },
    },
  },
};

/**
 * Reads a PKCS #10 request into the shape of Go's `x509.CertificateRequest`. Throws BuiltinError with Go's `asn1:` text for what
 * is not a request, with an `x509:` text for what stands in one and cannot be read.
 */
export function parseCertificateRequest(der: Uint8Array): PlainObject {
  if (checkAsn1(der, REQUEST) !== der.length) throw new BuiltinError("asn1: syntax error: trailing data");
  return malformed("certificate request", () => {
    const request = new DerReader(der).read(DER.sequence);
    const outer = new DerReader(request.content);
    const tbs = outer.read(DER.sequence);
    const algorithm = signatureAlgorithm(outer.read(DER.sequence));
    const signature = derBits(outer.read(DER.bitString));
    const reader = new DerReader(tbs.content);
    const version = smallInteger(reader.read(DER.integer));
    const subject = reader.next();
    const keyInfo = reader.read(DER.sequence);
    const publicKey = goPublicKey(keyInfo);
    checkAsn1(subject.raw, SUBJECT);
    const attributes = reader.optional(contextTag(0, true));
    const list = attributes ? Array.from(new DerReader(attributes.content).rest(), readAttribute) : [];
    const requested = list.find(({ type }) => type.join(".") === EXTENSION_REQUEST);
    if (requested) checkAsn1(requested.values.content, EXTENSIONS);
    const extensions = requested
      ? readExtensions(new DerReader(requested.values.content).read(DER.sequence))
      : [];
    const alternative = extensions.find(({ id }) => id.join(".") === "2.5.29.17");
    return {
      Raw: base64Encode(request.raw),
      RawTBSCertificateRequest: base64Encode(tbs.raw),
      RawSubjectPublicKeyInfo: base64Encode(keyInfo.raw),
      RawSubject: base64Encode(subject.raw),
      Version: version,
      Signature: base64Encode(signature),
      SignatureAlgorithm: algorithm.number,
      PublicKeyAlgorithm: publicKey.algorithm,
      PublicKey: publicKey.value,
      Subject: goName(subject),
      Attributes: listOrNull(list.flatMap(goAttribute)),
      Extensions: goExtensions(extensions),
      ExtraExtensions: null,
      ...goNames(alternative ? readAlternativeNames(alternative.value) : NO_NAMES),
    };
  });
}

interface Attribute {
  readonly type: readonly number[];
  readonly values: DerElement;
}

function readAttribute(element: DerElement): Attribute {
  const reader = new DerReader(element.content);
  return { type: derOid(reader.read(DER.oid)), values: reader.read(DER.set) };
}

/** Go shows only attributes whose values are lists of type and value; others it drops. */
function goAttribute({ type, values }: Attribute): readonly Value[] {
  try {
    const lists = Array.from(new DerReader(values.content).rest(), (list) => {
      if (list.tag !== DER.sequence) throw new DerError("attribute");
      return Array.from(new DerReader(list.content).rest(), (pair) => {
        if (pair.tag !== DER.sequence) throw new DerError("attribute");
        const reader = new DerReader(pair.content);
        return { Type: derOid(reader.read(DER.oid)), Value: anyValue(reader.next()) };
      });
    });
    return [{ Type: type, Value: lists }];
  } catch (error) {
    if (error instanceof DerError) return [];
    throw error;
  }
}

/** A value of any simple type, as Go's `asn1` decodes it into an interface. */
function anyValue(element: DerElement): Value {
  switch (element.tag) {
    case DER.boolean:
      return element.content[0] === 0xff;
    case DER.integer:
      return big(derInteger(element));
    case DER.octetString:
      return base64Encode(element.content);
    case DER.oid:
      return derOid(element);
    case DER.null:
      return null;
    default:
      return derText(element);
  }
}
