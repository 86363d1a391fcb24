import { Boxed } from "./boxed.ts";
import { spendScan, spendWalk } from "./meter.ts";
import { compareNumbers, Decimal, hashNumber } from "./number.ts";
import { getOwn, sortedKeys } from "./plain-object.ts";
import { compareText } from "./text.ts";
import type { PlainObject, RegoNumber, Value } from "./value.ts";
import type { RegoObject } from "./object.ts";
import type { RegoSet } from "./set.ts";

/**
 * Rego's total order: null < booleans (false first) < numbers < strings < arrays < objects < sets. Arrays compare
 * element by element, then by length; objects by their sorted (key, value) pairs; sets by their sorted elements.
 * Returns a negative number, 0 or a positive number; 0 exactly when {@link equals} is true.
 */
export function compare(a: Value, b: Value): number {
  if (a === b) return 0;
  const rankA = rank(a);
  const rankB = rank(b);
  if (rankA !== rankB) return rankA - rankB;
  switch (rankA) {
    case 1:
      return a === false ? -1 : 1;
    case 2:
      return compareNumbers(a as RegoNumber, b as RegoNumber);
    case 3:
      return compareText(a as string, b as string);
    case 4:
      return compareLists(a as readonly Value[], b as readonly Value[]);
    case 5:
      return a instanceof Boxed || b instanceof Boxed
        ? compareEntries(entriesOf(a as PlainObject | RegoObject), entriesOf(b as PlainObject | RegoObject))
        : comparePlainObjects(a as PlainObject, b as PlainObject);
    case 6:
      return compareLists((a as RegoSet).sorted(), (b as RegoSet).sorted());
    default:
      return 0;
  }
}

/** Structural equality; numbers by value (`1 == 1.0`). */
export function equals(a: Value, b: Value): boolean {
  if (typeof a === "string") {
    if (typeof b === "string" && a.length === b.length) spendScan(a.length);
    return a === b;
  }
  if (a === b) return true;
  if (typeof a !== "object" || a === null) {
    return typeof a === "number" && b instanceof Decimal && compareNumbers(a, b) === 0;
  }
  if (typeof b !== "object" || b === null) {
    return typeof b === "number" && a instanceof Decimal && compareNumbers(a, b) === 0;
  }
  if (Array.isArray(a)) return Array.isArray(b) && equalLists(a as readonly Value[], b as readonly Value[]);
  if (Array.isArray(b)) return false;
  if (a instanceof Boxed) return b instanceof Boxed && a.constructor === b.constructor && a.equals(b);
  return !(b instanceof Boxed) && equalPlainObjects(a as PlainObject, b as PlainObject);
}

/** A 32-bit hash; equal values have equal hashes. */
export function hash(value: Value): number {
  switch (typeof value) {
    case "string":
      return hashText(value);
    case "number":
      return hashNumber(value);
    case "boolean":
      return value ? 0x5bd1 : 0x1b87;
    default:
  }
  if (value === null) return 0x2f0b;
  if (Array.isArray(value)) {
    let code = 0x11;
    const elements = value as readonly Value[];
    spendWalk(elements.length);
    for (let i = 0; i < elements.length; i++) code = (Math.imul(code, 31) + hash(elements[i] as Value)) | 0;
    return code;
  }
  if (value instanceof Boxed) return value.hash();
  // A sum: the order in which keys were inserted must not show.
  let code = 0x7ed5;
  const object = value as PlainObject;
  // Values are plain: for-in finds own keys only, and unlike Object.keys it makes no list.
  let size = 0;
  for (const key in object) {
    code = (code + hashEntry(hashText(key), hash(object[key] as Value))) | 0;
    size++;
  }
  spendWalk(size);
  return code;
}

/** The hash of one entry of an object, to be summed over the entries. */
export function hashEntry(keyHash: number, valueHash: number): number {
  return mix(keyHash ^ mix(valueHash));
}

/** Spreads the bits of a hash, so that a sum of hashes stays a good hash. */
export function mix(code: number): number {
  const a = Math.imul(code ^ (code >>> 16), 0x85ebca6b);
  return Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
}

