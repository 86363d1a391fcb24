import * as crypto from "node:crypto";
import { describe, expect, it } from "vitest";
import { getOwn } from "../value/plain-object.ts";
import type { PlainObject, Value } from "../value/value.ts";
import type { BuiltinContext } from "./builtin.ts";
import { x509Builtins } from "./x509.ts";

// Made with openssl: a root "CA" for certificates, and a leaf for leaf.example.com and spiffe://a/b, valid for a year.
const ROOT = `-----BEGIN CERTIFICATE-----
MIIBczCCARmgAwIBAgIUCtxrMRy+wuA8rjTv8ndRRTixGb4wCgYIKoZIzj0EAwIw
GTELMAkGA1UEAwwCQ0ExCjAIBgNVBAoMAVgwHhcNMjYxMTIxMTIwMzA1WhcNMzYx
MTE4MTIwMzA1WjAZMQswCQYDVQQDDAJDQTEKMAgGA1UECgwBWDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABDAdJf8+LhAaZ0ThXb4jE0rfsiq9jyQBysSK2wgG+B1t
ydVd6Cy1IEBni2XXp4SXzw3bEFfhZIKdnOYfiQ36iCyjPzA9MA8GA1UdEwEB/wQF
MAMBAf8wCwYDVR0PBAQDAgIEMB0GA1UdDgQWBBS3N/eKc7gCmu5JwQmxNlcp+YhR
0jAKBggqhkjOPQQDAgNIADBFAiAwFFOQeE0qbLEKugP2IOSrqLxVCBDp04KApgdV
mDGBzgIhAPeSQ49wcrPkD/iPiwaZ451hajd7Lkencn5lhQimaUmU
-----END CERTIFICATE-----`;
const LEAF = `-----BEGIN CERTIFICATE-----
MIIBizCCATKgAwIBAgIKEjRWeJCrze8SNDAKBggqhkjOPQQDAjAZMQswCQYDVQQD
DAJDQTEKMAgGA1UECgwBWDAeFw0yNjExMjExMjAzMDVaFw0yNzExMjExMjAzMDVa
MBsxDTALBgNVBAMMBGxlYWYxCjAIBgNVBAoMAVgwKjAFBgMrZXADIQDymAcawGZ/
gjEarU1k06iovf9HNeQvK5tsB4FBE1W5XKOBjjCBizAJBgNVHRMEAjAAMCkGA1Ud
EQQiMCCCEGxlYWYuZXhhbXBsZS5jb22GDHNwaWZmZTovL2EvYjATBgNVHSUEDDAK
BggrBgEFBQcDATAfBgNVHSMEGDAWgBS3N/eKc7gCmu5JwQmxNlcp+YhR0jAdBgNV
HQ4EFgQUmSYxu0CZRt94flA16AbKyOYgSiEwCgYIKoZIzj0EAwIDRwAwRAIgMZ6B
r4yqT7z6jZIKSwp667LQIe0TGMJ85tKsnIGC3L0CIFtYBwpwLbA3k3ZQFyJ217T1
//ERFiJ7N+F6uhXBgNuN
-----END CERTIFICATE-----`;
/** Within the life of both. */
const NOW = 1_800_000_000_000_000_000;

const context: BuiltinContext = {
  host: { nowNs: () => BigInt(NOW), random: () => 0.5, crypto },
  queryCache: new Map(),
  location: undefined,
  charge() {},
  collect() {},
  checkText() {},
  note() {},
  print() {},
  hostCall: () => null,
};

function call(name: string, ...args: readonly Value[]): Value {
  return x509Builtins.find((row) => row.name === name)?.run(args, context) as Value;
}

function verified(options: PlainObject, ...certificates: readonly string[]): boolean {
  const name = "crypto.x509.parse_and_verify_certificates_with_options";
  const [valid] = call(name, certificates.join("\n"), options) as readonly Value[];
  return valid === true;
}

describe("a chain", () => {
  it.each<[PlainObject, boolean]>([
    [{}, true],
    [{ DNSName: "leaf.example.com" }, true],
    [{ DNSName: "LEAF.example.com." }, true],
    [{ DNSName: "example.com" }, false],
    [{ KeyUsages: ["KeyUsageServerAuth"] }, true],
    [{ KeyUsages: ["KeyUsageClientAuth"] }, false],
    [{ KeyUsages: ["KeyUsageAny"] }, true],
    [{ CurrentTime: 1 }, false],
  ])("with options %j: %s", (options, expected) => {
    expect(verified({ CurrentTime: NOW, ...options }, ROOT, LEAF)).toBe(expected);
  });

  it("needs the root first and a signature of the root", () => {
    expect(verified({}, LEAF, ROOT)).toBe(false);
    expect(verified({}, LEAF)).toBe(false);
    const broken = LEAF.replace("-----BEGIN CERTIFICATE-----\nMIIB", "-----BEGIN CERTIFICATE-----\nMIIC");
    expect(verified({}, ROOT, broken)).toBe(false);
  });

  it("refuses options that it does not know", () => {
    expect(() => verified({ x: 1 }, ROOT, LEAF)).toThrow("invalid key option");
    expect(() => verified({ KeyUsages: ["a", "b"] }, ROOT, LEAF)).toThrow(
      "invalid entries for 'KeyUsages' found: [a b]",
    );
  });
});

it("shows a certificate in the fields of Go's struct", () => {
  const [leaf] = call("crypto.x509.parse_certificates", LEAF) as readonly PlainObject[];
  expect(leaf).toMatchObject({
    BasicConstraintsValid: true,
    DNSNames: ["leaf.example.com"],
    EmailAddresses: null,
    ExtKeyUsage: [1],
    IsCA: false,
    KeyUsage: 0,
    MaxPathLen: -1,
    PublicKeyAlgorithm: 4,
    SignatureAlgorithm: 10,
    Subject: { CommonName: "leaf", Organization: ["X"], Country: null },
    URIStrings: ["spiffe://a/b"],
    Version: 3,
  });
  expect(String(getOwn(leaf as PlainObject, "NotAfter"))).toMatch(/^2027-11-21T/);
});

it.each([
  ["foo!", "illegal base64 data at input byte 3"],
  ["aGVsbG8=", "x509: malformed certificate"],
  ["-----BEGIN X-----\nAAAA\n-----END X-----", "PEM block type is 'X', expected CERTIFICATE"],
])("refuses %j", (text, expected) => {
  expect(() => call("crypto.x509.parse_certificates", text)).toThrow(expected);
});

it.each([
  [
    "YmFkc3RyaW5n",
    "asn1: structure error: tags don't match (16 vs {class:1 tag:2 length:97 isCompound:true})",
  ],
  ["", "asn1: syntax error: sequence truncated"],
  ["MA==", "asn1: syntax error: truncated tag or length"],
  ["MIA=", "asn1: syntax error: indefinite length found (not DER)"],
  ["MIEB", "asn1: structure error: non-minimal length"],
  ["MAo=", "asn1: syntax error: data truncated"],
  ["MAIwAA==", "asn1: syntax error: sequence truncated"],
  ["MAUwAwIBAA==", "asn1: syntax error: sequence truncated"],
  ["MAQwAgIA", "asn1: structure error: empty integer"],
  ["HwE=", "asn1: syntax error: non-minimal tag"],
])("says what Go's asn1 says of the request %j", (text, expected) => {
  expect(() => call("crypto.x509.parse_certificate_request", text)).toThrow(expected);
});
