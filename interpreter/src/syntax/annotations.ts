import type { Value } from "../value/value.ts";
import type { Location } from "./location.ts";

/** One METADATA block. */
export interface Annotations {
  readonly scope: "rule" | "document" | "package" | "subpackages";
  /** The block as a Rego object with the keys that `rego.metadata.*` and `inspect` show (scope included). */
  readonly value: Value;
  readonly entrypoint: boolean;
  readonly location: Location;
  /** The row of the statement it stands before: a rule's or the package's; undefined for a stray block. */
  readonly targetRow: number | undefined;
}
