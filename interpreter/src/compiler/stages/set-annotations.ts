import type { Compilation } from "../compilation.ts";
import { asksForMetadata } from "./rewrite-rego-metadata-calls.ts";

/** ParseMetadataBlocks and SetAnnotationSet: collects the METADATA blocks where a rule asks for them. */
export function setAnnotations(c: Compilation): void {
  if (!asksForMetadata(c)) return;
  for (const module of c.modules) c.annotations.set(module.name, module.source.annotations);
}
