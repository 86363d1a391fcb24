import { beforeAll, expect, it } from "vitest";
import { createAuthority } from "./authority.ts";
import type { KeyPair } from "./authority.ts";
import { checkPair } from "./check-pair.ts";

let pair: KeyPair;
let other: KeyPair;

beforeAll(async () => {
  [pair, other] = await Promise.all([createAuthority(new Date()), createAuthority(new Date())]);
});

it("takes a certificate with its key", () => {
  expect(() => checkPair(pair)).not.toThrow();
});

it.each([
  ["a certificate that is not written yet", () => ({ ...pair, cert: "" }), "the certificate is empty"],
  ["a key that is not written yet", () => ({ ...pair, key: "\n" }), "the key is empty"],
  ["half a certificate", () => ({ ...pair, cert: pair.cert.slice(0, 200) }), /./],
  ["half a key", () => ({ ...pair, key: pair.key.slice(0, 100) }), /./],
  ["the key of another one", () => ({ ...pair, key: other.key }), "the key is not that of the certificate"],
] as const)("refuses %s", (_what, made, message) => {
  expect(() => checkPair(made())).toThrow(message);
});
