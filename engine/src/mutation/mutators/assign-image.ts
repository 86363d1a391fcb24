import { kindOf, type PlainObject } from "@portcullis/interpreter";
import { textAt } from "../../kubernetes/object-meta.ts";
import { joinImage, splitImage, validateImageParts, type ImageParts } from "../image.ts";
import type { Mutator } from "../mutator.ts";
import { MutationError, mutateAt } from "../walk.ts";
import {
  decodeApplyTo,
  decodeFields,
  decodePathTests,
  InvalidMutatorError,
  isMetadataLocation,
  refuseKeyChange,
} from "./decode.ts";

/** AssignImage: changes the domain, the path or the tag of an image reference. Throws {@link InvalidMutatorError}. */
export function decodeAssignImage(object: PlainObject): Mutator {
  const fields = decodeFields(object);
  const { name } = fields.id;
  if (fields.path.length === 0) throw new InvalidMutatorError("empty path");
  if (isMetadataLocation(fields.path))
    throw new InvalidMutatorError(`assignImage ${name} can't change metadata`);
  if (fields.path.at(-1)?.kind === "list") {
    throw new InvalidMutatorError(`assignImage ${name} cannot mutate list-type fields`);
  }
  const wanted: ImageParts = {
    domain: textAt(fields.parameters, "assignDomain"),
    path: textAt(fields.parameters, "assignPath"),
    tag: textAt(fields.parameters, "assignTag"),
  };
  const problem = validateImageParts(wanted);
  if (problem) throw new InvalidMutatorError(`assignImage ${name} has invalid parameters: ${problem}`);
  refuseKeyChange(fields);
  const applyTo = decodeApplyTo(fields);
  const tests = decodePathTests(fields);
  return {
    object: fields.object,
    id: fields.id,
    generation: fields.generation,
    path: fields.path,
    applyTo,
    matcher: fields.matcher,
    schema: { type: "string", mustTerminate: true },
    mutate: (target) =>
      mutateAt(target, fields.path, tests, {
        setField: (existing = "") => {
          if (typeof existing !== "string") {
            throw new MutationError(
              `expected value at AssignImage location to be a string, got one of type ${kindOf(existing)}`,
            );
          }
          return mutateImage(existing, wanted);
        },
      }),
  };
}

/** The reference with the wanted parts in the place of its own; empty ones stay. */
export function mutateImage(reference: string, wanted: ImageParts): string {
  const parts = splitImage(reference);
  return joinImage({
    domain: wanted.domain || parts.domain,
    path: wanted.path || parts.path,
    tag: wanted.tag || parts.tag,
  });
}
