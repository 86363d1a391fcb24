import type { Value } from "../value/value.ts";

/** Keys from the root of the base document (`data`) downwards. */
export type Path = readonly string[];

/**
 * One write. Changes are data, so that they can cross threads: there the value travels as JSON text, because a
 * structured clone would lose the class of exact numbers. Objects on the way to the path are made where they are missing.
 */
export type Change =
  | { readonly op: "put"; readonly path: Path; readonly value: Value }
  | { readonly op: "put"; readonly path: Path; readonly json: string }
  /** Deleting what is not there does nothing. */
  | { readonly op: "delete"; readonly path: Path };

/** A write that cannot be done: `conflict` where the path leads through something that is no object. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: "conflict" | "invalid_json";
  readonly path: Path;

  constructor(code: StorageError["code"], path: Path, message: string) {
    super(message);
    this.code = code;
    this.path = path;
  }
}
