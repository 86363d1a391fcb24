import { ANY, BOOLEAN, STRING, named, objectOf, tuple, union } from "../value/type.ts";
import type { Value } from "../value/value.ts";
import { BuiltinError, defineBuiltins } from "./builtin.ts";
import type { BuiltinContext } from "./builtin.ts";
import { queryOperand, schemaOf, schemaOperand } from "./graphql/documents.ts";
import { validationError } from "./graphql/faults.ts";
import { documentJson } from "./graphql/shapes.ts";
import { validateQuery } from "./graphql/validate.ts";
import { stringOperand } from "./operands.ts";

export const graphqlBuiltins = defineBuiltins([
  {
    name: "graphql.parse",
    decl: {
      args: [
        named("query", union(STRING, objectOf(ANY, ANY)), "the GraphQL query"),
        named("schema", union(STRING, objectOf(ANY, ANY)), "the GraphQL schema"),
      ],
      result: named(
        "output",
        tuple(objectOf(ANY, ANY), objectOf(ANY, ANY)),
        "`output` is of the form `[query_ast, schema_ast]`. If the GraphQL query is valid given the provided schema, then `query_ast` and `schema_ast` are objects describing the ASTs for the query and schema.",
      ),
    },
    description:
      "Returns AST objects for a given GraphQL query and schema after validating the query against the schema. Returns undefined if errors were encountered during parsing or validation. The query and/or schema can be either GraphQL strings or AST objects from the other GraphQL builtin functions.",
    categories: ["graphql"],
    run: ([query, schema], context) => parseBoth(query, schema, context),
  },
  {
    name: "graphql.parse_and_verify",
    decl: {
      args: [
        named("query", union(STRING, objectOf(ANY, ANY)), "the GraphQL query"),
        named("schema", union(STRING, objectOf(ANY, ANY)), "the GraphQL schema"),
      ],
      result: named(
        "output",
        tuple(BOOLEAN, objectOf(ANY, ANY), objectOf(ANY, ANY)),
        " `output` is of the form `[valid, query_ast, schema_ast]`. If the query is valid given the provided schema, then `valid` is `true`, and `query_ast` and `schema_ast` are objects describing the ASTs for the GraphQL query and schema. Otherwise, `valid` is `false` and `query_ast` and `schema_ast` are `{}`.",
      ),
    },
    description:
      "Returns a boolean indicating success or failure alongside the parsed ASTs for a given GraphQL query and schema after validating the query against the schema. The query and/or schema can be either GraphQL strings or AST objects from the other GraphQL builtin functions.",
    categories: ["graphql"],
    run: ([query, schema], context) =>
      orElse<Value>(() => [true, ...parseBoth(query, schema, context)], [false, {}, {}]),
  },
  {
    name: "graphql.parse_query",
    decl: {
      args: [named("query", STRING, "GraphQL query string")],
      result: named("output", objectOf(ANY, ANY), "AST object for the GraphQL query."),
    },
    description: "Returns an AST object for a GraphQL query.",
    categories: ["graphql"],
    run: ([query], context) => documentJson("query", queryOperand(stringOperand(query, 1), 0, context)),
  },
  {
    name: "graphql.parse_schema",
    decl: {
      args: [named("schema", STRING, "GraphQL schema string")],
      result: named("output", objectOf(ANY, ANY), "AST object for the GraphQL schema."),
    },
    description: "Returns an AST object for a GraphQL schema.",
    categories: ["graphql"],
    run: ([schema], context) => documentJson("schema", schemaOperand(stringOperand(schema, 1), 0, context)),
  },
  {
    name: "graphql.is_valid",
    decl: {
      args: [
        named("query", union(STRING, objectOf(ANY, ANY)), "the GraphQL query"),
        named("schema", union(STRING, objectOf(ANY, ANY)), "the GraphQL schema"),
      ],
      result: named(
        "output",
        BOOLEAN,
        "`true` if the query is valid under the given schema. `false` otherwise.",
      ),
    },
    description:
      "Checks that a GraphQL query is valid against a given schema. The query and/or schema can be either GraphQL strings or AST objects from the other GraphQL builtin functions.",
    categories: ["graphql"],
    run: ([query, schema], context) =>
      orElse(() => {
        const document = queryOperand(query, 0, context);
        const checked = schemaOf(schemaOperand(schema, 1, context), context);
        return validateQuery(checked, document, context).length === 0;
      }, false),
  },
  {
    name: "graphql.schema_is_valid",
    decl: {
      args: [named("schema", union(STRING, objectOf(ANY, ANY)), "the schema to verify")],
      result: named("output", BOOLEAN, "`true` if the schema is a valid GraphQL schema. `false` otherwise."),
    },
    description:
      "Checks that the input is a valid GraphQL schema. The schema can be either a GraphQL string or an AST object from the other GraphQL builtin functions.",
    categories: ["graphql"],
    run: ([schema], context) =>
      orElse(() => {
        schemaOf(schemaOperand(schema, 0, context), context);
        return true;
      }, false),
  },
]);

/** The JSON forms of a query and a schema that fit together. Throws {@link BuiltinError} where they do not. */
function parseBoth(
  query: Value | undefined,
  schema: Value | undefined,
  context: BuiltinContext,
): [Value, Value] {
  const queryDocument = queryOperand(query, 0, context);
  const schemaDocument = schemaOperand(schema, 1, context);
  // Before validation, which leaves notes on the nodes.
  const json: [Value, Value] = [documentJson("query", queryDocument), documentJson("schema", schemaDocument)];
  const faults = validateQuery(schemaOf(schemaDocument, context), queryDocument, context);
  if (faults.length > 0) throw validationError(faults);
  return json;
}

function orElse<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof BuiltinError) return otherwise;
    throw error;
  }
}
