import { unreachable } from "../../../errors.ts";
import { getOwn, sortedKeys } from "../../../value/plain-object.ts";
import type { PlainObject } from "../../../value/value.ts";
import { quoteText } from "../../../value/quote.ts";
import { BuiltinError } from "../../builtin.ts";
import type { BuiltinContext } from "../../builtin.ts";
import { CallError, FUNCTIONS } from "./functions.ts";
import type { Branch, Command, Node, Operand, Pipeline, Source } from "./nodes.ts";
import type { Templates } from "./parser.ts";
import { Float, fromData, isList, isMap, isTrue, printGo, typeNameOf } from "./values.ts";
import type { GoValue } from "./values.ts";

/** Templates may call themselves; Go allows far more, on a stack that grows. */
const MAX_DEPTH = 300;

/** Renders the template named `template` with the data as its dot. Throws {@link BuiltinError} with Go's texts. */
export function executeTemplate(templates: Templates, data: PlainObject, context: BuiltinContext): string {
  const execution = new Execution(templates, context, "template", data, 0);
  return execution.render(templates.get("template") ?? []);
}

interface Variable {
  readonly name: string;
  value: GoValue;
}

type TemplateCall = Extract<Node, { kind: "template" }>;

type Signal = "break" | "continue" | undefined;

class Execution {
  readonly #templates: Templates;
  readonly #context: BuiltinContext;
  readonly #name: string;
  readonly #depth: number;
  readonly #variables: Variable[];
  readonly #root: GoValue;
  #output: string[] = [];
  #length = 0;

  constructor(templates: Templates, context: BuiltinContext, name: string, dot: GoValue, depth: number) {
    this.#templates = templates;
    this.#context = context;
    this.#name = name;
    this.#depth = depth;
    this.#root = dot;
    this.#variables = [{ name: "$", value: dot }];
  }

  render(nodes: readonly Node[]): string {
    this.#list(nodes, this.#root);
    return this.#output.join("");
  }

