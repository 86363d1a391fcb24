import { BOOLEAN, STRING, named } from "../value/type.ts";
import type { NamedType } from "../value/type.ts";
import { defineBuiltins, type Builtin } from "./builtin.ts";
import { bytesOf } from "./go/bytes.ts";
import { chargeBytes, hostCrypto } from "./host-crypto.ts";
import { stringOperand } from "./operands.ts";

const INPUT: NamedType = named("x", STRING, "input string");

export const cryptoBuiltins = defineBuiltins([
  {
    name: "crypto.hmac.equal",
    decl: {
      args: [named("mac1", STRING, "mac1 to compare"), named("mac2", STRING, "mac2 to compare")],
      result: named("result", BOOLEAN, "`true` if the MACs are equals, `false` otherwise"),
    },
    description:
      "Returns a boolean representing the result of comparing two MACs for equality without leaking timing information.",
    categories: ["crypto"],
    run: ([mac1, mac2], context) => {
      const a = bytesOf(stringOperand(mac1, 1));
      const b = bytesOf(stringOperand(mac2, 2));
      chargeBytes(context, a.length + b.length);
      return a.length === b.length && hostCrypto(context).timingSafeEqual(a, b);
    },
  },
  hmac("md5", "MD5"),
  hmac("sha1", "SHA1"),
  hmac("sha256", "SHA256"),
  hmac("sha512", "SHA512"),
  hash("md5", "MD5"),
  hash("sha1", "SHA1"),
  hash("sha256", "SHA256"),
]);

function hash(algorithm: string, title: string): Builtin {
  return {
    name: `crypto.${algorithm}`,
    decl: { args: [INPUT], result: named("y", STRING, `${title}-hash of \`x\``) },
    description: `Returns a string representing the input string hashed with the ${title} function`,
    categories: ["crypto"],
    run: ([x], context) => {
      const bytes = bytesOf(stringOperand(x, 1));
      chargeBytes(context, bytes.length);
      return hostCrypto(context).createHash(algorithm).update(bytes).digest("hex");
    },
  };
}

function hmac(algorithm: string, title: string): Builtin {
  return {
    name: `crypto.hmac.${algorithm}`,
    decl: {
      args: [INPUT, named("key", STRING, "key to use")],
      result: named("y", STRING, `${title}-HMAC of \`x\``),
    },
    description: `Returns a string representing the ${title} HMAC of the input message using the input key.`,
    categories: ["crypto"],
    run: ([x, key], context) => {
      const bytes = bytesOf(stringOperand(x, 1));
      const secret = bytesOf(stringOperand(key, 2));
      chargeBytes(context, bytes.length + secret.length);
      return hostCrypto(context).createHmac(algorithm, secret).update(bytes).digest("hex");
    },
  };
}
