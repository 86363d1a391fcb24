import type { BuiltinContext } from "../builtin.ts";
import { VALUE_KINDS, byName, typeName } from "./ast.ts";
import type {
  Argument,
  ArgumentDefinition,
  Definition,
  Directive,
  Field,
  FieldDefinition,
  FragmentDefinition,
  FragmentSpread,
  InlineFragment,
  OperationDefinition,
  QueryDocument,
  Schema,
  Selection,
  ValueNode,
  VariableDefinition,
} from "./ast.ts";

/** What a rule wants to see. Nodes come after their children. */
export interface Visitor {
  operation?(operation: OperationDefinition): void;
  field?(field: Field): void;
  fragment?(fragment: FragmentDefinition): void;
  inlineFragment?(fragment: InlineFragment): void;
  fragmentSpread?(spread: FragmentSpread): void;
  directive?(directive: Directive): void;
  directiveList?(directives: readonly Directive[]): void;
  value?(value: ValueNode): void;
  variable?(variable: VariableDefinition): void;
}

/** Walks a query along a schema: notes on every node what the schema says about it, then shows it to the visitors, in their order. */
export class Walker {
  readonly schema: Schema;
  readonly document: QueryDocument;
  readonly context: BuiltinContext;
  currentOperation: OperationDefinition | undefined;
  readonly #visitors: readonly Visitor[];
  readonly #fragments: ReadonlyMap<string, FragmentDefinition>;
  #walkedSpreads = new Set<string>();

  constructor(
    schema: Schema,
    document: QueryDocument,
    context: BuiltinContext,
    visitors: (walker: Walker) => readonly Visitor[],
  ) {
    this.schema = schema;
    this.document = document;
    this.context = context;
    this.#visitors = visitors(this);
    const fragments = new Map<string, FragmentDefinition>();
    for (const fragment of document.fragments) {
      if (!fragments.has(fragment.name)) fragments.set(fragment.name, fragment);
    }
    this.#fragments = fragments;
  }

  fragmentNamed(name: string): FragmentDefinition | undefined {
    return this.#fragments.get(name);
  }

  walk(): void {
    for (const operation of this.document.operations) {
      this.#walkedSpreads = new Set();
      this.#operation(operation);
    }
    for (const fragment of this.document.fragments) {
      this.#walkedSpreads = new Set();
      const definition = this.schema.types.get(fragment.typeCondition);
      fragment.definition = definition;
      this.#directives(fragment.directives, "FRAGMENT_DEFINITION");
      this.#selections(definition, fragment.selectionSet);
      for (const visitor of this.#visitors) visitor.fragment?.(fragment);
    }
  }

  #operation(operation: OperationDefinition): void {
    this.currentOperation = operation;
    for (const variable of operation.variableDefinitions) {
      variable.definition = this.schema.types.get(typeName(variable.type));
      for (const visitor of this.#visitors) visitor.variable?.(variable);
      if (!variable.defaultValue) continue;
      variable.defaultValue.expectedType = variable.type;
      variable.defaultValue.definition = variable.definition;
    }
    const [definition, location] = this.#root(operation.operation);
    for (const variable of operation.variableDefinitions) {
      if (variable.defaultValue) this.#value(variable.defaultValue);
      this.#directives(variable.directives, "VARIABLE_DEFINITION");
    }
    this.#directives(operation.directives, location);
    this.#selections(definition, operation.selectionSet);
    for (const visitor of this.#visitors) visitor.operation?.(operation);
    this.currentOperation = undefined;
  }

  #root(operation: string): readonly [Definition | undefined, string] {
    if (operation === "mutation") return [this.schema.mutation, "MUTATION"];
    if (operation === "subscription") return [this.schema.subscription, "SUBSCRIPTION"];
    return operation === "query" || operation === "" ? [this.schema.query, "QUERY"] : [undefined, ""];
  }

  #directives(directives: readonly Directive[], location: string): void {
    for (const directive of directives) {
      const definition = this.schema.directives.get(directive.name);
      directive.definition = definition;
      directive.location = location;
      for (const argument of directive.arguments) {
        this.#argument(definition && byName(definition.arguments, argument.name), argument);
      }
      for (const visitor of this.#visitors) visitor.directive?.(directive);
    }
    for (const visitor of this.#visitors) visitor.directiveList?.(directives);
  }

  #argument(definition: ArgumentDefinition | undefined, { value }: Argument): void {
    if (!value) return;
    if (definition) this.#expect(value, definition);
    this.#value(value);
  }

  #expect(value: ValueNode, { type, defaultValue }: ArgumentDefinition | FieldDefinition): void {
    value.expectedType = type;
    value.expectedTypeHasDefault = defaultValue !== undefined && defaultValue.kind !== VALUE_KINDS.null;
    value.definition = this.schema.types.get(typeName(type));
  }