  #list(nodes: readonly Node[], dot: GoValue): Signal {
    for (const node of nodes) {
      const signal = this.#node(node, dot);
      if (signal) return signal;
    }
    return undefined;
  }

  #node(node: Node, dot: GoValue): Signal {
    this.#context.charge(1);
    switch (node.kind) {
      case "text":
        this.#write(node.text);
        return undefined;
      case "action": {
        const value = this.#pipeline(node.pipeline, dot);
        if (node.pipeline.declared.length === 0) {
          this.#write(value === undefined || value === null ? "<no value>" : printGo(value));
        }
        return undefined;
      }
      case "break":
      case "continue":
        return node.kind;
      case "template":
        this.#template(node, dot);
        return undefined;
      case "range":
        return this.#scoped(() => this.#range(node, dot));
      default:
        return this.#scoped(() => this.#branch(node, dot));
    }
  }

  #branch(node: Branch, dot: GoValue): Signal {
    const value = this.#pipeline(node.pipeline, dot);
    if (isTrue(value)) return this.#list(node.list, node.kind === "with" ? value : dot);
    return node.elseList ? this.#list(node.elseList, dot) : undefined;
  }

  #range(node: Branch, dot: GoValue): Signal {
    const value = this.#pipeline(node.pipeline, dot, false);
    const entries = this.#entries(value, node.pipeline.source);
    let any = false;
    for (const [key, element] of entries) {
      any = true;
      this.#context.charge(1);
      const signal = this.#scoped(() => {
        const [first, second] = node.pipeline.declared;
        const set = (name: string, item: GoValue): void =>
          this.#setVariable(name, item, node.pipeline.isAssign, node.pipeline.source);
        if (first !== undefined) set(first, second === undefined ? element : key);
        if (second !== undefined) set(second, element);
        return this.#list(node.list, element);
      });
      if (signal === "break") break;
    }
    if (any || !node.elseList) return undefined;
    return this.#list(node.elseList, dot);
  }

  *#entries(value: GoValue, source: Source): Generator<readonly [GoValue, GoValue]> {
    if (value === undefined || value === null) return;
    if (isList(value)) {
      for (const [i, element] of value.entries()) yield [BigInt(i), fromData(element)];
    } else if (isMap(value)) {
      for (const key of sortedKeys(value)) yield [key, fromData(value[key])];
    } else if (typeof value === "bigint") for (let i = 0n; i < value; i++) yield [i, i];
    else throw this.#error(source, `range can't iterate over ${printGo(value)}`);
  }

  #template({ name, pipeline, source }: TemplateCall, dot: GoValue): void {
    const nodes = this.#templates.get(name);
    if (!nodes) throw this.#error(source, `template ${quoteText(name)} not defined`);
    if (this.#depth >= MAX_DEPTH) throw this.#error(source, `exceeded maximum template depth (${MAX_DEPTH})`);
    const argument = pipeline ? this.#pipeline(pipeline, dot) : undefined;
    const inner = new Execution(this.#templates, this.#context, name, argument, this.#depth + 1);
    this.#write(inner.render(nodes));
  }

  #pipeline(pipeline: Pipeline, dot: GoValue, declare = true): GoValue {
    let value: GoValue;
    pipeline.commands.forEach((command, i) => {
      value = this.#command(command, dot, i === 0 ? [] : [value]);
    });
    // Go names the last command where a variable is missing.
    const source = pipeline.commands.at(-1)?.source ?? pipeline.source;
    if (declare)
      for (const name of pipeline.declared) this.#setVariable(name, value, pipeline.isAssign, source);
    return value;
  }

  /** `piped` holds the value of the command before, which becomes the last argument. */
  #command(command: Command, dot: GoValue, piped: readonly GoValue[]): GoValue {
    const [first, ...rest] = command.args as readonly [Operand, ...Operand[]];
    const hasArguments = rest.length > 0 || piped.length > 0;
    switch (first.kind) {
      case "function":
        return this.#call(first.name, rest, dot, piped, command.source, first.source);
      case "field":
      case "chain":
        return this.#operand(first, dot, hasArguments);
      case "variable":
        if (first.path.length > 0) return this.#operand(first, dot, hasArguments);
        break;
      default:
    }
    if (hasArguments) {
      throw this.#error(first.source, `can't give argument to non-function ${first.source.text}`);
    }
    if (first.kind === "nil") throw this.#error(first.source, "nil is not a command");
    return this.#operand(first, dot, false);
  }

  #call(
    name: string,
    args: readonly Operand[],
    dot: GoValue,
    piped: readonly GoValue[],
    source: Source,
    nameSource: Source,
  ): GoValue {
    const { least, most, run } = FUNCTIONS.get(name) as NonNullable<ReturnType<typeof FUNCTIONS.get>>;
    const count = args.length + piped.length;
    if (count < least || count > most) {
      const wanted = most === least ? String(least) : `at least ${least}`;
      throw this.#error(nameSource, `wrong number of args for ${name}: want ${wanted} got ${count}`);
    }
    if (name === "and" || name === "or") return this.#shortCircuit(name === "or", args, dot, piped);
    const values = [...args.map((arg) => this.#operand(arg, dot, false)), ...piped];
    try {
      const value = run(...values);
      if (typeof value === "string") this.#context.charge(value.length >> 6);
      return value;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      const shown = error.message.replace(
        /^non-function of/,
        () => `non-function ${args[0]?.source.text ?? ""} of`,
      );
      throw this.#error(source, `error calling ${name}: ${shown}`);
    }
  }

  /** The first argument that settles the matter; those behind it are not evaluated. */
  #shortCircuit(
    settles: boolean,
    args: readonly Operand[],
    dot: GoValue,
    piped: readonly GoValue[],
  ): GoValue {
    let value: GoValue;
    for (const arg of args) {
      value = this.#operand(arg, dot, false);
      if (isTrue(value) === settles) return value;
    }
    return piped.length > 0 ? piped[0] : value;
  }

  #operand(operand: Operand, dot: GoValue, hasArguments: boolean): GoValue {
    switch (operand.kind) {
      case "dot":
        return dot;
      case "nil":
        return null;
      case "int":
        if (BigInt.asIntN(64, operand.value) === operand.value) return operand.value;
        throw this.#error(operand.source, `${operand.source.text} overflows int`);
      case "boolean":
      case "string":
        return operand.value;
      case "float":
        return new Float(operand.value);
      case "field":
        return this.#fields(dot, operand.path, operand.source, hasArguments);
      case "variable": {
        const { value } = this.#variable(operand.name, operand.source);
        if (operand.path.length === 0) return value;
        return this.#fields(value, operand.path, operand.source, hasArguments, operand.name !== "$");
      }
      case "function":
        return this.#call(operand.name, [], dot, [], operand.source, operand.source);
      case "pipeline":
        return this.#scoped(() => this.#pipeline(operand.pipeline, dot));
      case "chain": {
        const base = this.#operand(operand.base, dot, false);
        return this.#fields(base, operand.path, operand.source, hasArguments, true);
      }
      default:
        return unreachable(operand);
    }
  }

  /** Reads fields one after another. `named`: Go knows the type of the start, for its messages. */
  #fields(
    start: GoValue,
    path: readonly string[],
    source: Source,
    hasArguments: boolean,
    named = false,
  ): GoValue {
    let value = start;
    for (const [i, name] of path.entries()) {
      if (value === undefined) return undefined;
      if (value === null) throw this.#error(source, `nil pointer evaluating interface {}.${name}`);
      if (!isMap(value)) {
        const type = named && i === 0 ? typeNameOf(value) : "interface {}";
        throw this.#error(source, `can't evaluate field ${name} in type ${type}`);
      }
      if (hasArguments && i === path.length - 1) {
        throw this.#error(source, `${name} is not a method but has arguments`);
      }
      value = fromData(getOwn(value, name));
    }
    return value;
  }

  #variable(name: string, source: Source): Variable {
    const found = this.#variables.findLast((variable) => variable.name === name);
    if (!found) throw this.#error(source, `undefined variable: ${name}`);
    return found;
  }

  #setVariable(name: string, value: GoValue, isAssign: boolean, source: Source): void {
    if (isAssign) this.#variable(name, source).value = value;
    else this.#variables.push({ name, value });
  }

  /** Variables declared inside end with it. */
  #scoped<T>(work: () => T): T {
    const mark = this.#variables.length;
    const result = work();
    this.#variables.length = mark;
    return result;
  }

  #write(text: string): void {
    this.#length += text.length;
    this.#context.charge(text.length >> 6);
    this.#context.checkText(this.#length);
    this.#output.push(text);
  }

  #error({ line, column, text }: Source, problem: string): BuiltinError {
    const name = quoteText(this.#name);
    return new BuiltinError(
      `template: template:${line}:${column}: executing ${name} at <${text}>: ${problem}`,
    );
  }
}
