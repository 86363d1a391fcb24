import { Boxed } from "./boxed.ts";
import { spendText, spendWriting } from "./meter.ts";
import { Decimal } from "./number.ts";
import type { RegoObject } from "./object.ts";
import { sortedKeys } from "./plain-object.ts";
import { quoteText } from "./quote.ts";
import { RegoSet } from "./set.ts";
import type { PlainObject, Value } from "./value.ts";

/**
 * The Rego text of a value, as OPA prints values inside messages: strings quoted as Go quotes them, objects and sets in
 * sort order, `set()` for the empty set. Numbers keep the text they were written with.
 */
export function printValue(value: Value): string {
  switch (typeof value) {
    case "string":
      spendText(value.length + 2);
      return quoteText(value);
    case "number":
    case "boolean":
      return String(value);
    default:
  }
  if (value === null) return "null";
  if (Array.isArray(value)) return `[${printList(value as readonly Value[])}]`;
  if (value instanceof Boxed) {
    if (value instanceof RegoSet) return value.size === 0 ? "set()" : `{${printList(value.sorted())}}`;
    return value instanceof Decimal ? value.text : printEntries(value);
  }
  return printPlainObject(value as PlainObject);
}

/** As {@link printValue}, but a string stands for itself: what `print`, `sprintf("%v")` and template strings show. */
export function printRaw(value: Value): string {
  return typeof value === "string" ? value : printValue(value);
}

function printList(values: readonly Value[]): string {
  let text = "";
  spendWriting(values.length);
  spendText(2 + 2 * values.length);
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ", ";
    text += printValue(values[i] as Value);
  }
  return text;
}

function printPlainObject(object: PlainObject): string {
  let text = "{";
  for (const key of sortedKeys(object)) {
    if (text.length > 1) text += ", ";
    spendEntry(key);
    text += `${quoteText(key)}: ${printValue(object[key] as Value)}`;
  }
  return `${text}}`;
}

function printEntries(object: RegoObject): string {
  let text = "{";
  for (const [key, value] of object.entries()) {
    if (text.length > 1) text += ", ";
    spendEntry("");
    text += `${printValue(key)}: ${printValue(value)}`;
  }
  return `${text}}`;
}

function spendEntry(key: string): void {
  spendWriting(1);
  spendText(4 + key.length);
}
