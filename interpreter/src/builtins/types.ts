import { isArray, isNumber, isObject, isSet, kindOf } from "../value/kind.ts";
import { defineBuiltins } from "./builtin.ts";
import { ANY, BOOLEAN, STRING, named } from "../value/type.ts";
export const typesBuiltins = defineBuiltins([
  {
    name: "is_array",
    decl: {
      args: [named("x", ANY, "input value")],
      result: named("result", BOOLEAN, "`true` if `x` is an array, `false` otherwise."),
    },
    description: "Returns `true` if the input value is an array.",
    categories: ["types"],
    run: (args) => isArray(args[0]),
  },
  {
    name: "is_boolean",
    decl: {
      args: [named("x", ANY, "input value")],
      result: named("result", BOOLEAN, "`true` if `x` is an boolean, `false` otherwise."),
    },
    description: "Returns `true` if the input value is a boolean.",
    categories: ["types"],
    run: (args) => typeof args[0] === "boolean",
  },
  {
    name: "is_null",
    decl: {
      args: [named("x", ANY, "input value")],
      result: named("result", BOOLEAN, "`true` if `x` is null, `false` otherwise."),
    },
    description: "Returns `true` if the input value is null.",
    categories: ["types"],
    run: (args) => args[0] === null,
  },
  {
    name: "is_number",
    decl: {
      args: [named("x", ANY, "input value")],
      result: named("result", BOOLEAN, "`true` if `x` is a number, `false` otherwise."),
    },
    description: "Returns `true` if the input value is a number.",
    categories: ["types"],
    run: (args) => isNumber(args[0]),
  },
  {
    name: "is_object",
    decl: {
      args: [named("x", ANY, "input value")],
      result: named("result", BOOLEAN, "`true` if `x` is an object, `false` otherwise."),
    },
    description: "Returns true if the input value is an object",
    categories: ["types"],
    run: (args) => isObject(args[0]),
  },
  {
    name: "is_set",
    decl: {
      args: [named("x", ANY, "input value")],
      result: named("result", BOOLEAN, "`true` if `x` is a set, `false` otherwise."),
    },
    description: "Returns `true` if the input value is a set.",
    categories: ["types"],
    run: (args) => isSet(args[0]),
  },
  {
    name: "is_string",
    decl: {
      args: [named("x", ANY, "input value")],
      result: named("result", BOOLEAN, "`true` if `x` is a string, `false` otherwise."),
    },
    description: "Returns `true` if the input value is a string.",
    categories: ["types"],
    run: (args) => typeof args[0] === "string",
  },
  {
    name: "type_name",
    decl: {
      args: [named("x", ANY, "input value")],
      result: named("type", STRING, 'one of "null", "boolean", "number", "string", "array", "object", "set"'),
    },
    description: "Returns the type of its input value.",
    categories: ["types"],
    run: (args) => kindOf(args[0] ?? null),
  },
]);
