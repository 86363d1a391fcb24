import type { Import } from "../../syntax/ast.ts";
import { isStrict } from "../compilation.ts";
import { compileError } from "../error-list.ts";
import type { Compilation } from "../compilation.ts";
import { refText } from "../nodes.ts";
import { importedName } from "./resolve-refs.ts";

/** CheckUnusedImports: strict mode only. */
export function checkUnusedImports(c: Compilation): void {
  for (const item of c.unusedImports)
    c.errors.add(compileError(`${importText(item)} unused`, item.location), true);
}

/** CheckDuplicateImports: two imports of one name (v1 and strict mode). */
export function checkDuplicateImports(c: Compilation): void {
  for (const module of c.modules) {
    if (!isStrict(c, module)) continue;
    const seen = new Map<string, Import>();
    for (const item of module.imports) {
      const name = importedName(item);
      const earlier = seen.get(name);
      if (earlier) {
        c.errors.add(compileError(`import must not shadow ${importText(earlier)}`, item.location), true);
      } else seen.set(name, item);
    }
  }
}

/** RemoveImports: refs are resolved, so nothing needs them any more. */
export function removeImports(c: Compilation): void {
  for (const module of c.modules) module.imports = [];
}

function importText(item: Import): string {
  const path = refText(item.path.parts);
  return item.alias === undefined ? `import ${path}` : `import ${path} as ${item.alias}`;
}
