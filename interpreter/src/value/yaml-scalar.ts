import { numberFromText } from "./number.ts";
import type { RegoNumber } from "./value.ts";

/**
 * Which YAML words are booleans and what a repeated key means:
 * - `kubernetes`: as kubectl and Gatekeeper read manifests (`yes`, `on`, `y` are true); a repeated key is an error.
 * - `opa`: as OPA's `yaml.unmarshal` reads (only `true` and `false`); the last of repeated keys wins.
 */
export type YamlRules = "kubernetes" | "opa";

/** What a plain scalar means. `float` may be infinite or not a number, which JSON cannot hold. */
export type YamlScalar =
  | { readonly kind: "null" | "merge" }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "str"; readonly value: string };

/** Resolves a plain scalar as goyaml does: Go's integer prefixes, underscores, no base 60, dates stay strings. */
export function resolveYamlScalar(text: string, rules: YamlRules): YamlScalar {
  const word = WORDS.get(text) ?? (rules === "kubernetes" ? OLD_BOOLEANS.get(text) : undefined);
  if (word) return word;
  if (text.startsWith("."))
    return FLOAT.test(text) ? { kind: "float", value: Number(text) } : { kind: "str", value: text };
  if (!/^[-+0-9]/.test(text)) return { kind: "str", value: text };
  const plain = text.replaceAll("_", "");
  const integer = goInteger(plain);
  if (integer !== undefined) return { kind: "int", value: integer };
  if (FLOAT.test(plain)) {
    const value = Number(plain);
    // Go calls an overflow an error, so the text stays a string.
    if (Number.isFinite(value)) return { kind: "float", value };
  }
  return { kind: "str", value: text };
}

/** True for the words that YAML 1.1 reads as booleans beside `true` and `false`. */
export function isOldYamlBoolean(text: string): boolean {
  return OLD_BOOLEANS.has(text);
}

/** A float as Go's JSON writer prints it; undefined for infinities and NaN. */
export function jsonFloat(value: number): RegoNumber | undefined {
  if (!Number.isFinite(value)) return undefined;
  return numberFromText(Object.is(value, -0) ? "-0" : String(value));
}

const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

const WORDS = new Map<string, YamlScalar>([
  ...spread(["true", "True", "TRUE"], { kind: "bool", value: true }),
  ...spread(["false", "False", "FALSE"], { kind: "bool", value: false }),
  ...spread(["", "~", "null", "Null", "NULL"], { kind: "null" }),
  ...spread([".nan", ".NaN", ".NAN"], { kind: "float", value: Number.NaN }),
  ...spread([".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"], { kind: "float", value: Infinity }),
  ...spread(["-.inf", "-.Inf", "-.INF"], { kind: "float", value: -Infinity }),
  ["<<", { kind: "merge" }],
]);

const OLD_BOOLEANS = new Map<string, YamlScalar>([
  ...spread(["y", "Y", "yes", "Yes", "YES", "on", "On", "ON"], { kind: "bool", value: true }),
  ...spread(["n", "N", "no", "No", "NO", "off", "Off", "OFF"], { kind: "bool", value: false }),
]);

function spread(words: readonly string[], scalar: YamlScalar): [string, YamlScalar][] {
  return words.map((word) => [word, scalar]);
}

const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|([1-9][0-9]*|0))$/;

/** Go's `ParseInt(text, 0, 64)`, then `ParseUint`: signed down to -2^63, up to 2^64 - 1 without a plus sign. */
function goInteger(text: string): bigint | undefined {
  const match = INTEGER.exec(text);
  if (!match || text.length > 70) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const magnitude = BigInt(
    hex ? `0x${hex}` : binary ? `0b${binary}` : octal ? `0o${octal}` : (decimal as string),
  );
  if (sign === "-") return magnitude <= 1n << 63n ? -magnitude : undefined;
  return magnitude < (sign === "+" ? 1n << 63n : 1n << 64n) ? magnitude : undefined;
}
