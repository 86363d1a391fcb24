import type { Decimal } from "./number.ts";
import type { RegoObject } from "./object.ts";
import type { RegoSet } from "./set.ts";

/**
 * A Rego value. JSON stays what `JSON.parse` gives; only what JavaScript cannot hold has a class of its own.
 *
 * - `number`: finite, not `-0`. It denotes the decimal that `String(n)` prints; an integer outside the safe range, and
 *   any literal whose text a double would change (`1.0`, `1e2`, 30 digits), is a {@link Decimal}.
 * - plain object: every key is a string. One key of another kind makes the whole object a {@link RegoObject}, and an
 *   object with string keys only is never a RegoObject, so each value has one shape.
 * - `undefined` is not a value: between evaluation steps it means "no result", and no collection ever holds it.
 *
 * Values are immutable: whoever has handed one out must not write to it again.
 */
export type Value =
  null | boolean | number | Decimal | string | RegoArray | PlainObject | RegoObject | RegoSet;

export type RegoArray = readonly Value[];

/** String keys only. Read own keys alone ({@link "./object.ts"}): `constructor` and `__proto__` are keys like any other. */
export interface PlainObject {
  readonly [key: string]: Value;
}

export type RegoNumber = number | Decimal;

/** The type names of `type_name` and of operand errors, in Rego's sort order. */
export type ValueKind = "null" | "boolean" | "number" | "string" | "array" | "object" | "set";
