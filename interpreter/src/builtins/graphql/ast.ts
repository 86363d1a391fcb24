/**
 * The syntax trees of GraphQL queries and schemas, in the terms of gqlparser (the library OPA uses): `shapes.ts` maps
 * them to the JSON objects that policies see. Validation notes on the nodes of a query what it finds out about them.
 */

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The comment lines before a token. */
export interface CommentGroup {
  readonly list: readonly { readonly value: string }[];
}

export interface QueryDocument {
  readonly operations: OperationDefinition[];
  readonly fragments: FragmentDefinition[];
  comment?: CommentGroup | undefined;
}

export interface OperationDefinition {
  operation: string;
  name: string;
  variableDefinitions: VariableDefinition[];
  directives: Directive[];
  selectionSet: Selection[];
  position?: Position | undefined;
  comment?: CommentGroup | undefined;
}

export interface VariableDefinition {
  variable: string;
  type?: TypeRef | undefined;
  defaultValue?: ValueNode | undefined;
  directives: Directive[];
  position?: Position | undefined;
  comment?: CommentGroup | undefined;
  used: boolean;
  /** Set by validation. */
  definition?: Definition | undefined;
}

export type Selection = Field | FragmentSpread | InlineFragment;

export interface Field {
  readonly kind: "field";
  alias: string;
  name: string;
  arguments: Argument[];
  directives: Directive[];
  selectionSet: Selection[];
  position?: Position | undefined;
  comment?: CommentGroup | undefined;
  /** Set by validation. */
  definition?: FieldDefinition | undefined;
  objectDefinition?: Definition | undefined;
}

export interface FragmentSpread {
  readonly kind: "spread";
  name: string;
  directives: Directive[];
  position?: Position | undefined;
  comment?: CommentGroup | undefined;
  /** Set by validation. */
  definition?: FragmentDefinition | undefined;
  objectDefinition?: Definition | undefined;
}

export interface InlineFragment {
  readonly kind: "inline";
  typeCondition: string;
  directives: Directive[];
  selectionSet: Selection[];
  position?: Position | undefined;
  comment?: CommentGroup | undefined;
  /** Set by validation. */
  objectDefinition?: Definition | undefined;
}

export interface FragmentDefinition {
  name: string;
  variableDefinition: VariableDefinition[];
  typeCondition: string;
  directives: Directive[];
  selectionSet: Selection[];
  position?: Position | undefined;
  comment?: CommentGroup | undefined;
  /** Set by validation. */
  definition?: Definition | undefined;
}

export interface Argument {
  name: string;
  value?: ValueNode | undefined;
  position?: Position | undefined;
  comment?: CommentGroup | undefined;
}

export interface Directive {
  name: string;
  arguments: Argument[];
  position?: Position | undefined;
  /** Set by validation; empty in a tree that was only parsed. */
  location: string;
  definition?: DirectiveDefinition | undefined;
}

/** The numbers by which the JSON form names the kinds of values. */
export const VALUE_KINDS = {
  variable: 0,
  int: 1,
  float: 2,
  string: 3,
  block: 4,
  boolean: 5,
  null: 6,
  enum: 7,
  list: 8,
  object: 9,
} as const;

export interface ValueNode {
  raw: string;
  children: ChildValue[];
  kind: number;
  position?: Position | undefined;
  comment?: CommentGroup | undefined;
  /** Set by validation. */
  definition?: Definition | undefined;
  variableDefinition?: VariableDefinition | undefined;
  expectedType?: TypeRef | undefined;
  expectedTypeHasDefault: boolean;
}

export interface ChildValue {
  name: string;
  value?: ValueNode | undefined;
  position?: Position | undefined;
  comment?: CommentGroup | undefined;
}

/** `Name`, or a list of `elem`. */
export interface TypeRef {
  namedType: string;
  elem?: TypeRef | undefined;
  nonNull: boolean;
  position?: Position | undefined;
}

