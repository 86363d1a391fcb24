import type { Compilation } from "../compilation.ts";
import { asksForMetadata } from "./rewrite-rego-metadata-calls.ts";

/**
 * ParseMetadataBlocks: takes over the METADATA blocks of the modules that were read with theirs, and those of all others
 * where a rule asks for them. Only then these may be faulty.
 */
export function parseMetadataBlocks(c: Compilation): void {
  const isAsked = asksForMetadata(c);
  for (const { name, source } of c.modules) {
    if (!isAsked && !source.hasReadAnnotations) continue;
    c.errors.addAll(source.annotationErrors);
    c.annotations.set(name, source.annotations);
  }
}
