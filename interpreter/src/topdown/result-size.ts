import { Boxed } from "../value/boxed.ts";
import { spendText, spendWalk } from "../value/meter.ts";
import { Decimal } from "../value/number.ts";
import { RegoObject } from "../value/object.ts";
import { RegoSet } from "../value/set.ts";
import type { PlainObject, Value } from "../value/value.ts";

/**
 * Charges a result for about the size of its JSON: a value whose parts are shared may be small in memory and yet too
 * large for anyone to print, send or compare.
 */
export function spendResult(value: Value | undefined): void {
  if (typeof value === "string") return spendText(value.length);
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) return spendAll(value as readonly Value[], value.length);
  if (value instanceof Boxed) {
    if (value instanceof RegoSet) spendAll(value, value.size);
    else if (value instanceof RegoObject) spendEntries(value);
    else if (value instanceof Decimal) spendText(value.text.length);
    return;
  }
  const object = value as PlainObject;
  let text = 0;
  for (const key in object) {
    const member = object[key] as Value;
    text += key.length + 4;
    if (typeof member === "string") text += member.length;
    else spendResult(member);
  }
  spendText(text);
}

function spendAll(elements: Iterable<Value>, size: number): void {
  spendWalk(size);
  spendText(size);
  for (const element of elements) spendResult(element);
}

function spendEntries(object: RegoObject): void {
  spendWalk(object.size);
  for (const [key, value] of object.entries()) {
    spendResult(key);
    spendResult(value);
  }
}
