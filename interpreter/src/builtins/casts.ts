import { isArray, isNumber, isObject, kindOf } from "../value/kind.ts";
import { quoteText } from "../value/quote.ts";
import { RegoSet } from "../value/set.ts";
import type { Value, ValueKind } from "../value/value.ts";
import { BuiltinError, OperandError, defineBuiltins } from "./builtin.ts";
import { numberFromGoText } from "./go/strconv.ts";
import { wrongType } from "./operands.ts";
import { ANY, BOOLEAN, NULL, NUMBER, STRING, arrayOf, named, objectOf, setOf, union } from "../value/type.ts";
export const castsBuiltins = defineBuiltins([
  {
    name: "to_number",
    decl: {
      args: [named("value", union(NULL, BOOLEAN, NUMBER, STRING), "value to convert")],
      result: named("num", NUMBER, "the numeric representation of `value`"),
    },
    description:
      "Converts value of type string, null or boolean to number. Numeric strings converts to the corresponding number when possible. Null and boolean `false` converts to 0 and boolean `true` to 1. Numbers are returned without conversion.",
    categories: ["conversions"],
    run: toNumber,
  },
  {
    name: "cast_array",
    decl: { args: [ANY], result: arrayOf(ANY) },
    description: "",
    categories: [],
    deprecated: true,
    run: castArray,
  },
  {
    name: "cast_boolean",
    decl: { args: [ANY], result: BOOLEAN },
    description: "",
    categories: [],
    deprecated: true,
    run: castBoolean,
  },
  {
    name: "cast_null",
    decl: { args: [ANY], result: NULL },
    description: "",
    categories: [],
    deprecated: true,
    run: castNull,
  },
  {
    name: "cast_object",
    decl: { args: [ANY], result: objectOf(ANY, ANY) },
    description: "",
    categories: [],
    deprecated: true,
    run: castObject,
  },
  {
    name: "cast_set",
    decl: { args: [ANY], result: setOf(ANY) },
    description: "",
    categories: [],
    deprecated: true,
    run: castSet,
  },
  {
    name: "cast_string",
    decl: { args: [ANY], result: STRING },
    description: "",
    categories: [],
    deprecated: true,
    run: castString,
  },
]);

function toNumber(args: readonly Value[]): Value {
  const value = args[0];
  if (value === null || value === false) return 0;
  if (value === true) return 1;
  if (isNumber(value)) return value;
  if (typeof value !== "string") throw wrongType(1, ["null", "boolean", "number", "string"], value);
  const parsed = numberFromGoText(value);
  if (parsed.ok) return parsed.number;
  if (parsed.reason === "not finite") {
    throw new OperandError("operand 1 must be valid number string but got string");
  }
  throw new BuiltinError(`strconv.ParseFloat: parsing ${quoteText(value)}: ${parsed.reason}`);
}

function castArray(args: readonly Value[]): Value {
  const value = args[0];
  if (isArray(value)) return value;
  if (value instanceof RegoSet) return value.sorted();
  throw wrongType(1, ["array", "set"], value);
}

function castSet(args: readonly Value[]): Value {
  const value = args[0];
  if (value instanceof RegoSet) return value;
  if (isArray(value)) return new RegoSet(value);
  throw wrongType(1, ["array", "set"], value);
}

function castObject(args: readonly Value[]): Value {
  if (isObject(args[0])) return args[0];
  throw wrongType(1, "object", args[0]);
}

function castString(args: readonly Value[]): Value {
  return same(args[0], "string");
}

function castBoolean(args: readonly Value[]): Value {
  return same(args[0], "boolean");
}

function castNull(args: readonly Value[]): Value {
  return same(args[0], "null");
}

function same(value: Value | undefined, kind: ValueKind): Value {
  if (value !== undefined && kindOf(value) === kind) return value;
  throw wrongType(1, kind, value);
}
