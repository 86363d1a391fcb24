import { writeJson } from "../value/json.ts";
import { getOwn } from "../value/plain-object.ts";
import { ANY, BOOLEAN, STRING, named, objectOf, tuple } from "../value/type.ts";
import type { NamedType } from "../value/type.ts";
import type { Value } from "../value/value.ts";
import { defineBuiltins, type Builtin, type BuiltinContext } from "./builtin.ts";
import { bytesOf } from "./go/bytes.ts";
import { hexEncode } from "./go/hex.ts";
import { hostCrypto } from "./host-crypto.ts";
import { TOKEN_ALGORITHMS, type TokenAlgorithm } from "./jwt/algorithms.ts";
import { verificationKeys } from "./jwt/keys.ts";
import { verifyMac, verifySignature } from "./jwt/signature.ts";
import { signToken } from "./jwt/signing.ts";
import {
  decodeHeader,
  decodePart,
  decodePayload,
  decodeSignature,
  jsonObject,
  readHeaderFields,
  signedBytes,
  splitToken,
} from "./jwt/token.ts";
import { KEY_COST, candidateKeys, decodeAndVerify } from "./jwt/verification.ts";
import { stringOperand } from "./operands.ts";

const ANY_OBJECT = objectOf(ANY, ANY);
const JSON_OBJECT = objectOf(STRING, ANY);
const JWT_TO_VERIFY: NamedType = named("jwt", STRING, "JWT token whose signature is to be verified");
const IS_VALID: NamedType = named("result", BOOLEAN, "`true` if the signature is valid, `false` otherwise");

export const jwtBuiltins = defineBuiltins([
  {
    name: "io.jwt.decode",
    decl: {
      args: [named("jwt", STRING, "JWT token to decode")],
      result: named(
        "output",
        tuple(ANY_OBJECT, ANY_OBJECT, STRING),
        "`[header, payload, sig]`, where `header` and `payload` are objects; `sig` is the hexadecimal representation " +
          "of the signature on the token.",
      ),
    },
    description: "Decodes a JSON Web Token and outputs it as an object.",
    categories: ["tokens"],
    run: ([jwt], context) => decode(jwt, context),
  },
  {
    name: "io.jwt.decode_verify",
    decl: {
      args: [
        named(
          "jwt",
          STRING,
          "JWT token whose signature is to be verified and whose claims are to be checked",
        ),
        named("constraints", JSON_OBJECT, "claim verification constraints"),
      ],
      result: named(
        "output",
        tuple(BOOLEAN, ANY_OBJECT, ANY_OBJECT),
        "`[valid, header, payload]`:  if the input token is verified and meets the requirements of `constraints` then " +
          "`valid` is `true`; `header` and `payload` are objects containing the JOSE header and the JWT claim set; " +
          "otherwise, `valid` is `false`, `header` and `payload` are `{}`",
      ),
    },
    description:
      "Verifies a JWT signature under parameterized constraints and decodes the claims if it is valid.\n" +
      "Supports the following algorithms: HS256, HS384, HS512, RS256, RS384, RS512, ES256, ES384, ES512, PS256, " +
      "PS384, PS512, and EdDSA.",
    categories: ["tokens"],
    nondeterministic: true,
    run: ([jwt, constraints], context) => {
      const verified = decodeAndVerify(jwt, constraints, context);
      return verified ? [true, verified.header, verified.payload] : [false, {}, {}];
    },
  },
  {
    name: "io.jwt.encode_sign",
    decl: {
      args: [
        named("headers", JSON_OBJECT, "JWS Protected Header"),
        named("payload", JSON_OBJECT, "JWS Payload"),
        named("key", JSON_OBJECT, "JSON Web Key (RFC7517)"),
      ],
      result: named("output", STRING, "signed JWT"),
    },
    description:
      "Encodes and optionally signs a JSON Web Token. Inputs are taken as objects, not encoded strings " +
      "(see `io.jwt.encode_sign_raw`).",
    categories: ["tokensign"],
    nondeterministic: true,
    run: ([headers, payload, key], context) =>
      signToken(writeJson(headers as Value), writeJson(payload as Value), writeJson(key as Value), context),
  },
  {
    name: "io.jwt.encode_sign_raw",
    decl: {
      args: [
        named("headers", STRING, "JWS Protected Header"),
        named("payload", STRING, "JWS Payload"),
        named("key", STRING, "JSON Web Key (RFC7517)"),
      ],
      result: named("output", STRING, "signed JWT"),
    },
    description: "Encodes and optionally signs a JSON Web Token.",
    categories: ["tokensign"],
    nondeterministic: true,
    run: ([headers, payload, key], context) => {
      // OPA looks at the key first.
      const jwk = stringOperand(key, 3);
      return signToken(stringOperand(headers, 1), stringOperand(payload, 2), jwk, context);
    },
  },
  verifyWithKey("EdDSA", "io.jwt.verify_eddsa", "Verifies if an EdDSA JWT signature is valid."),
  ...["ES256", "ES384", "ES512"].map((alg) => verifyWithKey(alg)),
  ...["HS256", "HS384", "HS512"].map((alg) => verifyWithSecret(alg)),
  ...["PS256", "PS384", "PS512", "RS256", "RS384", "RS512"].map((alg) => verifyWithKey(alg)),
]);

