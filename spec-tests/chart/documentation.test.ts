import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../test-data.ts";
import { defaultValues, valuesSchema } from "./chart.ts";
import { documentedValues, valueAtPath } from "./schema-paths.ts";

const file = join(repositoryRoot, "docs/reference/chart-values.md");

describe("docs/reference/chart-values.md", () => {
  it("lists all values with their defaults", async () => {
    const text = readFileSync(file, "utf8");
    const marker = /^<!-- Made from values\.schema\.json.*-->$/m.exec(text);
    if (!marker) throw new Error("the marker is gone");
    const kept = text.slice(0, marker.index + marker[0].length);
    const wanted = await format(`${kept}\n\n${table()}\n`, { parser: "markdown", printWidth: 110 });
    if (process.env["UPDATE"]) writeFileSync(file, wanted);
    else expect(text).toBe(wanted);
  });
});

function table(): string {
  const values = defaultValues();
  const rows = documentedValues(valuesSchema()).map(({ path, schema }) => {
    const value = valueAtPath(values, path);
    return [path.join("."), shown(value), String(schema["description"])];
  });
  return ["| value | default | |", "| --- | --- | --- |", ...rows.map(row)].join("\n");
}

function row([name = "", value = "", description = ""]: readonly string[]): string {
  return `| \`${name}\` | ${value} | ${description.replaceAll("|", "\\|")} |`;
}

const LONGEST = 60;

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > LONGEST ? "see `values.yaml`" : `\`${text}\``;
}
