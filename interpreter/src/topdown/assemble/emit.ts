import type { BuiltinCall, FunctionCall, Operand, Scan, Step } from "../../plan/plan.ts";
import { ruleName } from "../../plan/names.ts";
import { Boxed } from "../../value/boxed.ts";
import { valueAt } from "../../value/index-access.ts";
import { equals } from "../../value/order.ts";
import type { Value } from "../../value/value.ts";
import { storeAt } from "../documents.ts";
import type { Frame } from "../machine.ts";
import { FOUND, type Assembler, type Run } from "./assembler.ts";
import { assembleLoop, assembleStepTest, isTest } from "./body.ts";
import { directBuiltins } from "./direct-builtins.ts";
import { isPlainName } from "./read.ts";
import { eachEntry } from "./scan.ts";

/**
 * Assembles steps as `assembleSteps` does, by writing a JavaScript function for them. Closures of one kind share what the engine
 * learns of values in them, so among many policies none of it fits any more; a function written for one body has that to
 * itself. It works on the same frames: whatever is not written here is called as the closure it would have been.
 *
 * What is written consists of fixed texts, numbers, and names of properties as JSON strings; all else of a policy is handed over
 * as values, so none of its text can become code. Undefined where the host forbids to make code of strings.
 */
export function emitSteps(steps: readonly Step[], last: Run, assembler: Assembler): Run | undefined {
  const writer = new Writer(assembler);
  const entry = writer.run(steps, last);
  return writer.compile(entry);
}

/** The names that each function finds: the machine, its budget, and functions of ours. */
const KNOWN = ["m", "b", "eq", "at", "sa", "rn"] as const;

const readBoxed = (value: Value, name: string): Value | undefined =>
  value instanceof Boxed ? valueAt(value, name) : undefined;

class Writer {
  readonly #assembler: Assembler;
  readonly #functions: string[] = [];
  /** Values and functions that the code gets under the names `c0`, `c1`, … */
  readonly #given: unknown[] = [];
  /** Called once the functions are there, with each by its number. */
  readonly #wanting: ((functions: readonly Run[]) => void)[] = [];
  #count = 0;

  constructor(assembler: Assembler) {
    this.#assembler = assembler;
  }

