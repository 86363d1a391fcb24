import { isArray, isNumber, isSet } from "../value/kind.ts";
import { numberText } from "../value/number.ts";
import { objectEntries, type RegoObject } from "../value/object.ts";
import { ANY, BOOLEAN, STRING, arrayOf, named, objectOf, tuple } from "../value/type.ts";
import type { PlainObject, Value } from "../value/value.ts";
import { BuiltinError, defineBuiltins, type BuiltinContext } from "./builtin.ts";
import { bytesOf } from "./go/bytes.ts";
import { pemDecode } from "./go/pem.ts";
import { chargeBytes, hostCrypto } from "./host-crypto.ts";
import { objectOperand, stringOperand } from "./operands.ts";
import { withUriStrings, type Certificate } from "./x509/certificate.ts";
import { decodeBase64, readCertificates } from "./x509/input.ts";
import { parseKeyPair } from "./x509/key-pair.ts";
import { goPrivateKey, jwkOf, readPrivateKeys } from "./x509/private-keys.ts";
import { parseCertificateRequest } from "./x509/request.ts";
import { verifyChain, type ChainOptions } from "./x509/verify-chain.ts";

const JSON_OBJECT = objectOf(STRING, ANY);
const VERIFIED = tuple(BOOLEAN, arrayOf(JSON_OBJECT));

