import type { Compilation } from "../compilation.ts";
import { regoError } from "../error-list.ts";
import { asksForMetadata } from "./rewrite-rego-metadata-calls.ts";

/**
 * ParseMetadataBlocks: takes over the METADATA blocks of the modules that were read with theirs, and those of all others
 * where a rule asks for them. Only then these may be faulty.
 */
export function parseMetadataBlocks(c: Compilation): void {
  const isAsked = asksForMetadata(c);
  for (const { name, source } of c.modules) {
    if (!isAsked && !source.hasReadAnnotations) continue;
    // OPA adds caret lines only to what the parser reports.
    for (const { code, message, location } of source.annotationErrors) {
      c.errors.add(regoError(code, message, location));
    }
    c.annotations.set(name, source.annotations);
  }
}
