import type { PlainObject } from "@portcullis/interpreter";

/** The way to a field: keys and indexes from the object's root. */
export type FieldPath = readonly (string | number)[];

/** A place in a file. Line and column count from 1, columns in code points. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One Kubernetes object as a file holds it, integers exact, with the way back to its text. */
export interface Manifest {
  readonly object: PlainObject;
  /** Where the object begins. */
  readonly place: Place;
  /** Where a field begins; of a field that is not there, the nearest parent that is. */
  locate(path: FieldPath): Place;
  /**
   * A place inside a text field: `row` and `column` (from 1, in code points) count in the field's value, as the errors
   * of a template's Rego do. Exact for block scalars and for quoted text on one line, else the start of the field.
   */
  locateInText(path: FieldPath, row: number, column: number): Place;
  /** A problem at a place of this object's file, with the line that stands there. */
  problem(place: Place, message: string, hint?: string): FileProblem;
}

/** Something wrong with a file: a value, never thrown. Line and column are 0 where the whole file is meant. */
export interface FileProblem extends Place {
  readonly message: string;
  /** What the author probably meant or can do. */
  readonly hint?: string;
  /** The line of the file and a caret below the place. */
  readonly excerpt?: string;
}

/** What a text or a folder holds: the good parts, and what is wrong with the rest. */
export interface Manifests {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly FileProblem[];
}
