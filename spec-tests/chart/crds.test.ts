import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { objectMeta, textAt } from "@portcullis/engine";
import { customResourceDefinitions } from "@portcullis/server";
import { describe, expect, it } from "vitest";
import { SCHEMA_ANNOTATION } from "../../server/src/manifests/crds.ts";
import { stringify } from "yaml";
import { chartFolder } from "./chart.ts";

const HEADER = "# Made from server/src/manifests by `UPDATE=1 npx vitest run spec-tests/chart/crds`.\n";
const folder = join(chartFolder, "crds");
const listFile = join(chartFolder, "templates/_crds.tpl");

// Helm reads YAML 1.1, where `yes` is a boolean.
// Helm does not let templates read the folder crds, so the names stand in a template of their own.
const wanted = new Map(
  customResourceDefinitions().map((definition) => [
    `${objectMeta(definition).name}.yaml`,
    HEADER + stringify(definition, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false }),
  ]),
);
const fingerprints = new Map(
  customResourceDefinitions().map((definition) => [
    objectMeta(definition).name,
    textAt(definition, "metadata", "annotations", SCHEMA_ANNOTATION),
  ]),
);
const wantedList = [
  "{{/* Names and fingerprints of the definitions. Made as the files in crds are. */}}",
  '{{- define "portcullis.crds" -}}',
  ...[...fingerprints.keys()].sort().map((name) => `${name}: "${fingerprints.get(name)}"`),
  "{{- end -}}",
  "",
].join("\n");

if (process.env["UPDATE"]) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [file, text] of wanted) writeFileSync(join(folder, file), text);
  writeFileSync(listFile, wantedList);
}

describe("the CustomResourceDefinitions of the chart", () => {
  it("are those of the server's manifests, one a file", () => {
    const found = new Map(
      readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]),
    );
    expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
    for (const [file, text] of wanted) expect(found.get(file)).toBe(text);
  });

  it("are listed for the Job that upgrades them", () => {
    expect(readFileSync(listFile, "utf8")).toBe(wantedList);
  });
});
