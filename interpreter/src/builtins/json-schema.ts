import { parseJson, toJsonValue } from "../value/json.ts";
import { isArray, isObject } from "../value/kind.ts";
import { ANY, BOOLEAN, NULL, STRING, arrayOf, named, objectOf, record, tuple, union } from "../value/type.ts";
import type { Value } from "../value/value.ts";
import { BuiltinError, defineBuiltins } from "./builtin.ts";
import type { BuiltinContext } from "./builtin.ts";
import { compileSchema } from "./json-schema/compile.ts";
import type { Schema } from "./json-schema/schema.ts";
import { validateDocument } from "./json-schema/validate.ts";

export const jsonSchemaBuiltins = defineBuiltins([
  {
    name: "json.match_schema",
    decl: {
      args: [
        named("document", union(STRING, objectOf(ANY, ANY)), "document to verify by schema"),
        named("schema", union(STRING, objectOf(ANY, ANY)), "schema to verify document by"),
      ],
      result: named(
        "output",
        tuple(BOOLEAN, arrayOf(record({ desc: STRING, error: STRING, field: STRING, type: STRING }))),
        "`output` is of the form `[match, errors]`. If the document is valid given the schema, then `match` is `true`, and `errors` is an empty array. Otherwise, `match` is `false` and `errors` is an array of objects describing the error(s).",
      ),
    },
    description:
      "Checks that the document matches the JSON schema. The `pattern` keyword is enforced using Go's RE2 regex dialect; schemas relying on ECMA-262 features that RE2 does not support (e.g. negative lookahead) will be rejected.",
    categories: ["object"],
    run: ([document, schema], context) => {
      const value = documentOperand(document, context);
      const errors = validateDocument(schemaOperand(schema, context), value, context);
      return [
        errors.length === 0,
        errors.map(({ desc, field, type }) => ({ error: `${field}: ${desc}`, desc, field, type })),
      ];
    },
  },
  {
    name: "json.verify_schema",
    decl: {
      args: [named("schema", union(STRING, objectOf(ANY, ANY)), "the schema to verify")],
      result: named(
        "output",
        tuple(BOOLEAN, union(NULL, STRING)),
        "`output` is of the form `[valid, error]`. If the schema is valid, then `valid` is `true`, and `error` is `null`. Otherwise, `valid` is `false` and `error` is a string describing the error.",
      ),
    },
    description:
      "Checks that the input is a valid JSON schema object. The schema can be either a JSON string or an JSON object. The `pattern` keyword, if present, is compiled using Go's RE2 regex dialect; schemas relying on ECMA-262 features that RE2 does not support (e.g. negative lookahead) will be rejected.",
    categories: ["object"],
    run: ([schema], context) => {
      try {
        schemaOperand(schema, context);
        return [true, null];
      } catch (error) {
        if (error instanceof BuiltinError) return [false, `jsonschema: ${error.message}`];
        throw error;
      }
    },
  },
]);

/** A document or schema: an object, or JSON text. */
function documentOperand(operand: Value | undefined, context: BuiltinContext): Value {
  if (typeof operand === "string") {
    context.charge(1 + (operand.length >> 6));
    const parsed = parseJson(operand);
    if (!parsed.ok) throw new BuiltinError("invalid JSON string");
    return parsed.value;
  }
  if (isObject(operand) || isArray(operand)) return toJsonValue(operand);
  throw new BuiltinError("wrong type, expected string or object");
}

/** Compiled schemas by the object they were made of: a policy holds its schema in a constant, which is one object for good. */
const compiled = new WeakMap<object, Schema>();

function schemaOperand(operand: Value | undefined, context: BuiltinContext): Schema {
  if (typeof operand !== "object" || operand === null)
    return compileSchema(documentOperand(operand, context), context);
  const known = compiled.get(operand);
  if (known) return known;
  const schema = compileSchema(documentOperand(operand, context), context);
  compiled.set(operand, schema);
  return schema;
}
