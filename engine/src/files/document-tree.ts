import type { FieldPath } from "./manifest.ts";

/** Where the fields of one document stand: offsets into the text it was read from. */
export interface DocumentTree {
  /** Where a field begins; of a field that is not there, the nearest parent that is. */
  offsetOf(path: FieldPath): number;
  /** Where a row and column of a text field's value stand; undefined where the text does not show them line by line. */
  offsetInText(path: FieldPath, row: number, column: number): number | undefined;
}

/** Keeps what `make` gives only for as long as there is memory for it: trees are large and seldom asked. */
export function weakly<T extends object>(first: T | undefined, make: () => T): () => T {
  let reference = first && new WeakRef(first);
  return () => {
    const known = reference?.deref();
    if (known) return known;
    const made = make();
    reference = new WeakRef(made);
    return made;
  };
}
