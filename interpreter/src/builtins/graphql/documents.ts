import { isObject } from "../../value/kind.ts";
import { toJsonValue } from "../../value/json.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { wrongType } from "../operands.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinContext } from "../builtin.ts";
import type { QueryDocument, Schema, SchemaDocument } from "./ast.ts";
import { buildSchema } from "./build-schema.ts";
import { GraphqlFault, faultLine, syntaxError } from "./faults.ts";
import { parseQueryDocument } from "./parse-query.ts";
import { parseSchemaDocument } from "./parse-schema.ts";
import { queryFromJson, schemaFromJson } from "./shapes.ts";

/** Reads a query, from its text or from the object `graphql.parse_query` gives. `position` names the operand in messages, counted from 0 as OPA does here. */
export function queryOperand(
  operand: Value | undefined,
  position: number,
  context: BuiltinContext,
): QueryDocument {
  if (typeof operand === "string") return parsed(() => parseQueryDocument(operand, context));
  if (operand !== undefined && isObject(operand)) return queryFromJson(toJsonValue(operand) as PlainObject);
  throw wrongType(position, ["string", "object"], operand);
}

/** Reads a schema, from its text or from the object `graphql.parse_schema` gives. */
export function schemaOperand(
  operand: Value | undefined,
  position: number,
  context: BuiltinContext,
): SchemaDocument {
  if (typeof operand === "string") return parsed(() => parseSchemaDocument(operand, context));
  if (operand !== undefined && isObject(operand)) return schemaFromJson(toJsonValue(operand) as PlainObject);
  throw wrongType(position, ["string", "object"], operand);
}

/** The checked schema of a document, with GraphQL's own types. */
export function schemaOf(document: SchemaDocument, context: BuiltinContext): Schema {
  try {
    return buildSchema(document, context);
  } catch (error) {
    if (!(error instanceof GraphqlFault)) throw error;
    const { message, position } = error.fault;
    const line = faultLine({ message, position: position ?? { line: -1, column: -1 } });
    throw new BuiltinError(`Error in gqlparser SchemaDocument to Schema conversion: ${line}`);
  }
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof GraphqlFault) throw syntaxError(error.fault);
    throw error;
  }
}