export const x509Builtins = defineBuiltins([
  {
    name: "crypto.parse_private_keys",
    decl: {
      args: [
        named(
          "keys",
          STRING,
          "PEM encoded data containing one or more private keys as concatenated blocks. Optionally Base64 encoded.",
        ),
      ],
      result: named("output", arrayOf(JSON_OBJECT), "parsed private keys represented as objects"),
    },
    description:
      "Returns zero or more private keys from the given encoded string containing DER certificate data.\n\nIf the input is empty, the function will return null. The input string should be a list of one or more concatenated PEM blocks. The whole input of concatenated PEM blocks can optionally be Base64 encoded.",
    categories: ["crypto"],
    run: ([keys], context) => parsePrivateKeys(text(keys, 1, context), context),
  },
  {
    name: "crypto.x509.parse_and_verify_certificates",
    decl: {
      args: [
        named(
          "certs",
          STRING,
          "base64 encoded DER or PEM data containing two or more certificates where the first is a root CA, the last is a leaf certificate, and all others are intermediate CAs",
        ),
      ],
      result: named(
        "output",
        VERIFIED,
        "array of `[valid, certs]`: if the input certificate chain could be verified then `valid` is `true` and `certs` is an array of X.509 certificates represented as objects; if the input certificate chain could not be verified then `valid` is `false` and `certs` is `[]`",
      ),
    },
    description:
      "Returns one or more certificates from the given string containing PEM\nor base64 encoded DER certificates after verifying the supplied certificates form a complete\ncertificate chain back to a trusted root.\n\nThe first certificate is treated as the root and the last is treated as the leaf,\nwith all others being treated as intermediates.",
    categories: ["crypto"],
    readsClock: true,
    run: ([certs], context) => parseAndVerify(text(certs, 1, context), undefined, context),
  },
  {
    name: "crypto.x509.parse_and_verify_certificates_with_options",
    decl: {
      args: [
        named(
          "certs",
          STRING,
          "base64 encoded DER or PEM data containing two or more certificates where the first is a root CA, the last is a leaf certificate, and all others are intermediate CAs",
        ),
        named(
          "options",
          JSON_OBJECT,
          'object containing extra configs to verify the validity of certificates. `options` object supports four fields which maps to same fields in [x509.VerifyOptions struct](https://pkg.go.dev/crypto/x509#VerifyOptions). `DNSName`, `CurrentTime`: Nanoseconds since the Unix Epoch as a number, `MaxConstraintComparisons` and `KeyUsages`. `KeyUsages` is list and can have possible values as in: `"KeyUsageAny"`, `"KeyUsageServerAuth"`, `"KeyUsageClientAuth"`, `"KeyUsageCodeSigning"`, `"KeyUsageEmailProtection"`, `"KeyUsageIPSECEndSystem"`, `"KeyUsageIPSECTunnel"`, `"KeyUsageIPSECUser"`, `"KeyUsageTimeStamping"`, `"KeyUsageOCSPSigning"`, `"KeyUsageMicrosoftServerGatedCrypto"`, `"KeyUsageNetscapeServerGatedCrypto"`, `"KeyUsageMicrosoftCommercialCodeSigning"`, `"KeyUsageMicrosoftKernelCodeSigning"` ',
        ),
      ],
      result: named(
        "output",
        VERIFIED,
        "array of `[valid, certs]`: if the input certificate chain could be verified then `valid` is `true` and `certs` is an array of X.509 certificates represented as objects; if the input certificate chain could not be verified then `valid` is `false` and `certs` is `[]`",
      ),
    },
    description:
      "Returns one or more certificates from the given string containing PEM\nor base64 encoded DER certificates after verifying the supplied certificates form a complete\ncertificate chain back to a trusted root. A config option passed as the second argument can\nbe used to configure the validation options used.\n\nThe first certificate is treated as the root and the last is treated as the leaf,\nwith all others being treated as intermediates.",
    categories: ["crypto"],
    readsClock: true,
    run: ([certs, options], context) =>
      parseAndVerify(text(certs, 1, context), objectOperand(options, 2), context),
  },
  {
    name: "crypto.x509.parse_certificate_request",
    decl: {
      args: [
        named(
          "csr",
          STRING,
          "base64 string containing either a PEM encoded or DER CSR or a string containing a PEM CSR",
        ),
      ],
      result: named("output", JSON_OBJECT, "X.509 CSR represented as an object"),
    },
    description:
      "Returns a PKCS #10 certificate signing request from the given PEM-encoded PKCS#10 certificate signing request.",
    categories: ["crypto"],
    run: ([csr], context) => parseRequest(text(csr, 1, context)),
  },
  {
    name: "crypto.x509.parse_certificates",
    decl: {
      args: [
        named(
          "certs",
          STRING,
          "base64 encoded DER or PEM data containing one or more certificates or a PEM string of one or more certificates",
        ),
      ],
      result: named("output", arrayOf(JSON_OBJECT), "parsed X.509 certificates represented as objects"),
    },
    description:
      "Returns zero or more certificates from the given encoded string containing\nDER certificate data.\n\nIf the input is empty, the function will return null. The input string should be a list of one or more\nconcatenated PEM blocks. The whole input of concatenated PEM blocks can optionally be Base64 encoded.",
    categories: ["crypto"],
    run: ([certs], context) => readCertificates(text(certs, 1, context)).map(withUriStrings),
  },
  {
    name: "crypto.x509.parse_keypair",
    decl: {
      args: [
        named("cert", STRING, "string containing PEM or base64 encoded DER certificates"),
        named("pem", STRING, "string containing PEM or base64 encoded DER keys"),
      ],
      result: named(
        "output",
        JSON_OBJECT,
        "if key pair is valid, returns the tls.certificate(https://pkg.go.dev/crypto/tls#Certificate) as an object. If the key pair is invalid, nil and an error are returned.",
      ),
    },
    description: "Returns a valid key pair",
    categories: ["crypto"],
    // OPA counts both operands as the first.
    run: ([cert, pem], context) => parseKeyPair(text(cert, 1, context), text(pem, 1, context), context),
  },
  {
    name: "crypto.x509.parse_rsa_private_key",
    decl: {
      args: [named("pem", STRING, "base64 string containing a PEM encoded RSA private key")],
      result: named("output", JSON_OBJECT, "JWK as an object"),
    },
    description: "Returns a JWK for signing a JWT from the given PEM-encoded RSA private key.",
    categories: ["crypto"],
    run: ([pem], context) => parseRsaPrivateKey(text(pem, 1, context), context),
  },
]);

function text(value: Value | undefined, position: number, context: BuiltinContext): string {
  const source = stringOperand(value, position);
  // Reading certificates takes many steps a byte.
  chargeBytes(context, 10 * source.length);
  return source;
}

function parsePrivateKeys(source: string, context: BuiltinContext): Value {
  return source === "" ? null : readPrivateKeys(source, hostCrypto(context)).map(goPrivateKey);
}