  #value(value: ValueNode): void {
    this.context.charge(1);
    if (value.kind === VALUE_KINDS.variable && this.currentOperation) {
      const variable = this.currentOperation.variableDefinitions.find(
        ({ variable: name }) => name === value.raw,
      );
      value.variableDefinition = variable;
      if (variable) variable.used = true;
    }
    for (const child of value.children) {
      if (!child.value) continue;
      if (value.kind === VALUE_KINDS.object) {
        const field = value.definition && byName(value.definition.fields, child.name);
        if (field) this.#expect(child.value, field);
        this.#value(child.value);
      } else if (value.kind === VALUE_KINDS.list) {
        if (value.expectedType?.elem) {
          child.value.expectedType = value.expectedType.elem;
          child.value.definition = value.definition;
        }
        this.#value(child.value);
      }
    }
    for (const visitor of this.#visitors) visitor.value?.(value);
  }

  #selections(parent: Definition | undefined, selections: readonly Selection[]): void {
    for (const selection of selections) {
      this.context.charge(1 + ((parent?.fields.length ?? 0) >> 4));
      if (selection.kind === "field") this.#field(parent, selection);
      else if (selection.kind === "inline") this.#inlineFragment(parent, selection);
      else this.#fragmentSpread(parent, selection);
    }
  }

  #field(parent: Definition | undefined, field: Field): void {
    const definition = field.name === "__typename" ? TYPENAME : parent && byName(parent.fields, field.name);
    field.definition = definition;
    field.objectDefinition = parent;
    for (const argument of field.arguments) {
      this.#argument(definition && byName(definition.arguments, argument.name), argument);
    }
    this.#directives(field.directives, "FIELD");
    this.#selections(definition && this.schema.types.get(typeName(definition.type)), field.selectionSet);
    for (const visitor of this.#visitors) visitor.field?.(field);
  }

  #inlineFragment(parent: Definition | undefined, fragment: InlineFragment): void {
    fragment.objectDefinition = parent;
    this.#directives(fragment.directives, "INLINE_FRAGMENT");
    const inside = fragment.typeCondition === "" ? parent : this.schema.types.get(fragment.typeCondition);
    this.#selections(inside, fragment.selectionSet);
    for (const visitor of this.#visitors) visitor.inlineFragment?.(fragment);
  }

  #fragmentSpread(parent: Definition | undefined, spread: FragmentSpread): void {
    const definition = this.fragmentNamed(spread.name);
    spread.definition = definition;
    spread.objectDefinition = parent;
    this.#directives(spread.directives, "FRAGMENT_SPREAD");
    // A fragment is walked once for an operation, however often it is spread; that also ends cycles.
    if (definition && !this.#walkedSpreads.has(definition.name)) {
      this.#walkedSpreads.add(definition.name);
      this.#directives(definition.directives, "FRAGMENT_DEFINITION");
      this.#selections(this.schema.types.get(definition.typeCondition), definition.selectionSet);
    }
    for (const visitor of this.#visitors) visitor.fragmentSpread?.(spread);
  }
}

const TYPENAME: FieldDefinition = {
  name: "__typename",
  description: "",
  arguments: [],
  directives: [],
  type: { namedType: "String", nonNull: false },
};
