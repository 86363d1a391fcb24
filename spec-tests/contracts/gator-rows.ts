import { readFileSync } from "node:fs";
import { getOwn, isArray, isObject, parseJson, type PlainObject, type Value } from "@portcullis/interpreter";
import { testData, testDataRoot } from "../test-data.ts";

/** One row of a table of Gatekeeper's unit tests, with the field names of the Go row. */
export type Row = PlainObject & { readonly note: string };

/** The rows of `data/gator/unit/NAME.json`; none where the data is absent, which is said. */
export function rowsOf(name: string): readonly Row[] {
  const path = testData("gator/unit", `${name}.json`);
  if (!path) {
    console.warn(`skipping the rows of ${name}: no ${testDataRoot}/gator/unit`);
    return [];
  }
  const parsed = parseJson(readFileSync(path, "utf8"));
  const cases =
    parsed.ok && isObject(parsed.value) ? getOwn(parsed.value as PlainObject, "cases") : undefined;
  if (!isArray(cases)) throw new Error(`${path}: no list "cases"`);
  return cases as readonly Row[];
}

/** A Go constant or error that a row names: `{"$ref": "ErrUnexpectedToken"}` gives `ErrUnexpectedToken`. */
export function reference(value: Value | undefined): string | undefined {
  const name = isObject(value) ? getOwn(value as PlainObject, "$ref") : undefined;
  return typeof name === "string" ? name.replace(/^.*\./, "") : undefined;
}
