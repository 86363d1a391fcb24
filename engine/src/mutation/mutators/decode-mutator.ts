import type { PlainObject } from "@portcullis/interpreter";
import type { Mutator } from "../mutator.ts";
import { decodeAssignMutator } from "./assign.ts";
import { decodeAssignImage } from "./assign-image.ts";
import { decodeAssignMetadata } from "./assign-metadata.ts";
import { textAt } from "../../kubernetes/object-meta.ts";
import { InvalidMutatorError, MUTATIONS_GROUP } from "./decode.ts";
import { decodeModifySet } from "./modify-set.ts";

const DECODERS: ReadonlyMap<string, (object: PlainObject) => Mutator> = new Map([
  ["Assign", decodeAssignMutator],
  ["AssignImage", decodeAssignImage],
  ["AssignMetadata", decodeAssignMetadata],
  ["ModifySet", decodeModifySet],
]);

/** True for the kinds of `mutations.gatekeeper.sh`. */
export function isMutator(object: PlainObject): boolean {
  return (
    textAt(object, "apiVersion").startsWith(`${MUTATIONS_GROUP}/`) && DECODERS.has(textAt(object, "kind"))
  );
}

/** Reads and checks a mutator of any kind. Throws {@link InvalidMutatorError}. */
export function decodeMutator(object: PlainObject): Mutator {
  const kind = textAt(object, "kind");
  const decode = DECODERS.get(kind);
  if (!decode) throw new InvalidMutatorError(`unknown mutator kind ${JSON.stringify(kind)}`);
  return decode(object);
}
