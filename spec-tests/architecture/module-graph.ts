import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { repositoryRoot } from "../test-data.ts";

/** One import as the source spells it. */
export interface ImportEdge {
  /** Path from the repository's root. */
  readonly from: string;
  /** Path from the root for a relative import, else the specifier itself (`node:fs`, `chevrotain`). */
  readonly to: string;
  /** `import type` or `export type`: gone at run time. */
  readonly typeOnly: boolean;
}

export const PACKAGES = ["interpreter", "engine", "server", "audit"] as const;

/** All source files of the packages, tests left out. */
export function sourceFiles(): readonly string[] {
  return PACKAGES.flatMap((name) => listFiles(join(repositoryRoot, name, "src")))
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.endsWith(".test-d.ts"))
    .map((path) => relative(repositoryRoot, path))
    .sort();
}

/** All imports of these files, static and dynamic. */
export function importsOf(files: readonly string[]): readonly ImportEdge[] {
  return files.flatMap((from) => {
    const text = withoutComments(readFileSync(join(repositoryRoot, from), "utf8"));
    const edges: ImportEdge[] = [];
    for (const match of text.matchAll(STATEMENT))
      edges.push(edge(from, match[2] as string, typeOnly(match[1] as string)));
    for (const match of text.matchAll(/(?<!typeof )\bimport\(\s*"([^"]+)"\s*\)/g))
      edges.push(edge(from, match[1] as string, false));
    return edges;
  });
}

/** Groups of files that import one another in a circle, each group sorted; empty where there is none. */
export function cycles(
  edges: readonly { readonly from: string; readonly to: string }[],
): readonly (readonly string[])[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string) => {
    index.set(node, index.size);
    low.set(node, index.get(node) as number);
    stack.push(node);
    for (const target of next.get(node) ?? []) {
      if (!index.has(target)) {
        visit(target);
        low.set(node, Math.min(low.get(node) as number, low.get(target) as number));
      } else if (stack.includes(target)) {
        low.set(node, Math.min(low.get(node) as number, index.get(target) as number));
      }
    }
    if (low.get(node) !== index.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1 || next.get(node)?.includes(node)) found.push(group.sort());
  };
  for (const node of next.keys()) if (!index.has(node)) visit(node);
  return found;
}

const STATEMENT = /^(?:import|export)\b([^;"']*?)(?:\bfrom\s*)?"([^"]+)"/gm;

/** `import type …`, or braces in which every name is marked `type`. */
function typeOnly(clause: string): boolean {
  if (/^\s*type\b/.test(clause)) return true;
  const names = /^\s*\{([^}]*)\}/.exec(clause)?.[1];
  return (
    names !== undefined &&
    names.split(",").every((name) => name.trim() === "" || name.trim().startsWith("type "))
  );
}

function edge(from: string, specifier: string, onlyTypes: boolean): ImportEdge {
  const to = specifier.startsWith(".")
    ? relative(repositoryRoot, resolve(repositoryRoot, dirname(from), specifier))
    : specifier;
  return { from, to, typeOnly: onlyTypes };
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