function decode(jwt: Value | undefined, context: BuiltinContext): readonly Value[] {
  let token = splitToken(jwt, context);
  for (;;) {
    const header = decodeHeader(token);
    const text = decodePayload(token);
    if (getOwn(header, "cty") === "JWT") {
      // The payload is another token, often in quotes.
      token = splitToken(text.replace(/^["']+|["']+$/g, ""), context);
      continue;
    }
    return [header, jsonObject(text), hexEncode(decodePart(token.signature, "signature"))];
  }
}

function verifyWithKey(
  alg: string,
  name = `io.jwt.verify_${alg.toLowerCase()}`,
  description = `Verifies if a ${alg} JWT signature is valid.`,
): Builtin {
  const algorithm = TOKEN_ALGORITHMS.get(alg) as TokenAlgorithm;
  return {
    name,
    decl: {
      args: [
        JWT_TO_VERIFY,
        named(
          "certificate",
          STRING,
          "PEM encoded certificate, PEM encoded public key, or the JWK key (set) used to verify the signature",
        ),
      ],
      result: IS_VALID,
    },
    description,
    categories: ["tokens"],
    run: ([jwt, certificate], context) => {
      const token = splitToken(jwt, context);
      const keys = verificationKeys(stringOperand(certificate, 2), context);
      const signature = decodeSignature(token);
      const fields = readHeaderFields(decodeHeader(token));
      const data = signedBytes(token);
      return candidateKeys(keys, fields).some(({ key }) => {
        context.charge(KEY_COST);
        // Only a public key verifies here; the halves of an ECDSA signature may have any width.
        if ("isPrivate" in key && key.isPrivate) return false;
        return verifySignature(algorithm, key, data, signature, hostCrypto(context), "halves");
      });
    },
  };
}

function verifyWithSecret(alg: string): Builtin {
  return {
    name: `io.jwt.verify_${alg.toLowerCase()}`,
    decl: {
      args: [JWT_TO_VERIFY, named("secret", STRING, "plain text secret used to verify the signature")],
      result: IS_VALID,
    },
    description: `Verifies if a ${alg} (secret) JWT signature is valid.`,
    categories: ["tokens"],
    run: ([jwt, secret], context) => {
      stringOperand(jwt, 1);
      const key = bytesOf(stringOperand(secret, 2));
      const token = splitToken(jwt, context);
      const signature = decodeSignature(token);
      return verifyMac(`sha${alg.slice(2)}`, key, signedBytes(token), signature, hostCrypto(context));
    },
  };
}
