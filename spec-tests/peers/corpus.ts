import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RegoVersion } from "@portcullis/interpreter";
import { readSuite } from "../opa-cases/cases.ts";
import { testData } from "../test-data.ts";

/** A policy that somebody wrote, with the version it is written in. */
export interface CorpusPolicy {
  readonly source: string;
  readonly version: RegoVersion;
}

/** Modules of OPA's cases and of the Gatekeeper library, each once; none where the test data is absent. */
export function readCorpus(): readonly CorpusPolicy[] {
  const found = new Map<string, CorpusPolicy>();
  const add = (source: string, version: RegoVersion): void => {
    found.set(`${version}\n${source}`, { source, version });
  };
  const cases = testData("opa-conformance");
  if (cases) {
    for (const version of ["v0", "v1"] as const) {
      for (const { modules } of readSuite(cases, version)) for (const source of modules) add(source, version);
    }
  }
  const library = testData("gatekeeper-library");
  if (library) {
    for (const path of globSync(join(library, "**/template.yaml")).sort()) {
      for (const source of regoBlocks(readFileSync(path, "utf8"))) add(source, "v0");
    }
  }
  return [...found.values()];
}

/** The block scalars under `rego:` and in lists of libraries: each begins with a package line. */
function regoBlocks(yaml: string): string[] {
  const blocks: string[] = [];
  const lines = yaml.split("\n");
  for (let i = 0; i < lines.length; i++) {
    if (!/(?:rego|-|source): [|>][-+]?\s*$/.test(lines[i] as string)) continue;
    const indent = /^ */.exec(lines[i + 1] ?? "")?.[0] ?? "";
    const rest = lines.slice(i + 1);
    const end = rest.findIndex((line) => !line.startsWith(indent) && line.trim() !== "");
    const block = (end === -1 ? rest : rest.slice(0, end)).map((line) => line.slice(indent.length));
    if (block.some((line) => line.startsWith("package "))) blocks.push(`${block.join("\n").trimEnd()}\n`);
  }
  return blocks;
}
