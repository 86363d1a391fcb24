import { compareText } from "../../value/text.ts";
import { quoteText } from "../../value/quote.ts";
import type { BuiltinContext } from "../builtin.ts";
import { VALUE_KINDS, byName, isCompatible, isInput, typeName, typeText } from "./ast.ts";
import type {
  ArgumentDefinition,
  Definition,
  Directive,
  DirectiveDefinition,
  FieldDefinition,
  Position,
  Schema,
  TypeRef,
} from "./ast.ts";
import { GraphqlFault } from "./faults.ts";

/** Checks all types, then input objects for cycles, then the directives, each in the order of their names. Throws {@link GraphqlFault}. */
export function checkSchema(schema: Schema, context: BuiltinContext): void {
  const names = [...schema.types.keys()].sort(compareText);
  const definitions = names.map((name) => schema.types.get(name) as Definition);
  for (const definition of definitions) checkDefinition(schema, definition, context);
  checkInputCycles(schema, definitions);
  for (const name of [...schema.directives.keys()].sort(compareText)) {
    const directive = schema.directives.get(name) as DirectiveDefinition;
    checkName(directive.position, directive.name);
    checkArguments(schema, directive.arguments, directive, context);
  }
}

/** `singleLocation`: all of them stand at one place, so that each may occur once only. */
export function checkDirectives(
  schema: Schema,
  directives: readonly Directive[],
  location: string,
  inside: DirectiveDefinition | undefined,
  singleLocation: boolean,
  context: BuiltinContext,
): void {
  const seen = new Set<string>();
  for (const directive of directives) {
    const { name, position } = directive;
    context.charge(1);
    checkName(position, name);
    if (inside?.name === name) throw new GraphqlFault(`Directive ${name} cannot refer to itself.`, position);
    const definition = schema.directives.get(name);
    if (!definition) throw new GraphqlFault(`Undefined directive ${name}.`, position);
    if (singleLocation && seen.has(name) && !definition.isRepeatable) {
      throw new GraphqlFault(`The directive ${name} can only be used once at this location.`, position);
    }
    seen.add(name);
    if (!definition.locations.includes(location)) {
      throw new GraphqlFault(`Directive ${name} is not applicable on ${location}.`, position);
    }
    for (const argument of directive.arguments) {
      if (byName(definition.arguments, argument.name)) continue;
      throw new GraphqlFault(`Undefined argument ${argument.name} for directive ${name}.`, argument.position);
    }
    for (const wanted of definition.arguments) {
      if (!wanted.type?.nonNull || wanted.defaultValue) continue;
      const given = byName(directive.arguments, wanted.name)?.value;
      if (given && given.kind !== VALUE_KINDS.null) continue;
      throw new GraphqlFault(`Argument ${wanted.name} for directive ${name} cannot be null.`, position);
    }
  }
}

function checkDefinition(schema: Schema, definition: Definition, context: BuiltinContext): void {
  const { kind, name, position } = definition;
  const fieldLocation = kind === "INPUT_OBJECT" ? "INPUT_FIELD_DEFINITION" : "FIELD_DEFINITION";
  for (const field of definition.fields) {
    context.charge(1);
    checkName(field.position, field.name);
    checkTypeRef(schema, field.type);
    checkArguments(schema, field.arguments, undefined, context);
    checkDirectives(schema, field.directives, fieldLocation, undefined, true, context);
  }
  for (const member of definition.types) {
    const type = schema.types.get(member);
    if (!type) throw new GraphqlFault(`Undefined type ${quoteText(member)}.`, position);
    if (type.kind !== "OBJECT") {
      throw new GraphqlFault(`${kind} type ${quoteText(member)} must be OBJECT.`, position);
    }
  }
  for (const interfaceName of definition.interfaces)
    checkImplements(schema, definition, interfaceName, context);
  switch (kind) {
    case "OBJECT":
    case "INTERFACE":
      if (definition.fields.length === 0) {
        throw new GraphqlFault(`${kind} ${name}: must define one or more fields.`, position);
      }
      checkFieldKinds(
        schema,
        definition.fields,
        ["SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM"],
        () => `${kind} ${name}`,
      );
      break;
    case "ENUM":
      checkEnum(schema, definition, context);
      break;
    case "INPUT_OBJECT":
      if (definition.fields.length === 0) {
        throw new GraphqlFault(`${kind} ${name}: must define one or more input fields.`, position);
      }
      checkFieldKinds(
        schema,
        definition.fields,
        ["SCALAR", "ENUM", "INPUT_OBJECT"],
        (field, type) => `${type.kind} ${field.name}`,
      );
      break;
    default:
  }
  checkRepetitions(definition);
  if (!definition.builtIn) checkName(position, name);
  checkDirectives(schema, definition.directives, kind, undefined, false, context);
}

