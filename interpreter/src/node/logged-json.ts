/**
 * What `JSON.stringify`, and with it whoever writes log lines, writes as this JSON text again: numbers keep all their digits
 * (`12345678901234567890`, `1.0`), which plain ones lose. For writing alone: such a number is no number.
 */
export function loggedJson(text: string): unknown {
  return MAY_LOSE.test(text) ? JSON.parse(text, keepDigits as Reviver) : JSON.parse(text);
}

/** Digits that a double may not keep, or spells otherwise; in a string they do no harm. */
const MAY_LOSE = /\d{16}|\d[.eE]|-0/;

type Reviver = (key: string, value: unknown) => unknown;

function keepDigits(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== "number" || source === undefined || String(value) === source) return value;
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(source);
}
