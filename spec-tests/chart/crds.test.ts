import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { objectMeta } from "@portcullis/engine";
import { customResourceDefinitions } from "@portcullis/server";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { chartFolder } from "./chart.ts";

const HEADER = "# Made from server/src/manifests by `UPDATE=1 npx vitest run spec-tests/chart/crds`.\n";
const folder = join(chartFolder, "crds");
const namesFile = join(chartFolder, "templates/_crd-names.tpl");

// Helm reads YAML 1.1, where `yes` is a boolean.
// Helm does not let templates read the folder crds, so the names stand in a template of their own.
const wanted = new Map(
  customResourceDefinitions().map((definition) => [
    `${objectMeta(definition).name}.yaml`,
    HEADER + stringify(definition, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false }),
  ]),
);
const wantedNames = [
  "{{/* Made as the files in crds are. */}}",
  '{{- define "portcullis.crdNames" -}}',
  ...[...wanted.keys()].sort().map((file) => `- ${file.replace(/\.yaml$/, "")}`),
  "{{- end -}}",
  "",
].join("\n");

if (process.env["UPDATE"]) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [file, text] of wanted) writeFileSync(join(folder, file), text);
  writeFileSync(namesFile, wantedNames);
}

describe("the CustomResourceDefinitions of the chart", () => {
  it("are those of the server's manifests, one a file", () => {
    const found = new Map(
      readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]),
    );
    expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
    for (const [file, text] of wanted) expect(found.get(file)).toBe(text);
  });

  it("are named in the rights of the Job that upgrades them", () => {
    expect(readFileSync(namesFile, "utf8")).toBe(wantedNames);
  });
});