function checkFieldKinds(
  schema: Schema,
  fields: readonly FieldDefinition[],
  kinds: readonly string[],
  subject: (field: FieldDefinition, type: Definition) => string,
): void {
  for (const field of fields) {
    const type = schema.types.get(typeName(field.type));
    if (!type || kinds.includes(type.kind)) continue;
    throw new GraphqlFault(
      `${subject(field, type)}: field must be one of ${kinds.join(", ")}.`,
      field.position,
    );
  }
}

function checkEnum(
  schema: Schema,
  { kind, name, position, enumValues }: Definition,
  context: BuiltinContext,
): void {
  if (enumValues.length === 0) {
    throw new GraphqlFault(`${kind} ${name}: must define one or more unique enum values.`, position);
  }
  for (const value of enumValues) {
    if (["true", "false", "null"].includes(value.name)) {
      throw new GraphqlFault(`${kind} ${name}: non-enum value ${value.name}.`, position);
    }
    checkDirectives(schema, value.directives, "ENUM_VALUE", undefined, true, context);
  }
}

function checkRepetitions(definition: Definition): void {
  const { name } = definition;
  const field = definition.fields[repetition(definition.fields.map((item) => item.name))];
  if (field) throw new GraphqlFault(`Field ${name}.${field.name} can only be defined once.`, field.position);
  const value = definition.enumValues[repetition(definition.enumValues.map((item) => item.name))];
  if (value)
    throw new GraphqlFault(`Enum value ${name}.${value.name} can only be defined once.`, value.position);
  const member = repetition(definition.types);
  if (member < 0) return;
  const aligned = definition.typePositions.length === definition.types.length;
  throw new GraphqlFault(
    `Union type ${name} can only include type ${definition.types[member]} once.`,
    (aligned ? definition.typePositions[member] : undefined) ?? definition.position,
  );
}

/** The index of the second occurrence of the first name that occurs again, else -1. */
function repetition(names: readonly string[]): number {
  const first = new Map<string, number>();
  let best = -1;
  let bestFirst = names.length;
  names.forEach((name, i) => {
    const before = first.get(name);
    if (before === undefined) first.set(name, i);
    else if (before < bestFirst) {
      bestFirst = before;
      best = i;
    }
  });
  return best;
}

function checkTypeRef(schema: Schema, type: TypeRef | undefined): void {
  const name = typeName(type);
  if (!schema.types.has(name)) throw new GraphqlFault(`Undefined type ${name}.`, type?.position);
}

function checkArguments(
  schema: Schema,
  args: readonly ArgumentDefinition[],
  inside: DirectiveDefinition | undefined,
  context: BuiltinContext,
): void {
  for (const argument of args) {
    checkName(argument.position, argument.name);
    checkTypeRef(schema, argument.type);
    const type = schema.types.get(typeName(argument.type)) as Definition;
    if (!isInput(type)) {
      const text = typeText(argument.type);
      throw new GraphqlFault(
        `cannot use ${text} as argument ${argument.name} because ${type.kind} is not a valid input type`,
        argument.position,
      );
    }
    checkDirectives(schema, argument.directives, "ARGUMENT_DEFINITION", inside, true, context);
  }
}