function rank(value: Value): number {
  switch (typeof value) {
    case "boolean":
      return 1;
    case "number":
      return 2;
    case "string":
      return 3;
    default:
      if (value === null) return 0;
      if (Array.isArray(value)) return 4;
      if (!(value instanceof Boxed)) return 5;
      return value.kind === "number" ? 2 : value.kind === "object" ? 5 : 6;
  }
}

function entriesOf(object: PlainObject | RegoObject): readonly (readonly [Value, Value])[] {
  if (object instanceof Boxed) return object.entries();
  return sortedKeys(object).map((key) => [key, object[key] as Value] as const);
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  const shorter = Math.min(a.length, b.length);
  spendWalk(shorter);
  for (let i = 0; i < shorter; i++) {
    const order = compare(a[i] as Value, b[i] as Value);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareEntries(
  a: readonly (readonly [Value, Value])[],
  b: readonly (readonly [Value, Value])[],
): number {
  const shorter = Math.min(a.length, b.length);
  spendWalk(shorter);
  for (let i = 0; i < shorter; i++) {
    const [keyA, valueA] = a[i] as readonly [Value, Value];
    const [keyB, valueB] = b[i] as readonly [Value, Value];
    const order = compare(keyA, keyB) || compare(valueA, valueB);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function equalLists(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (!equals(a[i] as Value, b[i] as Value)) {
      spendWalk(i);
      return false;
    }
  }
  spendWalk(a.length);
  return true;
}

/** Looks for the first key, in sort order, at which the two differ; that needs no sorting. */
function comparePlainObjects(a: PlainObject, b: PlainObject): number {
  let first: string | undefined;
  let size = 0;
  for (const key in a) {
    size++;
    if ((first === undefined || compareText(key, first) < 0) && !sameAt(key, a, b)) first = key;
  }
  spendWalk(size);
  for (const key in b) {
    if ((first === undefined || compareText(key, first) < 0) && !Object.hasOwn(a, key)) first = key;
  }
  if (first === undefined) return 0;
  if (!Object.hasOwn(b, first)) return hasKeyAfter(b, first) ? -1 : 1;
  if (!Object.hasOwn(a, first)) return hasKeyAfter(a, first) ? 1 : -1;
  return compare(a[first] as Value, b[first] as Value);
}

function sameAt(key: string, a: PlainObject, b: PlainObject): boolean {
  return Object.hasOwn(b, key) && equals(a[key] as Value, b[key] as Value);
}

function hasKeyAfter(object: PlainObject, key: string): boolean {
  for (const other in object) if (compareText(other, key) > 0) return true;
  return false;
}

function equalPlainObjects(a: PlainObject, b: PlainObject): boolean {
  let size = 0;
  for (const key in a) {
    // Not `b[key]` here: V8 takes the name for constant, throws the code away at the next one, and so on for ever.
    const theirs = getOwn(b, key);
    if (theirs === undefined || !equals(a[key] as Value, theirs)) {
      spendWalk(size);
      return false;
    }
    size++;
  }
  spendWalk(size);
  for (const _ in b) size--;
  return size === 0;
}

/** Long texts are hashed by their ends and by samples from between. */
const WHOLE = 48;

function hashText(s: string): number {
  let code = (0x811c9dc5 ^ s.length) | 0;
  if (s.length <= WHOLE) {
    for (let i = 0; i < s.length; i++) code = Math.imul(code ^ s.charCodeAt(i), 0x01000193);
    return code;
  }
  for (let i = 0; i < 12; i++) code = Math.imul(code ^ s.charCodeAt(i), 0x01000193);
  const stride = Math.floor(s.length / 16);
  for (let i = 12; i < s.length - 16; i += stride) code = Math.imul(code ^ s.charCodeAt(i), 0x01000193);
  for (let i = s.length - 16; i < s.length; i++) code = Math.imul(code ^ s.charCodeAt(i), 0x01000193);
  return code;
}
