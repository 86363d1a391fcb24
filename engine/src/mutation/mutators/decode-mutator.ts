import type { PlainObject } from "@portcullis/interpreter";
import type { Mutator } from "../mutator.ts";
import { decodeAssignMutator } from "./assign.ts";
import { decodeAssignImage } from "./assign-image.ts";
import { decodeAssignMetadata } from "./assign-metadata.ts";
import { objectMeta, textAt } from "../../kubernetes/object-meta.ts";
import { shapeFault } from "../../kubernetes/shape.ts";
import { InvalidMutatorError, MUTATIONS_GROUP } from "./decode.ts";
import { decodeModifySet } from "./modify-set.ts";
import { mutatorShape, MUTATOR_VERSIONS } from "./mutator-shape.ts";

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
  const { apiVersion, version } = objectMeta(object);
  if (MUTATOR_VERSIONS[kind]?.includes(version) !== true) {
    throw new InvalidMutatorError(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`,
    );
  }
  const fault = shapeFault(object, mutatorShape(kind, version));
  if (fault !== undefined) throw new InvalidMutatorError(fault);
  return decode(object);
}
