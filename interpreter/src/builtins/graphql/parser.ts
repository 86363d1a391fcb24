import { quoteText } from "../../value/quote.ts";
import type { BuiltinContext } from "../builtin.ts";
import { VALUE_KINDS } from "./ast.ts";
import type { Argument, ChildValue, CommentGroup, Directive, Position, TypeRef, ValueNode } from "./ast.ts";
import { GraphqlFault } from "./faults.ts";
import { Lexer, tokenText } from "./lexer.ts";
import type { Token, TokenKind } from "./lexer.ts";

/** Deeper nesting than this is an attack on the stack. */
const MAX_DEPTH = 400;

/** What queries and schemas have in common: tokens with one token of lookahead, values, directives, types. Methods throw {@link GraphqlFault}. */
export class Parser {
  readonly #lexer: Lexer;
  readonly #context: BuiltinContext;
  #peeked: Token | undefined;
  #comment: CommentGroup | undefined;
  #depth = 0;
  /** The last token taken. */
  protected previous: Token | undefined;

  constructor(text: string, context: BuiltinContext) {
    this.#lexer = new Lexer(text);
    this.#context = context;
  }

  protected peek(): Token {
    if (this.#peeked) return this.#peeked;
    const comments: { value: string }[] = [];
    let token = this.#lexer.next();
    for (; token.kind === "Comment"; token = this.#lexer.next()) {
      this.#context.charge(1);
      comments.push({ value: token.value });
    }
    this.#comment = comments.length === 0 ? undefined : { list: comments };
    this.#peeked = token;
    return token;
  }

  /** The comments right before the next token. */
  protected comment(): CommentGroup | undefined {
    this.peek();
    return this.#comment;
  }

  protected position(): Position {
    return this.peek().position;
  }

  protected next(): Token {
    this.#context.charge(1);
    const token = this.peek();
    if (token.problem !== undefined) throw new GraphqlFault(token.problem, token.position);
    this.#peeked = undefined;
    this.#comment = undefined;
    this.previous = token;
    return token;
  }

  protected expectKeyword(word: string): CommentGroup | undefined {
    const token = this.peek();
    const comment = this.#comment;
    if (token.kind !== "Name" || token.value !== word) {
      throw new GraphqlFault(`Expected ${quoteText(word)}, found ${tokenText(token)}`, token.position);
    }
    this.next();
    return comment;
  }

  protected expect(kind: TokenKind): CommentGroup | undefined {
    const token = this.peek();
    const comment = this.#comment;
    if (token.kind !== kind) throw new GraphqlFault(`Expected ${kind}, found ${token.kind}`, token.position);
    this.next();
    return comment;
  }

  protected skip(kind: TokenKind): boolean {
    if (this.peek().kind !== kind) return false;
    this.next();
    return true;
  }

  protected unexpected(token: Token = this.peek()): GraphqlFault {
    return new GraphqlFault(`Unexpected ${tokenText(token)}`, token.position);
  }

  /** Nothing at all, or items between brackets, at least one of them. Returns the comments before the closing bracket. */
  protected some(open: TokenKind, close: TokenKind, readItem: () => void): CommentGroup | undefined {
    if (!this.skip(open)) return undefined;
    const first = this.peek();
    if (first.kind === close) {
      throw new GraphqlFault(`expected at least one definition, found ${first.kind}`, first.position);
    }
    this.nested(() => {
      while (this.peek().kind !== close) readItem();
    });
    const comment = this.comment();
    this.next();
    return comment;
  }

  protected nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw new GraphqlFault("nesting is too deep", this.position());
    const result = read();
    this.#depth--;
    return result;
  }

  protected name(): string {
    const token = this.peek();
    this.expect("Name");
    return token.value;
  }

  protected typeReference(): TypeRef {
    const isList = this.skip("[");
    const position = this.position();
    let type: TypeRef;
    if (isList) {
      type = { namedType: "", elem: this.nested(() => this.typeReference()), nonNull: false, position };
      this.expect("]");
    } else type = { namedType: this.name(), nonNull: false, position };
    if (this.skip("!")) type.nonNull = true;
    return type;
  }

  protected directives(isConst: boolean): Directive[] {
    const directives: Directive[] = [];
    while (this.skip("@")) {
      const position = this.position();
      directives.push({ name: this.name(), arguments: this.arguments(isConst), position, location: "" });
    }
    return directives;
  }

  protected arguments(isConst: boolean): Argument[] {
    const list: Argument[] = [];
    this.some("(", ")", () => {
      const position = this.position();
      const comment = this.comment();
      const name = this.name();
      this.expect(":");
      list.push({ name, value: this.value(isConst), position, comment });
    });
    return list;
  }

  /** A constant value may not hold variables. */
  protected value(isConst: boolean): ValueNode {
    const token = this.peek();
    const comment = this.#comment;
    const node = (kind: number, raw: string, children: ChildValue[] = []): ValueNode => ({
      raw,
      children,
      kind,
      position: token.position,
      expectedTypeHasDefault: false,
    });
    switch (token.kind) {
      case "[":
        return { ...node(VALUE_KINDS.list, "", this.#list(isConst)), comment };
      case "{":
        return { ...node(VALUE_KINDS.object, "", this.#object(isConst)), comment };
      case "$":
        if (isConst) throw this.unexpected();
        this.next();
        return node(VALUE_KINDS.variable, this.name());
      case "Int":
        return node(VALUE_KINDS.int, this.next().value);
      case "Float":
        return node(VALUE_KINDS.float, this.next().value);
      case "String":
        return node(VALUE_KINDS.string, this.next().value);
      case "BlockString":
        return node(VALUE_KINDS.block, this.next().value);
      case "Name": {
        const { value } = this.next();
        if (value === "true" || value === "false") return node(VALUE_KINDS.boolean, value);
        return node(value === "null" ? VALUE_KINDS.null : VALUE_KINDS.enum, value);
      }
      default:
        throw this.unexpected();
    }
  }

  #list(isConst: boolean): ChildValue[] {
    this.next();
    return this.nested(() => {
      const children: ChildValue[] = [];
      while (!this.skip("]")) children.push({ name: "", value: this.value(isConst) });
      return children;
    });
  }

  #object(isConst: boolean): ChildValue[] {
    this.next();
    return this.nested(() => {
      const children: ChildValue[] = [];
      while (!this.skip("}")) {
        const position = this.position();
        const comment = this.comment();
        const name = this.name();
        this.expect(":");
        children.push({ name, value: this.value(isConst), position, comment });
      }
      return children;
    });
  }
}