  compile(entry: number): Run | undefined {
    const { machine } = this.#assembler;
    const given = this.#given.map((_value, i) => `c${i} = c[${i}]`);
    const all = Array.from({ length: this.#count }, (_none, i) => `r${i}`);
    const text = [
      '"use strict";',
      given.length === 0 ? "" : `const ${given.join()};`,
      ...this.#functions,
      `return [${all.join()}];`,
    ].join("\n");
    try {
      // eslint-disable-next-line typescript/no-implied-eval
      const make = new Function("c", ...KNOWN, text);
      const known = [machine, machine.budget, equals, valueAt, storeAt, readBoxed];
      const functions = make(this.#given, ...known) as readonly Run[];
      for (const want of this.#wanting) want(functions);
      return functions[entry];
    } catch (error) {
      if (error instanceof EvalError) return undefined;
      throw error;
    }
  }

  /** Writes a function of a frame for these steps and what follows them; answers its number. */
  run(steps: readonly Step[], last: Run): number {
    const number = this.#count++;
    const code = new FunctionCode();
    let i = 0;
    for (; i < steps.length; i++) {
      const step = steps[i] as Step;
      if (!isTest(step)) break;
      code.line(`if (!(${this.#test(step, code)})) return false;`);
    }
    const loop = steps[i];
    if (!loop) code.line(last === FOUND ? "return true;" : `return ${this.give(last)}(f);`);
    else {
      const rest = this.run(steps.slice(i + 1), last);
      if (loop.op === "scan") this.#scan(loop, rest, code);
      else code.line(`return ${this.#loop(loop, rest)}(f);`);
    }
    this.#functions.push(`const r${number} = (f) => {${code.text()}};`);
    return number;
  }

  /** A name for a value that the code gets. */
  give(value: unknown): string {
    return `c${this.#given.push(value) - 1}`;
  }

  /** A loop that is no scan: the closure, around what is written for the steps after it. */
  #loop(step: Step, rest: number): string {
    let after: Run = FOUND;
    this.#wanting.push((functions) => (after = functions[rest] as Run));
    return this.give(assembleLoop(step, (frame) => after(frame), this.#assembler));
  }

  #test(step: Step, code: FunctionCode): string {
    switch (step.op) {
      case "bind":
        return `(f[${step.slot}] = ${this.operand(step.value, code)}) !== undefined`;
      case "check": {
        const t = code.temporary();
        return `(${t} = ${this.operand(step.value, code)}) !== undefined && ${t} !== false`;
      }
      case "equal": {
        const [a, b] = [code.temporary(), code.temporary()];
        const left = `(${a} = ${this.operand(step.left, code)}) !== undefined`;
        const right = `(${b} = ${this.operand(step.right, code)}) !== undefined`;
        return `${left} && ${right} && (${a} === ${b} || eq(${a}, ${b}))`;
      }
      case "match": {
        const t = code.temporary();
        const fit = this.give(this.#assembler.fit(step.pattern));
        return `(${t} = ${this.operand(step.value, code)}) !== undefined && ${fit}(f, ${t})`;
      }
      case "not": {
        const steps = step.body.exprs.flatMap((expr) => expr.steps);
        return `!r${this.run(steps, FOUND)}(f)`;
      }
      default:
        return `${this.give(assembleStepTest(step, this.#assembler))}(f)`;
    }
  }

  /** Arrays, which most collections are, are walked here; all others by the closures' own way. */
  #scan(step: Scan, rest: number, code: FunctionCode): void {
    const { budget } = this.#assembler.machine;
    const fit = step.key && this.#assembler.fit(step.key);
    const slot = step.value ?? 0;
    const x = code.temporary();
    const other = (frame: Frame, collection: Value, then: Run): boolean =>
      eachEntry(
        collection,
        (key, value) => {
          budget.step();
          if (fit && !fit(frame, key)) return false;
          frame[slot] = value;
          return then(frame);
        },
        step.ordered,
      );
    const key = fit ? `if (!${this.give(fit)}(f, i)) continue; ` : "";
    code.line(`${x} = ${this.operand(step.over, code)};`);
    code.line(`if (!Array.isArray(${x})) return ${this.give(other)}(f, ${x}, r${rest});`);
    code.line(`for (let i = 0; i < ${x}.length; i++) { b.step(); ${key}f[${slot}] = ${x}[i];`);
    code.line(`if (r${rest}(f)) return true; } return false;`);
  }

  /** An expression for the value of an operand, or undefined. */
  operand(operand: Operand, code: FunctionCode): string {
    switch (operand.op) {
      case "const":
        return this.give(operand.value);
      case "local":
        return `f[${operand.slot}]`;
      case "input":
        return "m.input";
      case "get":
        return this.#path(this.operand(operand.of, code), operand.keys, operand.store, code);
      case "base":
        return this.#path("m.data", operand.path, true, code);
      case "rule":
        return `${this.give(this.#assembler.rule(operand.rule))}.value()`;
      case "keyed": {
        const t = code.temporary();
        const unit = this.give(this.#assembler.rule(operand.rule));
        return `((${t} = ${this.operand(operand.key, code)}) === undefined ? undefined : ${unit}.at(${t}))`;
      }
      case "array":
        return `(b.elements(${operand.items.length}), ${this.#withAll(operand.items, code, (values) => `[${values.join()}]`)})`;
      case "function":
        return this.#call(operand, code);
      case "builtin":
        return this.#builtin(operand, code);
      case "set":
      case "object":
      case "extent":
      case "kept":
      case "comprehension":
        return this.#closure(operand);
    }
  }

  #closure(operand: Operand): string {
    return `${this.give(this.#assembler.operand(operand))}(f)`;
  }

  #path(of: string, keys: readonly Operand[], store: boolean, code: FunctionCode): string {
    let read = of;
    for (const key of keys) {
      const [t, u] = [code.temporary(), code.temporary()];
      if (isPlainName(key)) {
        const name = JSON.stringify(key.value);
        read = `((${t} = ${read}) == null ? undefined : (${u} = ${t}[${name}]) !== undefined ? ${u} : rn(${t}, ${name}))`;
      } else {
        const index = this.operand(key, code);
        const at = store ? "sa" : "at";
        read = `((${t} = ${read}) === undefined || (${u} = ${index}) === undefined ? undefined : ${at}(${t}, ${u}))`;
      }
    }
    return read;
  }

  #call(call: FunctionCall, code: FunctionCode): string {
    const { plan } = this.#assembler;
    const unit = this.give(this.#assembler.rule(call.rule));
    const known = this.#withAll(call.args, code, (values) => `${unit}.call([${values.join()}])`);
    const name = this.give(ruleName(plan.rules[call.rule]?.path ?? []));
    return this.#unlessMocked(name, call, known);
  }

  #builtin(call: BuiltinCall, code: FunctionCode): string {
    const row = this.#assembler.builtins.get(call.name);
    if (!row) return this.#closure(call);
    const direct = call.args.length === 2 ? directBuiltins.get(call.name) : undefined;
    const known = this.#withAll(call.args, code, (values) =>
      direct
        ? `${this.give(direct)}(${values.join()})`
        : `m.callBuiltin(${this.give(row)}, [${values.join()}], ${this.give(call.span)})`,
    );
    return this.#unlessMocked(this.give(call.name), call, known);
  }

  /** Where a `with` replaces functions the closure knows what to do. It is made when that happens first. */
  #unlessMocked(name: string, call: Operand, known: string): string {
    const { operand } = this.#assembler;
    let closure: ((frame: Frame) => Value | undefined) | undefined;
    const mocked = this.give((frame: Frame): Value | undefined => (closure ??= operand(call))(frame));
    return `(m.mocks !== undefined && m.mocks.has(${name}) ? ${mocked}(f) : ${known})`;
  }

  /** What is made of operands that all have values; undefined where one has none. The others are not looked at then. */
  #withAll(
    operands: readonly Operand[],
    code: FunctionCode,
    make: (values: readonly string[]) => string,
  ): string {
    const values = operands.map(() => code.temporary());
    const missing = operands.map(
      (operand, i) => `(${values[i]} = ${this.operand(operand, code)}) === undefined`,
    );
    if (missing.length === 0) return make(values);
    return `(${missing.join(" || ")} ? undefined : ${make(values)})`;
  }
}

/** The text of one function, with temporaries of its own. */
class FunctionCode {
  readonly #lines: string[] = [];
  #temporaries = 0;

  line(text: string): void {
    this.#lines.push(text);
  }

  temporary(): string {
    return `t${this.#temporaries++}`;
  }

  text(): string {
    const names = Array.from({ length: this.#temporaries }, (_none, i) => `t${i}`);
    const declared = names.length === 0 ? "" : `let ${names.join()};\n`;
    return `${declared}${this.#lines.join("\n")}`;
  }
}
