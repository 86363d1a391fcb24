/**
 * Base of the values that JavaScript has no literal for: decimals, sets, objects with keys that are not strings.
 * It lets `order.ts` tell and compare them without importing their files (which need the order themselves).
 */
export abstract class Boxed {
  abstract readonly kind: "number" | "object" | "set";
  /** A 32-bit hash, equal for equal values. */
  abstract hash(): number;
  /** Structural equality with a value of the same class. */
  abstract equals(other: Boxed): boolean;
}
