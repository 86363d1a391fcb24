import { equals, getOwn, isObject, numberText, type PlainObject, type Value } from "@portcullis/interpreter";
import type { Mutator } from "../mutator.ts";
import type { ListNode } from "../path/path.ts";
import { mutateAt } from "../walk.ts";
import { decodeAssign, resolveAssign, type AssignValue } from "./assign-value.ts";
import {
  decodeApplyTo,
  decodeFields,
  decodePathTests,
  InvalidMutatorError,
  isMetadataLocation,
  refuseKeyChange,
} from "./decode.ts";

/** Assign: sets the value of a field, or an element of a keyed list, outside metadata. Throws {@link InvalidMutatorError}. */
export function decodeAssignMutator(object: PlainObject): Mutator {
  const fields = decodeFields(object);
  if (fields.path.length === 0) throw new InvalidMutatorError("empty path");
  if (isMetadataLocation(fields.path))
    throw new InvalidMutatorError(`assign ${fields.id.name} can't change metadata`);
  const source = decodeAssign(fields);
  const last = fields.path.at(-1);
  if (last?.kind === "list") checkElement(last, source);
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
    schema: { type: "unknown", mustTerminate: source.kind === "external" },
    mutate: (target) =>
      mutateAt(target, fields.path, tests, {
        setField: (existing) => resolveAssign(source, target, existing),
        setElement: () => resolveAssign(source, target, undefined),
      }),
  };
}

/** What ends up in a keyed list must be an object that carries the key. */
function checkElement(node: ListNode, source: AssignValue): void {
  if (source.kind === "external") {
    throw new InvalidMutatorError("cannot assign external data response to a list");
  }
  if (node.keyValue === undefined) throw new InvalidMutatorError("can't append to a globbed list");
  if (source.kind === "metadata") throw new InvalidMutatorError("cannot assign a metadata field to a list");
  if (!isObject(source.value)) {
    throw new InvalidMutatorError(
      `invalid value: \`${goText(source.value)}\`, only objects can be added to keyed lists`,
    );
  }
  const key = getOwn(source.value as PlainObject, node.keyField);
  if (key === undefined || !equals(key, node.keyValue)) {
    throw new InvalidMutatorError(
      `adding object to list with different key ${node.keyField}: list key ${goText(node.keyValue)}, object key ${goText(key)}`,
    );
  }
}

function goText(value: Value | undefined): string {
  if (value === undefined || value === null) return "<nil>";
  return typeof value === "string"
    ? value
    : typeof value === "number"
      ? numberText(value)
      : JSON.stringify(value);
}