export interface SchemaDocument {
  readonly schema: SchemaDefinition[];
  readonly schemaExtension: SchemaDefinition[];
  readonly directives: DirectiveDefinition[];
  readonly definitions: Definition[];
  readonly extensions: Definition[];
  comment?: CommentGroup | undefined;
}

interface Documented {
  description: string;
  position?: Position | undefined;
  beforeDescriptionComment?: CommentGroup | undefined;
  afterDescriptionComment?: CommentGroup | undefined;
}

export interface SchemaDefinition extends Documented {
  directives: Directive[];
  operationTypes: OperationTypeDefinition[];
  endOfDefinitionComment?: CommentGroup | undefined;
}

export interface OperationTypeDefinition {
  operation: string;
  type: string;
  position?: Position | undefined;
  comment?: CommentGroup | undefined;
}

/** A type of any kind: SCALAR, OBJECT, INTERFACE, UNION, ENUM or INPUT_OBJECT. */
export interface Definition extends Documented {
  kind: string;
  name: string;
  directives: Directive[];
  interfaces: string[];
  fields: FieldDefinition[];
  /** The members of a union, and where they stand. */
  types: string[];
  typePositions: (Position | undefined)[];
  enumValues: EnumValueDefinition[];
  builtIn: boolean;
  endOfDefinitionComment?: CommentGroup | undefined;
}

export interface FieldDefinition extends Documented {
  name: string;
  arguments: ArgumentDefinition[];
  defaultValue?: ValueNode | undefined;
  type?: TypeRef | undefined;
  directives: Directive[];
}

export interface ArgumentDefinition extends Documented {
  name: string;
  defaultValue?: ValueNode | undefined;
  type?: TypeRef | undefined;
  directives: Directive[];
}

export interface EnumValueDefinition extends Documented {
  name: string;
  directives: Directive[];
}

export interface DirectiveDefinition extends Documented {
  name: string;
  arguments: ArgumentDefinition[];
  locations: string[];
  isRepeatable: boolean;
}

/** A schema that has been checked: everything by name. */
export interface Schema {
  query?: Definition | undefined;
  mutation?: Definition | undefined;
  subscription?: Definition | undefined;
  readonly types: Map<string, Definition>;
  readonly directives: Map<string, DirectiveDefinition>;
  /** The object types a value of an abstract type can have. */
  readonly possibleTypes: Map<string, Definition[]>;
}

/** The name at the core of a type: `[User!]!` is about `User`. */
export function typeName(type: TypeRef | undefined): string {
  let core = type;
  while (core && core.namedType === "" && core.elem) core = core.elem;
  return core?.namedType ?? "";
}

/** `[User!]!` */
export function typeText(type: TypeRef | undefined): string {
  if (!type) return "";
  const mark = type.nonNull ? "!" : "";
  return type.namedType !== "" ? type.namedType + mark : `[${typeText(type.elem)}]${mark}`;
}

export function isCompatible(type: TypeRef | undefined, other: TypeRef | undefined): boolean {
  if (!type || !other) return type === other;
  if (type.namedType !== other.namedType) return false;
  if (type.elem && !other.elem) return false;
  if (type.elem && !isCompatible(type.elem, other.elem)) return false;
  return other.nonNull ? type.nonNull : true;
}

export function byName<T extends { readonly name: string }>(list: readonly T[], name: string): T | undefined {
  return list.find((item) => item.name === name);
}

export function isComposite(definition: Definition): boolean {
  return definition.kind === "OBJECT" || definition.kind === "INTERFACE" || definition.kind === "UNION";
}

export function isLeaf(definition: Definition): boolean {
  return definition.kind === "ENUM" || definition.kind === "SCALAR";
}

export function isInput(definition: Definition): boolean {
  return definition.kind === "SCALAR" || definition.kind === "ENUM" || definition.kind === "INPUT_OBJECT";
}
