import type { BuiltinContext } from "../builtin.ts";
import type {
  ArgumentDefinition,
  CommentGroup,
  Definition,
  DirectiveDefinition,
  EnumValueDefinition,
  FieldDefinition,
  OperationTypeDefinition,
  Position,
  SchemaDefinition,
  SchemaDocument,
} from "./ast.ts";
import { Parser } from "./parser.ts";

/** Reads type definitions. `builtIn` marks the types of GraphQL itself. Throws `GraphqlFault`. */
export function parseSchemaDocument(text: string, context: BuiltinContext, builtIn = false): SchemaDocument {
  return new SchemaParser(text, context, builtIn).document();
}

interface Description {
  readonly text: string;
  readonly comment: CommentGroup | undefined;
}

const KINDS = new Map([
  ["scalar", "SCALAR"],
  ["type", "OBJECT"],
  ["interface", "INTERFACE"],
  ["union", "UNION"],
  ["enum", "ENUM"],
  ["input", "INPUT_OBJECT"],
]);

class SchemaParser extends Parser {
  readonly #builtIn: boolean;

  constructor(text: string, context: BuiltinContext, builtIn: boolean) {
    super(text, context);
    this.#builtIn = builtIn;
  }

  document(): SchemaDocument {
    const document: SchemaDocument = {
      schema: [],
      schemaExtension: [],
      directives: [],
      definitions: [],
      extensions: [],
    };
    while (this.peek().kind !== "<EOF>") {
      const description = this.#description();
      const token = this.peek();
      if (token.kind !== "Name") throw this.unexpected();
      if (KINDS.has(token.value)) document.definitions.push(this.#definition(token.value, description));
      else if (token.value === "schema") document.schema.push(this.#schemaDefinition(description));
      else if (token.value === "directive") document.directives.push(this.#directiveDefinition(description));
      else if (token.value === "extend") {
        if (description.text !== "") throw this.unexpected(this.previous);
        this.#extension(document);
      } else throw this.unexpected();
    }
    document.comment = this.comment();
    return document;
  }

  #description(): Description {
    const token = this.peek();
    if (token.kind !== "BlockString" && token.kind !== "String") return { text: "", comment: undefined };
    const comment = this.comment();
    return { text: this.next().value, comment };
  }

  /** Descriptions of members leave their comment only where they have a text. */
  #documentation(): Pick<
    FieldDefinition,
    "description" | "beforeDescriptionComment" | "afterDescriptionComment" | "position"
  > {
    const { text, comment } = this.#description();
    return {
      description: text,
      beforeDescriptionComment: text === "" ? undefined : comment,
      afterDescriptionComment: this.comment(),
      position: this.position(),
    };
  }

  #definition(keyword: string, description: Description): Definition {
    const comment = this.expectKeyword(keyword);
    return this.#typeBody(keyword, description, comment, false);
  }

  #typeBody(
    keyword: string,
    description: Description,
    comment: CommentGroup | undefined,
    isExtension: boolean,
  ): Definition {
    const position = this.position();
    const name = this.name();
    const definition: Definition = {
      kind: KINDS.get(keyword) as string,
      description: description.text,
      name,
      directives: [],
      interfaces: [],
      fields: [],
      types: [],
      typePositions: [],
      enumValues: [],
      builtIn: this.#builtIn,
      position,
      beforeDescriptionComment: description.comment,
      afterDescriptionComment: comment,
    };
    if (keyword === "type" || (keyword === "interface" && !isExtension))
      definition.interfaces = this.#interfaces();
    definition.directives = this.directives(!(keyword === "input" && isExtension));
    switch (keyword) {
      case "type":
      case "interface":
        definition.endOfDefinitionComment = this.some("{", "}", () => {
          definition.fields.push(this.#fieldDefinition());
        });
        break;
      case "union":
        this.#unionMembers(definition.types, definition.typePositions);
        break;
      case "enum":
        definition.endOfDefinitionComment = this.some("{", "}", () => {
          definition.enumValues.push(this.#enumValue());
        });
        break;
      case "input":
        definition.endOfDefinitionComment = this.some("{", "}", () => {
          definition.fields.push({ ...this.#inputValue(), arguments: [] });
        });
        break;
      default:
    }
    return definition;
  }

  #interfaces(): string[] {
    if (this.peek().value !== "implements") return [];
    this.next();
    this.skip("&");
    const names = [this.name()];
    while (this.skip("&")) names.push(this.name());
    return names;
  }

  #fieldDefinition(): FieldDefinition {
    const documentation = this.#documentation();
    const name = this.name();
    const args: ArgumentDefinition[] = this.#argumentDefinitions();
    this.expect(":");
    const type = this.typeReference();
    return { ...documentation, name, arguments: args, type, directives: this.directives(true) };
  }

  #argumentDefinitions(): ArgumentDefinition[] {
    const definitions: ArgumentDefinition[] = [];
    this.some("(", ")", () => {
      definitions.push(this.#inputValue());
    });
    return definitions;
  }

  #inputValue(): ArgumentDefinition {
    const documentation = this.#documentation();
    const name = this.name();
    this.expect(":");
    const type = this.typeReference();
    const defaultValue = this.skip("=") ? this.value(true) : undefined;
    return { ...documentation, name, defaultValue, type, directives: this.directives(true) };
  }

  #enumValue(): EnumValueDefinition {
    const documentation = this.#documentation();
    const name = this.name();
    return { ...documentation, name, directives: this.directives(true) };
  }

