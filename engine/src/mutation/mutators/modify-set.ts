import { equals, getOwn, isArray, printValue, type PlainObject, type Value } from "@portcullis/interpreter";
import { listAt } from "../../kubernetes/object-meta.ts";
import type { Mutator } from "../mutator.ts";
import { MutationError, mutateAt } from "../walk.ts";
import {
  decodeApplyTo,
  decodeFields,
  decodePathTests,
  InvalidMutatorError,
  isMetadataLocation,
} from "./decode.ts";

/** ModifySet: treats a list as a set and adds (`merge`) or removes (`prune`) values. Throws {@link InvalidMutatorError}. */
export function decodeModifySet(object: PlainObject): Mutator {
  const fields = decodeFields(object);
  if (isMetadataLocation(fields.path))
    throw new InvalidMutatorError(`modifyset ${fields.id.name} can't change metadata`);
  if (fields.path.at(-1)?.kind === "list") {
    throw new InvalidMutatorError("final node in a modifyset location cannot be a keyed list");
  }
  const applyTo = decodeApplyTo(fields);
  const tests = decodePathTests(fields);
  // The API server fills the default in; files do not pass through it.
  const operation = getOwn(fields.parameters, "operation") ?? "merge";
  const values = listAt(fields.parameters, "values", "fromList");
  return {
    object: fields.object,
    id: fields.id,
    generation: fields.generation,
    path: fields.path,
    applyTo,
    matcher: fields.matcher,
    schema: { type: "set", mustTerminate: false },
    mutate: (target) =>
      mutateAt(target, fields.path, tests, {
        setField: (existing) => {
          if (operation === "merge") return merge(existing, values);
          if (operation === "prune") return prune(existing, values);
          throw new MutationError(`unrecognized operation for modifyset: ${printed(operation)}`);
        },
      }),
  };
}

/** Adds the values that the list lacks, in order. A list that is not there becomes the values as they are given. */
export function merge(existing: Value | undefined, values: readonly Value[]): Value {
  if (existing === undefined) return values;
  const merged = [...asList(existing)];
  for (const value of values) if (!merged.some((element) => equals(element, value))) merged.push(value);
  return merged;
}

/** Removes the values from the list; a list that is not there stays away. */
export function prune(existing: Value | undefined, values: readonly Value[]): Value | undefined {
  if (existing === undefined) return undefined;
  return asList(existing).filter((element) => !values.some((value) => equals(element, value)));
}

function asList(value: Value): readonly Value[] {
  if (isArray(value)) return value;
  throw new MutationError(`${printed(value)} is not a list of values, cannot treat it as a set`);
}

function printed(value: Value): string {
  return typeof value === "string" ? value : printValue(value);
}
