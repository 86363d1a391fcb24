import { getOwn, type PlainObject, type Value } from "@portcullis/interpreter";
import { objectAt, textAt } from "../../kubernetes/object-meta.ts";
import { InvalidMutatorError, type MutatorFields } from "./decode.ts";

/** Where an Assign or AssignMetadata takes its value from. */
export type AssignValue =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "metadata"; readonly field: "name" | "namespace" };

/** Reads `spec.parameters.assign`: exactly one source. Throws {@link InvalidMutatorError}. */
export function decodeAssign(fields: MutatorFields): AssignValue {
  const assign = objectAt(fields.parameters, "assign") ?? {};
  const value = getOwn(assign, "value");
  const fromMetadata = objectAt(assign, "fromMetadata");
  const externalData = objectAt(assign, "externalData");
  const sources = [value, fromMetadata, externalData].filter((source) => source !== undefined);
  const names = "`externalData`, `value` or `fromMetadata`: invalid assign field";
  if (sources.length === 0) throw new InvalidMutatorError(`assign must set one of ${names}`);
  if (sources.length > 1) throw new InvalidMutatorError(`assign must only set one of ${names}`);
  if (externalData) throw new InvalidMutatorError("external data feature flag is not enabled");
  if (fromMetadata) {
    const field = textAt(fromMetadata, "field");
    if (field !== "name" && field !== "namespace") {
      throw new InvalidMutatorError(`field ${field} is not recognized: invalid fromMetadata field`);
    }
    return { kind: "metadata", field };
  }
  return { kind: "value", value: value as Value };
}

/** The value for one object; metadata that the object lacks counts as the empty text. */
export function resolveAssign(source: AssignValue, object: PlainObject): Value {
  if (source.kind === "value") return source.value;
  return textAt(object, "metadata", source.field);
}
