import type { Import, Module, RefTerm, Rule } from "../syntax/ast.ts";

export interface ModuleEntry {
  readonly name: string;
  readonly source: Module;
  imports: readonly Import[];
  readonly rules: readonly RuleEntry[];
}

export interface RuleEntry {
  rule: Rule;
  readonly module: ModuleEntry;
}

/** The absolute ref of a rule: `data`, the package, the head's ref. */
export function absoluteRef(rule: Rule, module: ModuleEntry): RefTerm {
  const [name, ...rest] = rule.head.ref.parts;
  const text = name.kind === "var" ? name.name : "";
  const parts = [
    ...module.source.package.path.parts,
    { kind: "scalar", value: text, location: name.location } as const,
    ...rest,
  ] as unknown as RefTerm["parts"];
  return { kind: "ref", parts, location: rule.head.ref.location };
}
