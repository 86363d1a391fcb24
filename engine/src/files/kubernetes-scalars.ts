import { numberFromText } from "@portcullis/interpreter";
import type { Value } from "@portcullis/interpreter";

/**
 * What a plain (unquoted) YAML scalar means to Kubernetes: YAML 1.1 words for booleans, octal `014` and `0o14`, binary,
 * hex, `1_000`; no base-60 numbers, and dates stay text. Integers of any size are exact. Answers undefined for `.inf`
 * and `.nan`, which JSON cannot hold.
 */
export function plainScalar(text: string): Value | undefined {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  const first = text.charCodeAt(0);
  const numeric = (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e;
  return numeric ? numberOrText(text) : text;
}

/** As {@link plainScalar}, but of the words only `true` and `false` are booleans, as YAML 1.2 has it. */
export function plainScalarOf12(text: string): Value | undefined {
  const value = plainScalar(text);
  return typeof value === "boolean" && !/^(?:true|false)$/i.test(text) ? text : value;
}

/** A mapping key as Kubernetes reads it: numbers and booleans become their text; null is no key. */
export function plainKey(text: string): string | undefined {
  return keyOf(text, plainScalar(text));
}

/** As {@link plainKey}, by the rules of {@link plainScalarOf12}. */
export function plainKeyOf12(text: string): string | undefined {
  return keyOf(text, plainScalarOf12(text));
}

function keyOf(text: string, value: Value | undefined): string | undefined {
  if (value === null) return undefined;
  if (typeof value === "string") return value;
  if (value === undefined) return text;
  return typeof value === "object" && "text" in value ? String(value.text) : String(value);
}

const WORDS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((w) => [w, true] as const),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map(
    (w) => [w, false] as const,
  ),
]);

const INTEGER = /^([-+]?)(?:0[bB]([01]+)|0[oO]?([0-7]+)|0[xX]([0-9a-fA-F]+)|([0-9]+))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

function numberOrText(text: string): Value | undefined {
  const digits = text.includes("_") ? text.replaceAll("_", "") : text;
  const integer = INTEGER.exec(digits);
  if (integer) {
    const [, sign, binary, octal, hex, decimal] = integer;
    // A leading zero with an 8 or 9 in it is no octal: Go reads it as a decimal fraction number without fraction.
    const magnitude =
      binary !== undefined
        ? BigInt(`0b${binary}`)
        : hex !== undefined
          ? BigInt(`0x${hex}`)
          : octal !== undefined
            ? BigInt(`0o${octal}`)
            : BigInt(decimal as string);
    return numberFromText(String(sign === "-" ? -magnitude : magnitude));
  }
  if (FLOAT.test(digits)) {
    const value = Number(digits);
    if (!Number.isFinite(value)) return undefined;
    return numberFromText(String(value === 0 ? 0 : value));
  }
  return NOT_FINITE.test(text) ? undefined : text;
}