function parseRsaPrivateKey(source: string, context: BuiltinContext): Value {
  if (source === "") throw new BuiltinError("input PEM data was empty");
  if (!source.startsWith("-----BEGIN")) decodeBase64(source);
  const [key] = readPrivateKeys(source, hostCrypto(context));
  return key ? jwkOf(key) : null;
}

function parseRequest(source: string): Value {
  const isPem = source.startsWith("-----BEGIN CERTIFICATE REQUEST-----");
  const bytes = isPem ? bytesOf(source) : decodeBase64(source);
  const block = pemDecode(bytes);
  if (block && block.type !== "CERTIFICATE REQUEST") {
    throw new BuiltinError("invalid PEM-encoded certificate signing request");
  }
  return parseCertificateRequest(block?.bytes ?? bytes);
}

function parseAndVerify(
  source: string,
  options: PlainObject | RegoObject | undefined,
  context: BuiltinContext,
): Value {
  let certificates: readonly Certificate[];
  try {
    certificates = readCertificates(source);
  } catch (error) {
    if (error instanceof BuiltinError) return [false, []];
    throw error;
  }
  const chain = verifyChain(certificates, readOptions(options, context), context);
  if (!chain) return [false, []];
  // The variant with options shows the URIs as objects alone.
  return [true, chain.map((certificate) => (options ? certificate.json : withUriStrings(certificate)))];
}

/** The key usages that policies may ask for, in the order of Go's numbers for them. */
const KEY_USAGES = [
  "KeyUsageAny",
  "KeyUsageServerAuth",
  "KeyUsageClientAuth",
  "KeyUsageCodeSigning",
  "KeyUsageEmailProtection",
  "KeyUsageIPSECEndSystem",
  "KeyUsageIPSECTunnel",
  "KeyUsageIPSECUser",
  "KeyUsageTimeStamping",
  "KeyUsageOCSPSigning",
  "KeyUsageMicrosoftServerGatedCrypto",
  "KeyUsageNetscapeServerGatedCrypto",
  "KeyUsageMicrosoftCommercialCodeSigning",
  "KeyUsageMicrosoftKernelCodeSigning",
];

function readOptions(options: PlainObject | RegoObject | undefined, context: BuiltinContext): ChainOptions {
  let dnsName = "";
  let time = context.host.nowNs();
  let usages: readonly number[] = [];
  for (const [key, value] of options ? objectEntries(options) : []) {
    // A key that is no string is passed over.
    if (typeof key !== "string") continue;
    switch (key) {
      case "DNSName":
        if (typeof value !== "string") throw new BuiltinError("'DNSName' should be a string");
        dnsName = value.replace(/^"+|"+$/g, "");
        break;
      case "CurrentTime":
        time = integerOption(value, key, "int64 number");
        break;
      case "MaxConstraintComparisons":
        // Go's bound on work; ours is the budget of the evaluation.
        integerOption(value, key, "number");
        break;
      case "KeyUsages":
        usages = readKeyUsages(value);
        break;
      default:
        throw new BuiltinError("invalid key option");
    }
  }
  return { dnsName, time: Number(time) / 1e9, usages };
}

function integerOption(value: Value, name: string, type: string): bigint {
  if (!isNumber(value)) throw new BuiltinError(`'${name}' should be a number`);
  const digits = numberText(value);
  if (!/^-?\d+$/.test(digits) || BigInt.asIntN(64, BigInt(digits)) !== BigInt(digits)) {
    throw new BuiltinError(`'${name}' should be a valid ${type}`);
  }
  return BigInt(digits);
}

function readKeyUsages(value: Value): readonly number[] {
  if (!isArray(value) && !isSet(value)) throw new BuiltinError("'KeyUsages' should be an Array or Set");
  const elements = isSet(value) ? value.sorted() : value;
  const names = elements.flatMap((element) =>
    typeof element === "string" ? [element.replace(/^"+|"+$/g, "")] : [],
  );
  const unknown = names.filter((name) => !KEY_USAGES.includes(name));
  if (unknown.length > 0)
    throw new BuiltinError(`invalid entries for 'KeyUsages' found: [${unknown.join(" ")}]`);
  return names.map((name) => KEY_USAGES.indexOf(name));
}
