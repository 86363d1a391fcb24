import { isArray, isNumber, isObject, kindOf } from "../../value/kind.ts";
import { getOwn } from "../../value/plain-object.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { BuiltinError } from "../builtin.ts";
import type { QueryDocument, SchemaDocument } from "./ast.ts";

/** A field of a node in JSON: its name there, and how it reads. */
type FieldShape = readonly [
  json: string,
  type: "string" | "boolean" | "number" | "strings" | ShapeName | readonly [ShapeName],
];
type Shape = Readonly<Record<string, FieldShape>>;
type ShapeName = keyof typeof SHAPES;

const DOCUMENTED: Shape = {
  description: ["Description", "string"],
  beforeDescriptionComment: ["BeforeDescriptionComment", "comments"],
  afterDescriptionComment: ["AfterDescriptionComment", "comments"],
};

/** Every kind of node, with its fields by their names in `ast.ts`. */
const SHAPES = {
  query: {
    operations: ["Operations", ["operation"]],
    fragments: ["Fragments", ["fragment"]],
    comment: ["Comment", "comments"],
  },
  operation: {
    operation: ["Operation", "string"],
    name: ["Name", "string"],
    variableDefinitions: ["VariableDefinitions", ["variable"]],
    directives: ["Directives", ["directive"]],
    selectionSet: ["SelectionSet", ["field"]],
    comment: ["Comment", "comments"],
  },
  variable: {
    variable: ["Variable", "string"],
    type: ["Type", "type"],
    defaultValue: ["DefaultValue", "value"],
    directives: ["Directives", ["directive"]],
    used: ["Used", "boolean"],
    comment: ["Comment", "comments"],
  },
  field: {
    alias: ["Alias", "string"],
    name: ["Name", "string"],
    arguments: ["Arguments", ["argument"]],
    directives: ["Directives", ["directive"]],
    selectionSet: ["SelectionSet", ["field"]],
    comment: ["Comment", "comments"],
  },
  spread: {
    name: ["Name", "string"],
    directives: ["Directives", ["directive"]],
    comment: ["Comment", "comments"],
  },
  inline: {
    typeCondition: ["TypeCondition", "string"],
    directives: ["Directives", ["directive"]],
    selectionSet: ["SelectionSet", ["field"]],
    comment: ["Comment", "comments"],
  },
  fragment: {
    name: ["Name", "string"],
    variableDefinition: ["VariableDefinition", ["variable"]],
    typeCondition: ["TypeCondition", "string"],
    directives: ["Directives", ["directive"]],
    selectionSet: ["SelectionSet", ["field"]],
    comment: ["Comment", "comments"],
  },
  argument: { name: ["Name", "string"], value: ["Value", "value"], comment: ["Comment", "comments"] },
  directive: {
    name: ["Name", "string"],
    arguments: ["Arguments", ["argument"]],
    location: ["Location", "string"],
  },
  value: {
    raw: ["Raw", "string"],
    children: ["Children", ["child"]],
    kind: ["Kind", "number"],
    expectedTypeHasDefault: ["ExpectedTypeHasDefault", "boolean"],
    comment: ["Comment", "comments"],
  },
  child: { name: ["Name", "string"], value: ["Value", "value"], comment: ["Comment", "comments"] },
  type: { namedType: ["NamedType", "string"], elem: ["Elem", "type"], nonNull: ["NonNull", "boolean"] },
  schema: {
    schema: ["Schema", ["schemaDefinition"]],
    schemaExtension: ["SchemaExtension", ["schemaDefinition"]],
    directives: ["Directives", ["directiveDefinition"]],
    definitions: ["Definitions", ["definition"]],
    extensions: ["Extensions", ["definition"]],
    comment: ["Comment", "comments"],
  },
  schemaDefinition: {
    ...DOCUMENTED,
    directives: ["Directives", ["directive"]],
    operationTypes: ["OperationTypes", ["operationType"]],
    endOfDefinitionComment: ["EndOfDefinitionComment", "comments"],
  },
  operationType: {
    operation: ["Operation", "string"],
    type: ["Type", "string"],
    comment: ["Comment", "comments"],
  },
  definition: {
    ...DOCUMENTED,
    kind: ["Kind", "string"],
    name: ["Name", "string"],
    directives: ["Directives", ["directive"]],
    interfaces: ["Interfaces", "strings"],
    fields: ["Fields", ["fieldDefinition"]],
    types: ["Types", "strings"],
    enumValues: ["EnumValues", ["enumValue"]],
    builtIn: ["BuiltIn", "boolean"],
    endOfDefinitionComment: ["EndOfDefinitionComment", "comments"],
  },
  fieldDefinition: {
    ...DOCUMENTED,
    name: ["Name", "string"],
    arguments: ["Arguments", ["argumentDefinition"]],
    defaultValue: ["DefaultValue", "value"],
    type: ["Type", "type"],
    directives: ["Directives", ["directive"]],
  },
  argumentDefinition: {
    ...DOCUMENTED,
    name: ["Name", "string"],
    defaultValue: ["DefaultValue", "value"],
    type: ["Type", "type"],
    directives: ["Directives", ["directive"]],
  },
  enumValue: { ...DOCUMENTED, name: ["Name", "string"], directives: ["Directives", ["directive"]] },
  directiveDefinition: {
    ...DOCUMENTED,
    name: ["Name", "string"],
    arguments: ["Arguments", ["argumentDefinition"]],
    locations: ["Locations", "strings"],
    isRepeatable: ["IsRepeatable", "boolean"],
  },
  comments: { list: ["List", ["comment"]] },
  comment: { value: ["Value", "string"] },
} as const satisfies Record<string, Readonly<Record<string, readonly [string, unknown]>>>;

