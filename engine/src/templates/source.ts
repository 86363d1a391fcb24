import { getOwn, quoteText } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { refuse, succeed } from "../errors.ts";
import type { Outcome } from "../errors.ts";
import { accessorError } from "../kubernetes/accessor-error.ts";
import { isPlainObject, listAt, textAt } from "../kubernetes/object-meta.ts";
import type { RegoSource } from "./template.ts";

/** The engine that this framework has. */
const ENGINE = "Rego";

/**
 * The Rego of a template whose shape was found good: its `rego` and `libs`, else its `code` entry of engine Rego. Entries of
 * other engines, such as CEL, are left to those who have them.
 */
export function decodeSource(object: PlainObject): Outcome<RegoSource> {
  const [target] = listAt(object, "spec", "targets");
  const rego = textAt(target, "rego");
  if (rego !== "") return succeed({ rego, libs: texts(listAt(target, "libs")), version: "v0" });
  const entries = listAt(target, "code");
  const code = entries.find((entry) => textAt(entry, "engine") === ENGINE);
  if (code === undefined) return refuse("ingest_error", noDriver(textAt(entries[0], "engine")));
  const source = isPlainObject(code) ? getOwn(code, "source") : undefined;
  if (!isPlainObject(source)) return refuse("ingest_error", "could not recognize the type");
  return decodeEntry(source);
}

function noDriver(wanted: string): string {
  const none = "no language driver is installed that handles this constraint template";
  return `${none}: available drivers: map[${ENGINE}:1], wanted ${quoteText(wanted)}`;
}

function decodeEntry(source: PlainObject): Outcome<RegoSource> {
  const rego = getOwn(source, "rego");
  if (rego === undefined) return refuse("ingest_error", "rego source missing required field: rego");
  const version = getOwn(source, "version") ?? "";
  const libs = getOwn(source, "libs");
  if (typeof rego !== "string") return wrongField("rego", rego, "string", "source");
  if (typeof version !== "string") return wrongField("version", version, "string", "version");
  if (libs !== undefined && !Array.isArray(libs)) return wrongField("libs", libs, "[]interface{}", "libs");
  const list = (libs ?? []) as readonly Value[];
  const stranger = list.find((lib) => typeof lib !== "string");
  if (stranger !== undefined) {
    const text = accessorError("libs", stranger, "string").replace(
      "accessor error: ",
      "accessor error: contains non-string key in the slice: ",
    );
    return refuse("ingest_error", `${text}: while extracting Rego libs`);
  }
  // Only the exact "v1" is Rego v1.
  return succeed({ rego, libs: texts(list), version: version === "v1" ? "v1" : "v0" });
}

function wrongField(name: string, value: Value, wanted: string, what: string): Outcome<never> {
  return refuse("ingest_error", `${accessorError(name, value, wanted)}: while extracting Rego ${what}`);
}

function texts(values: readonly Value[]): readonly string[] {
  return values.filter((value) => typeof value === "string");
}