function checkImplements(
  schema: Schema,
  definition: Definition,
  interfaceName: string,
  context: BuiltinContext,
): void {
  const { name, position } = definition;
  const contract = schema.types.get(interfaceName);
  if (!contract) throw new GraphqlFault(`Undefined type ${quoteText(interfaceName)}.`, position);
  if (contract.kind !== "INTERFACE") {
    throw new GraphqlFault(`${quoteText(interfaceName)} is a non interface type ${contract.kind}.`, position);
  }
  for (const wanted of contract.fields) {
    context.charge(1 + (definition.fields.length >> 4));
    const found = byName(definition.fields, wanted.name);
    const prefix = `For ${name} to implement ${contract.name}`;
    if (!found) throw new GraphqlFault(`${prefix} it must have a field called ${wanted.name}.`, position);
    if (!isCovariant(schema, wanted.type, found.type)) {
      const type = typeText(wanted.type);
      throw new GraphqlFault(`${prefix} the field ${wanted.name} must have type ${type}.`, found.position);
    }
    checkImplementedArguments(prefix, wanted, found);
  }
  for (const transitive of contract.interfaces) {
    if (definition.interfaces.includes(transitive)) continue;
    throw new GraphqlFault(
      transitive === name
        ? `Type ${name} cannot implement ${interfaceName} because it would create a circular reference.`
        : `Type ${name} must implement ${transitive} because it is implemented by ${interfaceName}.`,
      position,
    );
  }
}

function checkImplementedArguments(prefix: string, wanted: FieldDefinition, found: FieldDefinition): void {
  for (const argument of wanted.arguments) {
    const given = byName(found.arguments, argument.name);
    const subject = `${prefix} the field ${wanted.name} must have the same arguments but`;
    if (!given) throw new GraphqlFault(`${subject} it is missing ${argument.name}.`, found.position);
    if (!isCompatible(argument.type, given.type)) {
      throw new GraphqlFault(`${subject} ${argument.name} has the wrong type.`, given.position);
    }
  }
  for (const argument of found.arguments) {
    if (byName(wanted.arguments, argument.name) || !argument.type?.nonNull || argument.defaultValue) continue;
    const rule = `any additional arguments on ${found.name} must be optional or have a default value`;
    throw new GraphqlFault(`${prefix} ${rule} but ${argument.name} is required.`, argument.position);
  }
}

function isCovariant(schema: Schema, wanted: TypeRef | undefined, actual: TypeRef | undefined): boolean {
  if (!wanted || !actual) return wanted === actual;
  if (wanted.nonNull && !actual.nonNull) return false;
  if (wanted.namedType !== "") {
    if (wanted.namedType === actual.namedType) return true;
    return (
      schema.possibleTypes.get(wanted.namedType)?.some((type) => type.name === actual.namedType) ?? false
    );
  }
  if (wanted.elem && !actual.elem) return false;
  return isCovariant(schema, wanted.elem, actual.elem);
}

/** An input object must not need itself: such a value could not be written down. */
function checkInputCycles(schema: Schema, definitions: readonly Definition[]): void {
  const visited = new Set<string>();
  for (const root of definitions) {
    if (root.kind !== "INPUT_OBJECT" || visited.has(root.name)) continue;
    // A stack of its own: chains of types can be long.
    const path: { definition: Definition; at: number }[] = [{ definition: root, at: 0 }];
    const fields: FieldDefinition[] = [];
    visited.add(root.name);
    while (path.length > 0) {
      const top = path.at(-1) as { definition: Definition; at: number };
      const field = top.definition.fields[top.at++];
      if (!field) {
        path.pop();
        fields.pop();
        continue;
      }
      if (!field.type?.nonNull || field.type.namedType === "") continue;
      const next = schema.types.get(field.type.namedType);
      if (!next || next.kind !== "INPUT_OBJECT") continue;
      const start = path.findIndex(({ definition }) => definition.name === next.name);
      if (start >= 0) throw cycle(next, [...fields.slice(start), field]);
      if (visited.has(next.name)) continue;
      visited.add(next.name);
      fields.push(field);
      path.push({ definition: next, at: 0 });
    }
  }
}

function cycle(definition: Definition, fields: readonly FieldDefinition[]): GraphqlFault {
  const path = quoteText(fields.map((field) => field.name).join("."));
  return new GraphqlFault(
    `Cannot reference Input Object ${quoteText(definition.name)} within itself through a series of non-null fields: ${path}.`,
    fields[0]?.position,
  );
}

function checkName(position: Position | undefined, name: string): void {
  if (!name.startsWith("__")) return;
  throw new GraphqlFault(
    `Name "${name}" must not begin with "__", which is reserved by GraphQL introspection.`,
    position,
  );
}
