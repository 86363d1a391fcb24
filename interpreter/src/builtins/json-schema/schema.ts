import type { RegoNumber } from "../../value/value.ts";
import type { Regex } from "../../regex/regex.ts";

/** A compiled schema. It is built up while it is read, since schemas may refer to themselves. */
export interface Schema {
  /** `true` accepts everything, `false` nothing. */
  pass?: boolean;
  /** Where it is a `$ref`: the schema to use instead. */
  target?: Schema;
  types: string[];
  properties: Map<string, Schema>;
  patternProperties: { readonly regex: Regex; readonly schema: Schema }[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  dependencies: Map<string, readonly string[] | Schema>;
  required: string[];
  minProperties?: number;
  maxProperties?: number;
  /** One schema for all items, or one for each place. */
  items?: Schema | readonly Schema[];
  additionalItems?: boolean | Schema;
  contains?: Schema;
  minItems?: number;
  maxItems?: number;
  uniqueItems: boolean;
  multipleOf?: RegoNumber;
  minimum?: RegoNumber;
  exclusiveMinimum?: RegoNumber;
  maximum?: RegoNumber;
  exclusiveMaximum?: RegoNumber;
  minLength?: number;
  maxLength?: number;
  pattern?: { readonly text: string; readonly regex: Regex };
  format?: string;
  /** As canonical JSON. */
  constant?: string;
  enumeration?: readonly string[];
  anyOf: readonly Schema[];
  oneOf: readonly Schema[];
  allOf: readonly Schema[];
  not?: Schema;
  if?: Schema;
  then?: Schema;
  else?: Schema;
}

export function emptySchema(): Schema {
  return {
    types: [],
    properties: new Map(),
    patternProperties: [],
    dependencies: new Map(),
    required: [],
    uniqueItems: false,
    anyOf: [],
    oneOf: [],
    allOf: [],
  };
}