  #unionMembers(types: string[], positions: (Position | undefined)[]): void {
    if (!this.skip("=")) return;
    this.skip("|");
    do {
      positions.push(this.position());
      types.push(this.name());
    } while (this.skip("|"));
  }

  #schemaDefinition(description: Description): SchemaDefinition {
    const comment = this.expectKeyword("schema");
    return this.#schemaBody(description, comment);
  }

  #schemaBody(description: Description, comment: CommentGroup | undefined): SchemaDefinition {
    const position = this.position();
    const directives = this.directives(true);
    const operationTypes: OperationTypeDefinition[] = [];
    const endOfDefinitionComment = this.some("{", "}", () => {
      operationTypes.push(this.#operationType());
    });
    return {
      description: description.text,
      directives,
      operationTypes,
      position,
      beforeDescriptionComment: description.comment,
      afterDescriptionComment: comment,
      endOfDefinitionComment,
    };
  }

  #operationType(): OperationTypeDefinition {
    const position = this.position();
    const comment = this.comment();
    const token = this.next();
    if (!["query", "mutation", "subscription"].includes(token.value)) throw this.unexpected(token);
    this.expect(":");
    return { operation: token.value, type: this.name(), position, comment };
  }

  #directiveDefinition(description: Description): DirectiveDefinition {
    const comment = this.expectKeyword("directive");
    this.expect("@");
    const position = this.position();
    const name = this.name();
    const args = this.#argumentDefinitions();
    const isRepeatable = this.peek().kind === "Name" && this.peek().value === "repeatable";
    if (isRepeatable) this.next();
    this.expectKeyword("on");
    this.skip("|");
    const locations: string[] = [];
    do {
      const token = this.peek();
      this.expect("Name");
      if (!LOCATIONS.has(token.value)) throw this.unexpected(token);
      locations.push(token.value);
    } while (this.skip("|"));
    return {
      description: description.text,
      name,
      arguments: args,
      locations,
      isRepeatable,
      position,
      beforeDescriptionComment: description.comment,
      afterDescriptionComment: comment,
    };
  }

  #extension(document: SchemaDocument): void {
    const comment = this.expectKeyword("extend");
    const keyword = this.peek().value;
    const none: Description = { text: "", comment: undefined };
    if (keyword === "schema") {
      this.expectKeyword("schema");
      const extension = this.#schemaBody(none, comment);
      if (extension.directives.length === 0 && extension.operationTypes.length === 0) throw this.unexpected();
      document.schemaExtension.push(extension);
      return;
    }
    if (!KINDS.has(keyword)) throw this.unexpected();
    this.expectKeyword(keyword);
    const extension = this.#typeBody(keyword, none, comment, true);
    const { directives, interfaces, fields, types, enumValues } = extension;
    const parts = [directives, interfaces, fields, types, enumValues];
    if (parts.every((part) => part.length === 0)) throw this.unexpected();
    document.extensions.push(extension);
  }
}

const LOCATIONS = new Set([
  "QUERY",
  "MUTATION",
  "SUBSCRIPTION",
  "FIELD",
  "FRAGMENT_DEFINITION",
  "FRAGMENT_SPREAD",
  "INLINE_FRAGMENT",
  "VARIABLE_DEFINITION",
  "SCHEMA",
  "SCALAR",
  "OBJECT",
  "FIELD_DEFINITION",
  "ARGUMENT_DEFINITION",
  "INTERFACE",
  "UNION",
  "ENUM",
  "ENUM_VALUE",
  "INPUT_OBJECT",
  "INPUT_FIELD_DEFINITION",
]);
