import type { Module, Term } from "../syntax/ast.ts";
import type { Compilation } from "./compilation.ts";
import type { ModuleEntry } from "./module-entry.ts";
import type { CompiledModules, PackageNode } from "./compiled.ts";
import { freezeTree } from "./rule-tree.ts";

const COMPILATIONS = new WeakMap<CompiledModules, Compilation>();

/** The result of a compilation without errors. */
export function finish(c: Compilation): CompiledModules {
  const modules = new Map<string, Module>();
  for (const entry of c.modules) modules.set(entry.name, finishedModule(entry));
  const compiled: CompiledModules = {
    modules,
    rules: freezeTree(c.tree),
    packages: packageTree([...modules.values()]),
    originalNames: c.originalNames,
  };
  COMPILATIONS.set(compiled, c);
  return compiled;
}

/** The compilation that modules came from: queries are compiled against its builtins, rule tree and types. */
export function compilationOf(compiled: CompiledModules): Compilation {
  return COMPILATIONS.get(compiled) as Compilation;
}

function finishedModule(entry: ModuleEntry): Module {
  return { ...entry.source, imports: [], rules: entry.rules.map(({ rule }) => rule) };
}

interface OpenPackage {
  readonly key: string;
  readonly modules: Module[];
  readonly children: Map<string, OpenPackage>;
  readonly hidden: boolean;
}

function packageTree(modules: readonly Module[]): PackageNode {
  const root: OpenPackage = { key: "data", modules: [], children: new Map(), hidden: false };
  for (const module of modules) {
    let node = root;
    for (const part of module.package.path.parts.slice(1)) {
      const key = keyOf(part);
      let child = node.children.get(key);
      if (!child) {
        child = { key, modules: [], children: new Map(), hidden: node === root && key === "system" };
        node.children.set(key, child);
      }
      node = child;
    }
    node.modules.push(module);
  }
  return root;
}

function keyOf(part: Term): string {
  return part.kind === "scalar" ? String(part.value) : "";
}
