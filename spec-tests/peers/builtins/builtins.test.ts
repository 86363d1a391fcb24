import { builtins } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { opaBinary } from "../../bench/opa.ts";
import { readCallTables } from "./calls.ts";
import { differences } from "./differences.ts";

const tables = readCallTables();
const opa = opaBinary();
const total = tables.reduce((sum, table) => sum + table.calls.length, 0);
if (!opa) console.warn(`OPA_BIN names no OPA: ${total} calls of builtins were not compared`);

describe.skipIf(!opa)("builtins give what OPA gives, errors included", () => {
  it.each(tables)("$name", { timeout: 600_000 }, (table) => {
    expect(differences(opa as string, table)).toEqual([]);
  });
});

it("has calls of every builtin", () => {
  // The operators of the language, and what the compiler puts in, are called by other names or not at all.
  const elsewhere = new Set(["assign", "eq", "print", "internal.print", "internal.test_case"]);
  const text = tables.flatMap((table) => table.calls.map((call) => call.text)).join("\n");
  const missing = [...builtins.keys()].filter((name) => !elsewhere.has(name) && !text.includes(`${name}(`));
  expect(missing).toEqual([]);
});
