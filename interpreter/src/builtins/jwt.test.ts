import * as crypto from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Value } from "../value/value.ts";
import { BuiltinError, type BuiltinContext } from "./builtin.ts";
import { jwtBuiltins } from "./jwt.ts";

const context: BuiltinContext = {
  host: { nowNs: () => 1_500_000_000_000n, random: () => 0.5, crypto },
  queryCache: new Map(),
  location: undefined,
  charge() {},
  collect() {},
  checkText() {},
  note() {},
  print() {},
  hostCall: () => null,
};

function call(name: string, ...args: readonly Value[]): Value | undefined {
  return jwtBuiltins.find((row) => row.name === name)?.run(args, context);
}

const rsa = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
const pairs = {
  RS256: rsa,
  PS384: rsa,
  ES256: crypto.generateKeyPairSync("ec", { namedCurve: "P-256" }),
  ES512: crypto.generateKeyPairSync("ec", { namedCurve: "P-521" }),
  EdDSA: crypto.generateKeyPairSync("ed25519"),
};

const jwk = (key: crypto.KeyObject, more: Record<string, string> = {}) =>
  ({ ...key.export({ format: "jwk" }), ...more }) as Record<string, string>;
const pem = (key: crypto.KeyObject) => key.export({ type: "spki", format: "pem" }) as string;
const claims = { iss: "me", aud: ["x", "y"], exp: 2_000, nbf: 1_000 };

describe.each(Object.entries(pairs))("%s", (alg, { privateKey, publicKey }) => {
  const token = call("io.jwt.encode_sign", { alg, kid: "k1" }, claims, jwk(privateKey)) as string;
  const verify = `io.jwt.verify_${alg.toLowerCase()}`;

  it.each([
    ["a PEM public key", pem(publicKey), true],
    ["a JWK", JSON.stringify(jwk(publicKey)), true],
    ["the named key of a set", JSON.stringify({ keys: [jwk(publicKey, { kid: "k1" })] }), true],
    [
      "the named key alone, though another fits",
      JSON.stringify({
        keys: [jwk(crypto.generateKeyPairSync("ed25519").publicKey, { kid: "k1" }), jwk(publicKey)],
      }),
      false,
    ],
    ["a private key", JSON.stringify(jwk(privateKey)), false],
  ])("is verified by %s", (_what, key, expected) => {
    expect(call(verify, token, key)).toBe(expected);
  });

  it("is not verified when the payload was changed", () => {
    const [header, , signature] = token.split(".") as [string, string, string];
    expect(call(verify, `${header}.e30.${signature}`, pem(publicKey))).toBe(false);
  });

  it.each([
    [{ aud: "x" }, true],
    [{ aud: "x", iss: "me", alg }, true],
    [{ aud: "z" }, false],
    [{}, false],
    [{ aud: "x", iss: "you" }, false],
    [{ aud: "x", alg: "HS256" }, false],
    [{ aud: "x", time: 999e9 }, false],
    [{ aud: "x", time: 1000e9 }, true],
    [{ aud: "x", time: 2000e9 }, false],
  ])("meets %j: %s", (constraints, expected) => {
    const [valid] = call("io.jwt.decode_verify", token, {
      ...constraints,
      cert: pem(publicKey),
    }) as readonly Value[];
    expect(valid).toBe(expected);
  });
});

describe("constraints that cannot be used", () => {
  it.each<[Record<string, Value>, string]>([
    [{}, "no key constraint"],
    [{ secret: "s", cert: pem(rsa.publicKey) }, "duplicate key constraints"],
    [{ secret: "s", foo: 1 }, "unknown token validation constraint: foo"],
    [{ secret: "s", time: -1 }, "token time constraint: must not be negative"],
    [{ cert: `${pem(rsa.publicKey)}x` }, "extra data after a PEM certificate block"],
  ])("%j", (constraints, expected) => {
    expect(() => call("io.jwt.decode_verify", "e30.e30.", constraints)).toThrow(new BuiltinError(expected));
  });
});
