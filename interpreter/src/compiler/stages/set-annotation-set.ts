import type { Annotations } from "../../syntax/ast.ts";
import type { Location } from "../../location.ts";
import type { Compilation } from "../compilation.ts";
import { typeError } from "../error-list.ts";
import { absoluteRef, type ModuleEntry } from "../module-entry.ts";
import { groundLength, refText } from "../nodes.ts";

/**
 * SetAnnotationSet: a package, a document and the packages below a path have one METADATA block at most, whatever number
 * of files and rules they are made of. A rule may have several.
 */
export function setAnnotationSet(c: Compilation): void {
  const declared = new Map<string, Location>();
  for (const module of c.modules) {
    for (const block of c.annotations.get(module.name) ?? []) {
      const subject = subjectOf(block, module);
      if (subject === undefined) continue;
      const earlier = declared.get(subject);
      if (earlier === undefined) declared.set(subject, block.location);
      else {
        c.errors.add(typeError(`${block.scope} annotation redeclared: ${String(earlier)}`, block.location));
      }
    }
  }
}

/** What a block describes. A document and the packages below its path are the same. Undefined for what may have several. */
function subjectOf(block: Annotations, module: ModuleEntry): string | undefined {
  const packagePath = module.source.package.path.parts;
  switch (block.scope) {
    case "rule":
      return undefined;
    case "package":
      return `package ${refText(packagePath)}`;
    case "subpackages":
      return refText(packagePath);
    case "document": {
      const target = module.rules.find(({ rule }) => rule.location.row === block.targetRow);
      if (target === undefined) return undefined;
      const { parts } = absoluteRef(target.rule, module);
      return refText(parts.slice(0, groundLength(parts)));
    }
  }
}
