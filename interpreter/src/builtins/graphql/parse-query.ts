import type { BuiltinContext } from "../builtin.ts";
import type {
  Field,
  FragmentDefinition,
  FragmentSpread,
  InlineFragment,
  OperationDefinition,
  QueryDocument,
  Selection,
  VariableDefinition,
} from "./ast.ts";
import { GraphqlFault } from "./faults.ts";
import { Parser } from "./parser.ts";

/** Reads operations and fragments. Throws {@link GraphqlFault}. */
export function parseQueryDocument(text: string, context: BuiltinContext): QueryDocument {
  return new QueryParser(text, context).document();
}

class QueryParser extends Parser {
  document(): QueryDocument {
    const document: QueryDocument = { operations: [], fragments: [] };
    for (let token = this.peek(); token.kind !== "<EOF>"; token = this.peek()) {
      const word = token.kind === "Name" ? token.value : token.kind;
      if (word === "fragment") document.fragments.push(this.#fragmentDefinition());
      else if (word === "{" || isOperation(word)) document.operations.push(this.#operation());
      else throw this.unexpected();
    }
    return document;
  }

  #operation(): OperationDefinition {
    const position = this.position();
    const comment = this.comment();
    if (this.peek().kind === "{") {
      // gqlparser loses the comment of the short form.
      return {
        operation: "query",
        name: "",
        variableDefinitions: [],
        directives: [],
        selectionSet: this.#selectionSet(),
        position,
      };
    }
    const operation = this.next().value;
    const name = this.peek().kind === "Name" ? this.next().value : "";
    const variableDefinitions = this.#variableDefinitions();
    const directives = this.directives(false);
    return {
      operation,
      name,
      variableDefinitions,
      directives,
      selectionSet: this.#selectionSet(),
      position,
      comment,
    };
  }

  #variableDefinitions(): VariableDefinition[] {
    const definitions: VariableDefinition[] = [];
    this.some("(", ")", () => {
      const position = this.position();
      const comment = this.comment();
      this.expect("$");
      const variable = this.name();
      this.expect(":");
      const type = this.typeReference();
      const defaultValue = this.skip("=") ? this.value(true) : undefined;
      const directives = this.directives(false);
      definitions.push({ variable, type, defaultValue, directives, position, comment, used: false });
    });
    return definitions;
  }

  #selectionSet(): Selection[] {
    const token = this.peek();
    if (token.kind !== "{") throw new GraphqlFault(`Expected {, found ${token.kind}`, token.position);
    const selections: Selection[] = [];
    this.some("{", "}", () => {
      selections.push(this.peek().kind === "..." ? this.#fragment() : this.#field());
    });
    return selections;
  }

  #field(): Field {
    const position = this.position();
    const comment = this.comment();
    const alias = this.name();
    const name = this.skip(":") ? this.name() : alias;
    const args = this.arguments(false);
    const directives = this.directives(false);
    const selectionSet = this.peek().kind === "{" ? this.#selectionSet() : [];
    return { kind: "field", alias, name, arguments: args, directives, selectionSet, position, comment };
  }

  #fragment(): FragmentSpread | InlineFragment {
    const comment = this.expect("...");
    const position = this.position();
    const token = this.peek();
    if (token.kind === "Name" && token.value !== "on") {
      const name = this.#fragmentName();
      return { kind: "spread", name, directives: this.directives(false), position, comment };
    }
    let typeCondition = "";
    if (token.value === "on") {
      this.next();
      typeCondition = this.name();
    }
    const directives = this.directives(false);
    return {
      kind: "inline",
      typeCondition,
      directives,
      selectionSet: this.#selectionSet(),
      position,
      comment,
    };
  }

  #fragmentDefinition(): FragmentDefinition {
    const position = this.position();
    const comment = this.comment();
    this.expectKeyword("fragment");
    const name = this.#fragmentName();
    const variableDefinition = this.#variableDefinitions();
    this.expectKeyword("on");
    const typeCondition = this.name();
    const directives = this.directives(false);
    const selectionSet = this.#selectionSet();
    return { name, variableDefinition, typeCondition, directives, selectionSet, position, comment };
  }

  #fragmentName(): string {
    if (this.peek().value === "on") throw this.unexpected();
    return this.name();
  }
}

function isOperation(word: string): boolean {
  return word === "query" || word === "mutation" || word === "subscription";
}
