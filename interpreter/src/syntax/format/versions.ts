import type { Import, Module } from "../ast.ts";
import { Location } from "../../location.ts";

/** The module as both versions read it: `import rego.v1` stands for its imports of keywords. */
export function forBothVersions(module: Module): Module {
  return { ...module, imports: [regoV1(module), ...withoutV0Imports(module).imports], strictV1: true };
}

/** The module without `import rego.v1` and the imports of keywords that v1 has from the start. */
export function withoutV0Imports(module: Module): Module {
  const imports = module.imports.filter(({ path: { parts } }) => {
    const [root, second, word] = parts;
    if (root.kind !== "var" || second?.kind !== "scalar") return true;
    if (root.name === "rego") return second.value !== "v1";
    if (root.name !== "future") return true;
    return word?.kind === "scalar" && !V0_KEYWORDS.has(word.value as string);
  });
  return { ...module, imports };
}

const V0_KEYWORDS: ReadonlySet<string> = new Set(["contains", "every", "if", "in"]);

/** `import rego.v1`, as if it stood beside the package. */
function regoV1({ package: { location: at } }: Module): Import {
  const location = new Location(at.source, at.end, at.end, at.row, at.col);
  const path: Import["path"] = {
    kind: "ref",
    parts: [
      { kind: "var", name: "rego", location },
      { kind: "scalar", value: "v1", location },
    ],
    location,
  };
  return { path, alias: undefined, location };
}
