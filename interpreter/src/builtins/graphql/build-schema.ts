import type { BuiltinContext } from "../builtin.ts";
import type { Definition, Schema, SchemaDefinition, SchemaDocument } from "./ast.ts";
import { checkDirectives, checkSchema } from "./check-schema.ts";
import { GraphqlFault } from "./faults.ts";
import { parseSchemaDocument } from "./parse-schema.ts";
import { PRELUDE } from "./prelude.ts";

/**
 * Makes a schema of a document and GraphQL's own types: merges extensions, finds the root types, and checks everything.
 * Throws {@link GraphqlFault} at the first fault. The document stays as it is.
 */
export function buildSchema(document: SchemaDocument, context: BuiltinContext): Schema {
  const prelude = parseSchemaDocument(PRELUDE, context, true);
  const types = collectTypes([...prelude.definitions, ...document.definitions], document.extensions);
  const schema: Schema = { types, directives: new Map(), possibleTypes: new Map() };
  for (const definition of types.values()) notePossibleTypes(schema, definition);
  for (const directive of [...prelude.directives, ...document.directives]) {
    if (schema.directives.has(directive.name) && !REDEFINABLE.has(directive.name)) {
      throw new GraphqlFault(`Cannot redeclare directive ${directive.name}.`, directive.position);
    }
    schema.directives.set(directive.name, directive);
  }
  const [main, second] = document.schema;
  if (second) {
    const text = "Cannot have multiple schema entry points, consider schema extensions instead.";
    throw new GraphqlFault(text, second.position);
  }
  for (const definition of main ? [main, ...document.schemaExtension] : document.schemaExtension) {
    takeRoots(schema, definition, context);
  }
  checkSchema(schema, context);
  if (!main) {
    schema.query ??= types.get("Query");
    schema.mutation ??= types.get("Mutation");
    schema.subscription ??= types.get("Subscription");
  }
  if (schema.query) addIntrospection(schema.query);
  return schema;
}

/** Directives of the specification that a schema may spell out itself. */
const REDEFINABLE = new Set(["include", "skip", "deprecated", "specifiedBy", "defer", "oneOf"]);

function collectTypes(
  definitions: readonly Definition[],
  extensions: readonly Definition[],
): Map<string, Definition> {
  const types = new Map<string, Definition>();
  for (const definition of definitions) {
    if (types.has(definition.name)) {
      throw new GraphqlFault(`Cannot redeclare type ${definition.name}.`, definition.position);
    }
    // A copy: extensions and introspection add to it.
    types.set(definition.name, { ...definition });
  }
  for (const extension of extensions) {
    const base = types.get(extension.name) ?? emptyDefinition(extension);
    types.set(extension.name, base);
    if (base.kind !== extension.kind) {
      throw new GraphqlFault(
        `Cannot extend type ${extension.name} because the base type is a ${base.kind}, not ${extension.kind}.`,
        extension.position,
      );
    }
    base.directives = [...base.directives, ...extension.directives];
    base.interfaces = [...base.interfaces, ...extension.interfaces];
    base.fields = [...base.fields, ...extension.fields];
    base.types = [...base.types, ...extension.types];
    base.typePositions = [...base.typePositions, ...extension.typePositions];
    base.enumValues = [...base.enumValues, ...extension.enumValues];
  }
  return types;
}

function emptyDefinition({ kind, name, position }: Definition): Definition {
  return {
    kind,
    name,
    position,
    description: "",
    directives: [],
    interfaces: [],
    fields: [],
    types: [],
    typePositions: [],
    enumValues: [],
    builtIn: false,
  };
}

function notePossibleTypes(schema: Schema, definition: Definition): void {
  const note = (name: string, type: Definition | undefined): void => {
    if (!type) return;
    const known = schema.possibleTypes.get(name);
    if (known) known.push(type);
    else schema.possibleTypes.set(name, [type]);
  };
  switch (definition.kind) {
    case "UNION":
      for (const member of definition.types) note(definition.name, schema.types.get(member));
      break;
    case "OBJECT":
    case "INPUT_OBJECT":
      for (const name of definition.interfaces) note(name, definition);
      note(definition.name, definition);
      break;
    case "INTERFACE":
      for (const name of definition.interfaces) note(name, definition);
      break;
    default:
  }
}

function takeRoots(schema: Schema, definition: SchemaDefinition, context: BuiltinContext): void {
  for (const { operation, type, position } of definition.operationTypes) {
    const root = schema.types.get(type);
    if (!root) {
      throw new GraphqlFault(
        `Schema root ${operation} refers to a type ${type} that does not exist.`,
        position,
      );
    }
    if (operation === "query") schema.query = root;
    else if (operation === "mutation") schema.mutation = root;
    else if (operation === "subscription") schema.subscription = root;
  }
  checkDirectives(schema, definition.directives, "SCHEMA", undefined, true, context);
}

function addIntrospection(query: Definition): void {
  const nothing = { description: "", directives: [] };
  query.fields = [
    ...query.fields,
    { ...nothing, name: "__schema", arguments: [], type: { namedType: "__Schema", nonNull: true } },
    {
      ...nothing,
      name: "__type",
      arguments: [{ ...nothing, name: "name", type: { namedType: "String", nonNull: true } }],
      type: { namedType: "__Type", nonNull: false },
    },
  ];
}
