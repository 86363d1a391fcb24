import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../test-data.ts";
import { PACKAGES } from "./module-graph.ts";

const listFile = join(dirname(fileURLToPath(import.meta.url)), "public-names.txt");

describe("the public names of the packages", () => {
  // A new public name is a promise: it shows as a changed line here. `UPDATE=1 npm test -- api.test` writes the file anew.
  it("are exactly those of public-names.txt", () => {
    const names = PACKAGES.flatMap((name) => publicNames(name)).join("\n");
    if (process.env["UPDATE"]) writeFileSync(listFile, `${names}\n`);
    expect(names).toBe(existsSync(listFile) ? readFileSync(listFile, "utf8").trimEnd() : "");
  });
});

/** `package[/entry]: name` for each name of each entry of the package's `exports`, sorted. */
function publicNames(packageName: string): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(repositoryRoot, packageName, "package.json"), "utf8")) as {
    exports: Record<string, string | { "@portcullis/source": string }>;
  };
  return Object.entries(manifest.exports).flatMap(([entry, target]) => {
    const source = typeof target === "string" ? target : target["@portcullis/source"];
    const text = readFileSync(join(repositoryRoot, packageName, source), "utf8");
    return exportedNames(text).map((name) => `${packageName}${entry.slice(1)}: ${name}`);
  });
}

function exportedNames(text: string): readonly string[] {
  const lists = [...text.matchAll(/^export\s+(?:type\s+)?\{([^}]*)\}/gm)].flatMap((match) =>
    (match[1] as string).split(","),
  );
  const listed = lists
    .map((name) =>
      name
        .trim()
        .replace(/^type\s+/, "")
        .replace(/^.*\sas\s+/, ""),
    )
    .filter((name) => name !== "");
  const declared = [
    ...text.matchAll(/^export\s+(?:async\s+)?(?:function|const|class|interface|type)\s+(\w+)/gm),
  ].map((match) => match[1] as string);
  return [...listed, ...declared].sort();
}
