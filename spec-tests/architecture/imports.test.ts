import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../test-data.ts";
import { ARROWS, LIBRARY_HOMES, OUTSIDE, RIM } from "./arrows.ts";
import { cycles, importsOf, PACKAGES, sourceFiles } from "./module-graph.ts";

const files = sourceFiles();
const edges = importsOf(files);
const inside = edges.filter(
  (edge) => edge.to.endsWith(".ts") && PACKAGES.some((name) => edge.to.startsWith(`${name}/`)),
);

describe("the structure of the source tree", () => {
  it("has no import cycle between files, but for the one of a recursive type", () => {
    expect(cycles(inside.filter((edge) => !edge.typeOnly))).toEqual([]);
    // A value is a set of values: this one circle of `import type` is the definition of the type.
    const isValue = (file: string): boolean => file.startsWith("interpreter/src/value/");
    expect(cycles(inside).filter((circle) => !circle.every(isValue))).toEqual([]);
  });

  it("has no cycle between folders", () => {
    const folders = inside
      .map((edge) => ({ from: dirname(edge.from), to: dirname(edge.to) }))
      .filter((edge) => edge.from !== edge.to && !nested(edge.from, edge.to));
    expect(cycles(dedupe(folders))).toEqual([]);
  });

  it("follows the arrows of ARCHITECTURE.md", () => {
    const packages = edges.filter((edge) => edge.to.startsWith("@portcullis/"));
    expect([...inside, ...packages].filter((edge) => !allowed(edge.from, edge.to)).map(show)).toEqual([]);
  });

  it("imports no package through its own index", () => {
    expect(inside.filter((edge) => /^[a-z]+\/src\/index\.ts$/.test(edge.to)).map(show)).toEqual([]);
  });

  it("keeps each library in its home", () => {
    const strays = edges.filter((edge) => {
      const homes = Object.hasOwn(LIBRARY_HOMES, edge.to) ? LIBRARY_HOMES[edge.to] : undefined;
      return homes !== undefined && !homes.some((home) => edge.from.startsWith(`${home}/`));
    });
    expect(strays.map(show)).toEqual([]);
  });

  it("touches the process, the clock, files and the network only at the rim", () => {
    const core = files.filter((file) => !RIM.some((folder) => file.startsWith(`${folder}/`)));
    const nodeImports = edges.filter(
      (edge) => edge.to.startsWith("node:") && !edge.typeOnly && core.includes(edge.from),
    );
    expect(nodeImports.map(show)).toEqual([]);
    const worldly = core.filter((file) => OUTSIDE.test(code(file)));
    expect(worldly).toEqual([]);
  });

  it("has only named exports, and no re-export of everything", () => {
    expect(files.filter((file) => /^export (default|\*)/m.test(code(file)))).toEqual([]);
  });
});

function allowed(from: string, to: string): boolean {
  const home = rowOf(from);
  if (home === undefined) return true;
  if (to.startsWith(`${home}/`) || to === home || dirname(home) === dirname(to)) {
    if (!to.startsWith("@")) return true;
  }
  return (ARROWS[home] as readonly string[]).some((target) => to === target || to.startsWith(`${target}/`));
}

/** The longest row that the path stands under. */
function rowOf(path: string): string | undefined {
  return Object.keys(ARROWS)
    .filter((row) => path === row || path.startsWith(`${row}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function nested(a: string, b: string): boolean {
  return a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

function dedupe(list: readonly { from: string; to: string }[]): readonly { from: string; to: string }[] {
  return [...new Map(list.map((edge) => [show(edge), edge])).values()];
}

function show(edge: { readonly from: string; readonly to: string }): string {
  return `${edge.from} -> ${edge.to}`;
}

/** The file without comments and strings, so that prose is not taken for code. */
function code(file: string): string {
  return readFileSync(join(repositoryRoot, file), "utf8")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\/\/.*$/gm, "")
    .replace(/"(?:[^"\\\n]|\\.)*"/g, '""');
}
