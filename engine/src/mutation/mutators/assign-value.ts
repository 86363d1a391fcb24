import { getOwn, type PlainObject, type Value } from "@portcullis/interpreter";
import { objectAt, textAt } from "../../kubernetes/object-meta.ts";
import { MutationError } from "../walk.ts";
import { InvalidMutatorError, type MutatorFields } from "./decode.ts";

/** Where an Assign or AssignMetadata takes its value from. */
export type AssignValue =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "metadata"; readonly field: "name" | "namespace" }
  | ExternalData;

/** A value that a provider outside is asked for. */
export interface ExternalData {
  readonly kind: "external";
  readonly provider: string;
  readonly dataSource: string;
  /** Fail, Ignore or UseDefault. */
  readonly failurePolicy: string;
  readonly default: string;
}

/** Reads `spec.parameters.assign`: exactly one source. Throws {@link InvalidMutatorError}. */
export function decodeAssign(fields: MutatorFields): AssignValue {
  const assign = objectAt(fields.parameters, "assign") ?? {};
  const value = getOwn(assign, "value") ?? undefined;
  const fromMetadata = objectAt(assign, "fromMetadata");
  const externalData = objectAt(assign, "externalData");
  const sources = [value, fromMetadata, externalData].filter((source) => source !== undefined);
  const names = "`externalData`, `value` or `fromMetadata`: invalid assign field";
  if (sources.length === 0) throw new InvalidMutatorError(`assign must set one of ${names}`);
  if (sources.length > 1) throw new InvalidMutatorError(`assign must only set one of ${names}`);
  if (externalData) return decodeExternalData(externalData);
  if (fromMetadata) {
    const field = textAt(fromMetadata, "field");
    if (field !== "name" && field !== "namespace") {
      throw new InvalidMutatorError(`field ${field} is not recognized: invalid fromMetadata field`);
    }
    return { kind: "metadata", field };
  }
  return { kind: "value", value: value as Value };
}

function decodeExternalData(data: PlainObject): ExternalData {
  const failurePolicy = textAt(data, "failurePolicy") || "Fail";
  const byDefault = textAt(data, "default");
  if (failurePolicy === "UseDefault" && byDefault === "") {
    throw new InvalidMutatorError("`default` must not be empty when `failurePolicy` is set to `UseDefault`");
  }
  return {
    kind: "external",
    provider: textAt(data, "provider"),
    dataSource: textAt(data, "dataSource") || "ValueAtLocation",
    failurePolicy,
    default: byDefault,
  };
}

/**
 * The value for one object, `existing` being what stands at the location. Metadata that the object lacks counts as the empty
 * text. No provider can be asked yet, so that every value of one is a failure, which its policy decides about. Throws
 * {@link MutationError}.
 */
export function resolveAssign(source: AssignValue, object: PlainObject, existing: Value | undefined): Value {
  if (source.kind === "value") return source.value;
  if (source.kind === "metadata") return textAt(object, "metadata", source.field);
  if (source.dataSource === "ValueAtLocation" && existing !== undefined && typeof existing !== "string") {
    throw new MutationError(
      "failed to resolve external data placeholders: value at location is not a string",
    );
  }
  if (source.failurePolicy === "UseDefault") return source.default;
  if (source.failurePolicy === "Ignore") return existing ?? "";
  const name = JSON.stringify(source.provider);
  throw new MutationError(
    `failed to resolve external data placeholders: provider ${name} cannot be asked: mutation has no external data yet`,
  );
}
