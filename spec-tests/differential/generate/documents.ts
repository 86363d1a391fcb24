import type { Choices } from "./choices.ts";
import { KEYS, NUMBERS, TEXTS } from "./texts.ts";
import { ANY, arrayOf, BOOLEAN, mapOf, NUMBER, STRING, type Type } from "./types.ts";

/** The fields that `input` and `data.base` have, mostly. A reference to one is of no known type to the compiler. */
export const FIELDS: readonly (readonly [path: string, type: Type])[] = [
  ["n", NUMBER],
  ["s", STRING],
  ["f", BOOLEAN],
  ["xs", arrayOf(NUMBER)],
  ["ss", arrayOf(STRING)],
  ["o", mapOf(NUMBER)],
  ["m", mapOf(arrayOf(STRING))],
  ["rows", arrayOf(mapOf(ANY))],
  ["any", ANY],
];

/** The JSON text of a document with the fields above; one may be missing or be something else. */
export function documentText(c: Choices): string {
  const members = FIELDS.filter(() => !c.chance(8)).map(
    ([name, type]) => `${JSON.stringify(name)}: ${c.chance(5) ? jsonText(c, ANY, 2) : jsonText(c, type, 3)}`,
  );
  return `{${members.join(", ")}}`;
}

/** A JSON text of a type. */
export function jsonText(c: Choices, type: Type, depth: number): string {
  switch (type.type) {
    case "null":
      return "null";
    case "boolean":
      return c.pick(["true", "false"]);
    case "number":
      return c.pick(NUMBERS);
    case "string":
      return JSON.stringify(c.pick(TEXTS));
    case "array":
      return `[${c.list(0, 3, () => jsonText(c, type.dynamic ?? ANY, depth - 1)).join(", ")}]`;
    case "set":
      return `[${c.list(0, 3, () => jsonText(c, type.of, depth - 1)).join(", ")}]`;
    case "object": {
      const value = type.dynamic?.value ?? ANY;
      const keys = [...new Set(c.list(0, 3, () => c.pick(KEYS)))];
      return `{${keys.map((key) => `${JSON.stringify(key)}: ${jsonText(c, value, depth - 1)}`).join(", ")}}`;
    }
    case "any": {
      const scalars: readonly Type[] = [NUMBER, STRING, BOOLEAN, { type: "null" }];
      const all = depth > 0 ? [...scalars, arrayOf(ANY), mapOf(ANY), arrayOf(NUMBER)] : scalars;
      return jsonText(c, c.pick(all), depth - 1);
    }
  }
}
