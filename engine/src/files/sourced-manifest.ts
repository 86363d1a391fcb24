import type { PlainObject } from "@portcullis/interpreter";
import type { DocumentTree } from "./document-tree.ts";
import type { FieldPath, FileProblem, Manifest, Place } from "./manifest.ts";
import type { TextLines } from "./text-lines.ts";

/** One document of a file: its lines, where its text starts in them, and the places of its fields. */
export interface DocumentSource {
  readonly lines: TextLines;
  readonly start: number;
  readonly tree: () => DocumentTree;
}

/** The object at a path of a document: `[]`, or an item of a list. */
export function sourcedManifest(object: PlainObject, path: FieldPath, source: DocumentSource): Manifest {
  const { lines, start, tree } = source;
  const locate = (field: FieldPath): Place => lines.place(start + tree().offsetOf([...path, ...field]));
  return {
    object,
    place: locate([]),
    locate,
    locateInText(field, row, column) {
      const offset = tree().offsetInText([...path, ...field], row, column);
      return offset === undefined ? locate(field) : lines.place(start + offset);
    },
    problem: (place, message, hint) => problemAt(lines, place, message, hint),
  };
}

/** A problem with the line it stands on. */
export function problemAt(lines: TextLines, place: Place, message: string, hint?: string): FileProblem {
  return { ...place, message, ...(hint === undefined ? {} : { hint }), excerpt: lines.excerpt(place) };
}
