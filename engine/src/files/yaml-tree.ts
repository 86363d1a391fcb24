import { isMap, isSeq } from "yaml";
import type { Document, ParsedNode } from "yaml";
import type { DocumentTree } from "./document-tree.ts";
import type { ParsedYaml } from "./loose-quotes.ts";
import { nodeAt, offsetInScalar } from "./node-at.ts";

/** The places of one parsed YAML document; `text` is what was parsed. */
export function yamlTree(
  text: string,
  parsed: ParsedYaml,
  document: Document.Parsed | undefined,
): DocumentTree {
  const contents = document?.contents ?? null;
  const root: ParsedNode | null = contents && (isMap(contents) || isSeq(contents)) ? contents : null;
  return {
    offsetOf(path) {
      const offset = nodeAt(root, path)?.range[0] ?? document?.range[0] ?? 0;
      return parsed.toOriginal(offset);
    },
    offsetInText(path, row, column) {
      const node = nodeAt(root, path);
      return node === null ? undefined : offsetInScalar(text, node, row, column, parsed.toOriginal);
    },
  };
}
