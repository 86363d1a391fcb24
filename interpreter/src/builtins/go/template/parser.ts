import { BuiltinError } from "../../builtin.ts";
import { quoteText } from "../../../value/quote.ts";
import { FUNCTIONS } from "./functions.ts";
import type { Token } from "./lexer.ts";
import { lexTemplate } from "./lexer.ts";
import type { Branch, Command, Node, Operand, Pipeline, Source } from "./nodes.ts";
import { integerOfGo, unquoteGo } from "./literals.ts";

/** Templates by name; the whole text is the one named `template`. */
export type Templates = ReadonlyMap<string, readonly Node[]>;

const MAX_DEPTH = 200;

/** Parses a template. Throws {@link BuiltinError} with Go's texts. */
export function parseTemplate(source: string): Templates {
  return new Parser(lexTemplate(source)).templates();
}

interface List {
  readonly nodes: readonly Node[];
  /** The keyword that ended it: `end`, `else`, or nothing at the end of the text. */
  readonly end: "end" | "else" | "eof";
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #templates = new Map<string, readonly Node[]>();
  #at = 0;
  #variables: string[] = ["$"];
  #ranges = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  templates(): Templates {
    const { nodes, end } = this.#list();
    if (end !== "eof") throw this.#error(`unexpected {{${end}}}`);
    if (
      !this.#templates.has("template") ||
      nodes.some((node) => node.kind !== "text" || node.text.trim() !== "")
    ) {
      this.#templates.set("template", nodes);
    }
    return this.#templates;
  }

  #list(): List {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#next();
      if (token.kind === "eof") return { nodes, end: "eof" };
      if (token.kind === "text") {
        nodes.push({ kind: "text", text: token.text });
        continue;
      }
      const keyword = this.#peekWord();
      if (keyword.kind === "identifier" && (keyword.text === "end" || keyword.text === "else")) {
        this.#nextWord();
        if (keyword.text === "end") this.#close("end");
        return { nodes, end: keyword.text };
      }
      const node = this.#action(keyword);
      if (node) nodes.push(node);
    }
  }

  #action(keyword: Token): Node | undefined {
    if (keyword.kind !== "identifier") return this.#plainAction();
    switch (keyword.text) {
      case "if":
      case "with":
      case "range":
        this.#nextWord();
        return this.#nested(() => this.#branch(keyword.text as Branch["kind"]));
      case "break":
      case "continue":
        this.#nextWord();
        this.#close(keyword.text);
        if (this.#ranges === 0) throw this.#error(`{{${keyword.text}}} outside {{range}}`);
        return { kind: keyword.text };
      case "define":
        if (this.#depth > 0) throw this.#unexpected(keyword, "command");
        this.#nextWord();
        this.#define();
        return undefined;
      case "block":
        this.#nextWord();
        return this.#block(keyword);
      case "template":
        this.#nextWord();
        return this.#call(keyword);
      default:
        return this.#plainAction();
    }
  }

  #plainAction(): Node {
    const pipeline = this.#pipeline("command", "}}");
    return { kind: "action", pipeline };
  }

  #branch(kind: Branch["kind"]): Branch {
    const scope = this.#variables.length;
    const pipeline = this.#pipeline(kind, "}}");
    if (kind === "range") this.#ranges++;
    const { nodes, end } = this.#list();
    if (kind === "range") this.#ranges--;
    if (end === "eof") throw this.#error("unexpected EOF");
    const elseList = end === "else" ? this.#elseList(kind) : undefined;
    this.#variables.length = scope;
    return { kind, pipeline, list: nodes, elseList };
  }

  /** `{{else}}…{{end}}`, or `{{else if x}}…` which is an `if` inside of the `else` and shares its end. */
  #elseList(kind: Branch["kind"]): readonly Node[] {
    const next = this.#peekWord();
    if (kind !== "range" && next.kind === "identifier" && next.text === kind) {
      this.#nextWord();
      return [this.#nested(() => this.#branch(kind))];
    }
    this.#close("else");
    const { nodes, end } = this.#list();
    if (end === "else") throw this.#error("expected end; found {{else}}");
    if (end === "eof") throw this.#error("unexpected EOF");
    return nodes;
  }

  #define(): void {
    const name = this.#templateName("define clause");
    this.#close("define clause");
    this.#templateBody(name);
  }

  #templateBody(name: string): void {
    const variables = this.#variables;
    const ranges = this.#ranges;
    this.#variables = ["$"];
    this.#ranges = 0;
    const { nodes, end } = this.#nested(() => this.#list());
    if (end !== "end")
      throw this.#error(end === "eof" ? "unexpected EOF" : "unexpected {{else}} in define clause");
    this.#variables = variables;
    this.#ranges = ranges;
    this.#templates.set(name, nodes);
  }

  #block(keyword: Token): Node {
    const name = this.#templateName("block clause");
    const pipeline = this.#pipeline("block clause", "}}");
    this.#templateBody(name);
    return { kind: "template", name, pipeline, source: templateSource(keyword, name, pipeline) };
  }

  #call(keyword: Token): Node {
    const name = this.#templateName("template clause");
    const empty = this.#peekWord().kind === "close";
    if (empty) this.#nextWord();
    const pipeline = empty ? undefined : this.#pipeline("template clause", "}}");
    return { kind: "template", name, pipeline, source: templateSource(keyword, name, pipeline) };
  }

  #templateName(context: string): string {
    const token = this.#nextWord();
    if (token.kind !== "string") throw this.#unexpected(token, context);
    return unquoteGo(token.text) ?? token.text.slice(1, -1);
  }

  #close(context: string): void {
    const token = this.#nextWord();
    if (token.kind !== "close") throw this.#unexpected(token, context);
  }

  #pipeline(context: string, end: "}}" | ")"): Pipeline {
    const start = this.#peekWord();
    const { declared, isAssign } = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#nextWord();
      if (token.text === end && (token.kind === "close" || token.kind === "symbol")) break;
      if (!startsOperand(token)) throw this.#unexpected(token, context);
      this.#at--;
      commands.push(this.#command());
    }
    if (commands.length === 0) throw this.#error(`missing value for ${context}`);
    for (const { args } of commands.slice(1)) {
      const first = args[0] as Operand;
      if (["boolean", "dot", "nil", "int", "float", "string"].includes(first.kind)) {
        const stage = commands.findIndex((command) => command.args === args) + 1;
        throw this.#error(`non executable command in pipeline stage ${stage}`);
      }
    }
    this.#variables.push(...(isAssign ? [] : declared));
    const prefix = declared.length > 0 ? `${declared.join(", ")} ${isAssign ? "=" : ":="} ` : "";
    const text = prefix + commands.map((command) => command.source.text).join(" | ");
    return { declared, isAssign, commands, source: sourceOf(start, text) };
  }

  /** `$x :=`, `$x =`, and `$i, $x :=` in a range. */
  #declarations(context: string): { declared: readonly string[]; isAssign: boolean } {
    const declared: string[] = [];
    const start = this.#at;
    for (;;) {
      const variable = this.#peekWord();
      if (variable.kind !== "variable") break;
      this.#nextWord();
      const next = this.#peekWord();
      if (next.text === ":=" || next.text === "=") {
        this.#nextWord();
        declared.push(variable.text);
        return { declared, isAssign: next.text === "=" };
      }
      if (next.text !== "," || next.kind !== "symbol") break;
      this.#nextWord();
      declared.push(variable.text);
      if (context !== "range" || declared.length > 1)
        throw this.#error(`too many declarations in ${context}`);
    }
    this.#at = start;
    return { declared: [], isAssign: false };
  }

  /** Operands up to a pipe or the end, which stays unless it is a pipe. */
  #command(): Command {
    const args: Operand[] = [];
    const start = this.#peekWord();
    for (;;) {
      this.#peekWord();
      const operand = this.#operand();
      if (operand) args.push(operand);
      const token = this.#next();
      if (token.kind === "space") continue;
      if (token.text === "|" && token.kind === "symbol") break;
      if (token.kind === "close" || (token.text === ")" && token.kind === "symbol")) {
        this.#at--;
        break;
      }
      throw this.#unexpected(token, "operand");
    }
    if (args.length === 0) throw this.#error("empty command");
    return { args, source: sourceOf(start, args.map((arg) => arg.source.text).join(" ")) };
  }

  #operand(): Operand | undefined {
    const base = this.#term();
    if (!base) return undefined;
    const path: string[] = [];
    let column = base.source.column;
    while (this.#tokens[this.#at]?.kind === "field") {
      const field = this.#next();
      if (field.text === ".") throw this.#unexpected(field, "operand");
      if (path.length === 0) column = field.column;
      path.push(field.text.slice(1));
    }
    if (path.length === 0) return base;
    const text = base.source.text + path.map((name) => `.${name}`).join("");
    const source = { ...base.source, text };
    if (base.kind === "field")
      return { ...base, path: [...base.path, ...path], source: { ...source, column } };
    if (base.kind === "variable")
      return { ...base, path: [...base.path, ...path], source: { ...source, column } };
    if (["boolean", "string", "int", "float", "nil", "dot"].includes(base.kind)) {
      throw this.#error(`unexpected . after term ${quoteText(base.source.text)}`);
    }
    return { kind: "chain", base, path, source: { ...source, column } };
  }

  #term(): Operand | undefined {
    const token = this.#nextWord();
    const source = sourceOf(token, token.text);
    switch (token.kind) {
      case "field":
        return token.text === "."
          ? { kind: "dot", source }
          : { kind: "field", path: [token.text.slice(1)], source };
      case "variable":
        if (!this.#variables.includes(token.text))
          throw this.#error(`undefined variable ${quoteText(token.text)}`);
        return { kind: "variable", name: token.text, path: [], source };
      case "string": {
        const value = token.text.startsWith("`")
          ? token.text.slice(1, -1).replaceAll("\r", "")
          : unquoteGo(token.text);
        if (value === undefined) throw this.#error("invalid syntax");
        return { kind: "string", value, source };
      }
      case "character": {
        const value = unquoteGo(token.text);
        if (value === undefined || Array.from(value).length !== 1) {
          throw this.#error(`malformed character constant: ${token.text}`);
        }
        return { kind: "int", value: BigInt(value.codePointAt(0) as number), source };
      }
      case "number":
        return this.#number(token, source);
      case "identifier":
        if (token.text === "true" || token.text === "false") {
          return { kind: "boolean", value: token.text === "true", source };
        }
        if (token.text === "nil") return { kind: "nil", source };
        if (!FUNCTIONS.has(token.text)) throw this.#error(`function ${quoteText(token.text)} not defined`);
        return { kind: "function", name: token.text, source };
      case "symbol":
        if (token.text !== "(") break;
        {
          const pipeline = this.#nested(() => this.#pipeline("parenthesized pipeline", ")"));
          return { kind: "pipeline", pipeline, source: sourceOf(token, `(${pipeline.source.text})`) };
        }
      default:
    }
    this.#at--;
    return undefined;
  }

  #number(token: Token, source: Source): Operand {
    const integer = integerOfGo(token.text);
    if (integer !== undefined) {
      // Beyond 64 bits signed and unsigned it is no integer at all.
      if (integer >= 2n ** 64n || integer < -(2n ** 63n))
        throw this.#error(`integer overflow: ${quoteText(token.text)}`);
      return { kind: "int", value: integer, source };
    }
    const value = Number(token.text.replaceAll("_", ""));
    if (Number.isNaN(value)) throw this.#error(`bad number syntax: ${quoteText(token.text)}`);
    // `1e3` is an integer as well, and counts as one.
    if (Number.isSafeInteger(value) && !token.text.includes("."))
      return { kind: "int", value: BigInt(value), source };
    return { kind: "float", value, source };
  }

  #next(): Token {
    const token = this.#tokens[this.#at] as Token;
    if (token.kind !== "eof") this.#at++;
    return token;
  }

  #nextWord(): Token {
    this.#peekWord();
    return this.#next();
  }

  #peekWord(): Token {
    while (this.#tokens[this.#at]?.kind === "space") this.#at++;
    return this.#tokens[this.#at] as Token;
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw this.#error("max nesting depth exceeded");
    const result = read();
    this.#depth--;
    return result;
  }

  #unexpected(token: Token, context: string): BuiltinError {
    if (token.kind === "eof") return this.#error("unexpected EOF");
    const isKeyword = token.text === "." || (token.kind === "identifier" && KEYWORDS.has(token.text));
    const cut = Array.from(token.text);
    const shown = cut.length > 10 ? `${quoteText(cut.slice(0, 10).join(""))}...` : quoteText(token.text);
    return this.#error(`unexpected ${isKeyword ? `<${token.text}>` : shown} in ${context}`);
  }

  #error(problem: string): BuiltinError {
    const token = this.#tokens[Math.max(0, this.#at - 1)] as Token;
    return new BuiltinError(`template: template:${token.line}: ${problem}`);
  }
}

const KEYWORDS = new Set([
  "block",
  "break",
  "continue",
  "define",
  "else",
  "end",
  "if",
  "range",
  "nil",
  "template",
  "with",
]);

function startsOperand(token: Token): boolean {
  if (token.kind === "symbol") return token.text === "(";
  return ["identifier", "field", "variable", "string", "character", "number"].includes(token.kind);
}

function sourceOf(token: Token, text: string): Source {
  return { line: token.line, column: token.column, text };
}

function templateSource(keyword: Token, name: string, pipeline: Pipeline | undefined): Source {
  const argument = pipeline ? ` ${pipeline.source.text}` : "";
  return {
    line: keyword.line,
    column: keyword.column + 9,
    text: `{{template ${quoteText(name)}${argument}}}`,
  };
}
