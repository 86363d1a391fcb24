import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse as parseYaml, parseAllDocuments } from "yaml";
import { formatErrors } from "../errors.ts";
import { EXPERIMENTAL } from "../testing/experimental.ts";
import { parseModule, parseQuery, parseTerm } from "./parse.ts";
import type { RegoVersion } from "./ast.ts";

/** Real Rego must parse. The data lie beside the repository, or where PORTCULLIS_TEST_DATA points. */
const DATA = process.env["PORTCULLIS_TEST_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");

interface Case {
  readonly note: string;
  readonly query: string;
  readonly modules?: readonly string[];
  readonly input_term?: string;
}

function moduleFault(name: string, source: string, version: RegoVersion): string | undefined {
  const parsed = parseModule({ name, source, version, capabilities: EXPERIMENTAL });
  return parsed.ok ? undefined : `${name}: ${formatErrors(parsed.errors)}`;
}

function caseFaults(one: Case, version: RegoVersion): string[] {
  const faults: (string | undefined)[] = (one.modules ?? []).map((source) =>
    moduleFault(one.note, source, version),
  );
  const query = parseQuery(one.query);
  if (!query.ok) faults.push(`${one.note}: ${one.query}: ${formatErrors(query.errors)}`);
  if (one.input_term !== undefined) {
    const term = parseTerm(one.input_term);
    if (!term.ok) faults.push(`${one.note}: ${one.input_term}: ${formatErrors(term.errors)}`);
  }
  return faults.filter((fault) => fault !== undefined);
}

/** Every Rego text of the gatekeeper templates in a YAML file, with its version. */
function templatesIn(path: string): { source: string; version: RegoVersion }[] {
  const found: { source: string; version: RegoVersion }[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const record = node as Record<string, unknown>;
    const version = record["version"] === "v1" ? "v1" : "v0";
    if (typeof record["rego"] === "string" && record["rego"].includes("package")) {
      found.push({ source: record["rego"], version });
      if (Array.isArray(record["libs"])) {
        for (const source of record["libs"]) if (typeof source === "string") found.push({ source, version });
      }
    }
    for (const value of Object.values(record)) visit(value);
  };
  for (const document of parseAllDocuments(readFileSync(path, "utf8"))) visit(document.toJS());
  return found;
}

describe.skipIf(!existsSync(DATA))("real Rego", () => {
  it.each(["v0", "v1"] as const)(
    "parses every module, query and input term of the conformance cases of %s",
    (version) => {
      const files = globSync(join(DATA, "opa-conformance", version, "*/*.{json,yaml}"));
      const faults = files.flatMap((file) => {
        const cases = (parseYaml(readFileSync(file, "utf8")) as { cases: Case[] }).cases;
        return cases.flatMap((one) => caseFaults(one, version));
      });
      expect(files.length).toBeGreaterThan(0);
      expect(faults).toEqual([]);
    },
  );

  it("parses every template of the library and the seeds", () => {
    const all = globSync(join(DATA, "{gatekeeper-library,seeds}/**/*.{yaml,yml}"));
    // One seed is a template that must be refused.
    const files = all.filter((file) => !file.endsWith("bad-rego.yaml"));
    const faults = files.flatMap((file) => {
      return templatesIn(file).map(({ source, version }) => moduleFault(file, source, version));
    });
    expect(files.length).toBeGreaterThan(0);
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });

  it("parses every Rego file beside them", () => {
    const files = globSync(join(DATA, "{gatekeeper-library,seeds,bench}/**/*.rego"));
    const faults = files.map((file) => moduleFault(file, readFileSync(file, "utf8"), "v0"));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });
});