type Node = Record<string, unknown>;

/** The JSON form of a document, without positions and without whatever is absent or empty. */
export function documentJson(
  shape: "query" | "schema",
  document: QueryDocument | SchemaDocument,
): PlainObject {
  return toJson(shape, document as unknown as Node);
}

/** Reads the JSON form of a query. Every selection reads as a field, as gqlparser does. */
export function queryFromJson(object: PlainObject): QueryDocument {
  return fromJson("query", object) as unknown as QueryDocument;
}

export function schemaFromJson(object: PlainObject): SchemaDocument {
  return fromJson("schema", object) as unknown as SchemaDocument;
}

function toJson(name: ShapeName, node: Node): PlainObject {
  const object: Record<string, Value> = {};
  for (const [key, [json, type]] of Object.entries(SHAPES[name]) as [string, FieldShape][]) {
    const member = node[key];
    if (member === undefined) continue;
    if (Array.isArray(type)) {
      const items = (member as Node[])
        .map((item) => toJson((key === "selectionSet" ? item["kind"] : type[0]) as ShapeName, item))
        .filter((item) => Object.keys(item).length > 0);
      if (items.length > 0) object[json] = items;
    } else if (type === "strings") {
      if ((member as string[]).length > 0) object[json] = member as string[];
    } else if (type === "string" || type === "boolean" || type === "number") object[json] = member as Value;
    else {
      const child = toJson(type as ShapeName, member as Node);
      if (Object.keys(child).length > 0) object[json] = child;
    }
  }
  return object;
}

function fromJson(name: ShapeName, object: Value): Node {
  if (!isObject(object)) throw cannotRead(object, name);
  const node: Node = name === "field" ? { kind: "field" } : {};
  // gqlparser sets it for whole texts alone.
  if (name === "definition") node["typePositions"] = [];
  for (const [key, [json, type]] of Object.entries(SHAPES[name]) as [string, FieldShape][]) {
    node[key] = readMember(getOwn(object as PlainObject, json) ?? null, type);
  }
  return node;
}

function readMember(value: Value, type: FieldShape[1]): unknown {
  if (Array.isArray(type)) {
    if (value === null) return [];
    if (!isArray(value)) throw cannotRead(value, "list");
    return value.map((item) => fromJson(type[0] as ShapeName, item ?? {}));
  }
  switch (type) {
    case "string":
      if (value === null) return "";
      if (typeof value !== "string") throw cannotRead(value, type);
      return value;
    case "boolean":
      if (value === null) return false;
      if (typeof value !== "boolean") throw cannotRead(value, type);
      return value;
    case "number":
      if (value === null) return 0;
      if (typeof value !== "number" || !isNumber(value)) throw cannotRead(value, type);
      return value;
    case "strings":
      if (value === null) return [];
      if (!isArray(value) || !value.every((item) => typeof item === "string")) throw cannotRead(value, type);
      return value;
    default:
      return value === null ? undefined : fromJson(type as ShapeName, value);
  }
}

function cannotRead(value: Value, wanted: string): BuiltinError {
  return new BuiltinError(`json: cannot unmarshal ${kindOf(value)} into a GraphQL ${wanted}`);
}
