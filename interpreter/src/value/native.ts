import { MAX_DEPTH } from "./json.ts";
import { kindOf } from "./kind.ts";
import { numberFromText } from "./number.ts";
import { RegoObject } from "./object.ts";
import { setOwn } from "./plain-object.ts";
import { RegoSet } from "./set.ts";
import type { PlainObject, RegoNumber, Value } from "./value.ts";

/**
 * Takes a tree of plain JavaScript data in: numbers beyond the safe integers become exact decimals, bigints numbers, `-0`
 * becomes 0, members that are undefined are left out. Returns the very same object where nothing changes.
 * Throws TypeError for what no Rego value stands for (functions, NaN, dates, cycles or nesting beyond {@link MAX_DEPTH}).
 */
export function fromNative(data: unknown): Value {
  return convertNative(data, 1);
}

function convertNative(data: unknown, depth: number): Value {
  switch (typeof data) {
    case "string":
      return data.isWellFormed() ? data : data.toWellFormed();
    case "boolean":
      return data;
    case "number":
      return convertNumber(data);
    case "bigint":
      return numberFromText(String(data));
    case "object":
      break;
    default:
      throw new TypeError(`no Rego value for ${typeof data}`);
  }
  if (data === null) return null;
  if (depth > MAX_DEPTH) throw new TypeError("exceeded max depth");
  if (Array.isArray(data)) {
    const elements = data as readonly unknown[];
    const converted = elements.map((element) => convertNative(element, depth + 1));
    return converted.every((element, i) => element === elements[i]) ? (data as readonly Value[]) : converted;
  }
  const prototype: unknown = Object.getPrototypeOf(data);
  if (prototype !== Object.prototype && prototype !== null) {
    if (data instanceof RegoSet || data instanceof RegoObject || kindOf(data as Value) === "number")
      return data as Value;
    throw new TypeError("no Rego value for an instance of a class");
  }
  const members = data as Readonly<Record<string, unknown>>;
  const object: Record<string, Value> = {};
  let changed = prototype === null;
  for (const key of Object.keys(members)) {
    const member = members[key];
    if (member !== undefined) {
      const converted = convertNative(member, depth + 1);
      setOwn(object, key, converted);
      changed ||= !Object.is(converted, member);
    } else changed = true;
  }
  return changed ? object : (members as PlainObject);
}

function convertNumber(n: number): RegoNumber {
  if (!Number.isFinite(n)) throw new TypeError(`no Rego value for ${n}`);
  if (n === 0) return 0;
  return Number.isInteger(n) && !Number.isSafeInteger(n) ? numberFromText(String(BigInt(n))) : n;
}
