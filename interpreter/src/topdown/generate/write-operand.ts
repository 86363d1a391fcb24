import { ruleName } from "../../plan/names.ts";
import type { BuiltinCall, ComprehensionOperand, FunctionCall, Kept, Operand } from "../../plan/plan.ts";
import { Boxed } from "../../value/boxed.ts";
import { valueAt } from "../../value/index-access.ts";
import { ObjectBuilder } from "../../value/object.ts";
import { equals } from "../../value/order.ts";
import { RegoSet } from "../../value/set.ts";
import type { Value } from "../../value/value.ts";
import type { RuleUnit } from "../assemble/assembler.ts";
import { directBuiltins } from "../assemble/direct-builtins.ts";
import { isPlainName } from "../assemble/read.ts";
import { callMock } from "../assemble/with.ts";
import { storeAt } from "../documents.ts";
import { UNDEFINED } from "../undefined.ts";
import { Unwritable } from "./unwritable.ts";
import { slotName, type Writer } from "./writer.ts";

/** See {@link Writer.operand}. */
export function writeOperand(operand: Operand, fail: string, w: Writer): string {
  const { text, machine } = w;
  switch (operand.op) {
    case "const":
      return text.give(operand.value);
    case "local":
      return slotName(operand.slot);
    case "input":
      return orFail(`${machine}.input`, fail, w);
    case "get":
      return writePath(w.operand(operand.of, fail), operand.keys, operand.store, fail, w);
    case "base":
      return writePath(`${machine}.data`, operand.path, true, fail, w);
    case "rule":
      return orFail(`${text.give(w.assembler.rule(operand.rule))}.value()`, fail, w);
    case "keyed": {
      const key = w.operand(operand.key, fail);
      return orFail(`${text.give(w.assembler.rule(operand.rule))}.at(${key})`, fail, w);
    }
    case "array":
      return writeArray(operand.items, fail, w);
    case "set": {
      const items = writeArray(operand.items, fail, w);
      return assigned(`new ${text.give(RegoSet)}(${items})`, w);
    }
    case "object":
      return writeObject(operand.entries, fail, w);
    case "function":
      return writeCall(operand, fail, w);
    case "builtin":
      return writeBuiltin(operand, fail, w);
    case "kept":
      return writeKept(operand, fail, w);
    case "comprehension":
      return writeComprehension(operand, w);
    case "extent":
      throw new Unwritable();
  }
}

/** Writes operands that must all have values. */
function writeAll(operands: readonly Operand[], fail: string, w: Writer): readonly string[] {
  return operands.map((operand) => w.operand(operand, fail));
}

function assigned(expression: string, { text }: Writer): string {
  const name = text.variable();
  text.line(`${name} = ${expression};`);
  return name;
}

function orFail(expression: string, fail: string, { text }: Writer): string {
  const name = text.variable();
  text.line(`if ((${name} = ${expression}) === undefined) break ${fail};`);
  return name;
}

const readBoxed = (value: Value, name: string): Value | undefined =>
  value instanceof Boxed ? valueAt(value, name) : undefined;

function writePath(of: string, keys: readonly Operand[], store: boolean, fail: string, w: Writer): string {
  let read = of;
  for (const key of keys) {
    const found = w.text.variable();
    if (isPlainName(key)) {
      // A property that no prototype has is an own one, or absent.
      const name = JSON.stringify(key.value);
      const boxed = `${w.text.give(readBoxed)}(${read}, ${name})`;
      w.text.line(`if (${read} === null || ((${found} = ${read}[${name}]) === undefined &&`);
      w.text.line(`(${found} = ${boxed}) === undefined)) break ${fail};`);
    } else {
      const at = w.text.give(store ? storeAt : valueAt);
      const index = w.operand(key, fail);
      w.text.line(`if ((${found} = ${at}(${read}, ${index})) === undefined) break ${fail};`);
    }
    read = found;
  }
  return read;
}

function writeArray(items: readonly Operand[], fail: string, w: Writer): string {
  w.text.line(`${w.budget}.elements(${items.length});`);
  return assigned(`[${writeAll(items, fail, w).join()}]`, w);
}

function writeObject(
  entries: (Operand & { readonly op: "object" })["entries"],
  fail: string,
  w: Writer,
): string {
  const { text, budget } = w;
  text.line(`${budget}.elements(${entries.length});`);
  if (haveNames(entries.map(([key]) => key))) {
    const members = entries.map(([key, value]) => {
      const name = JSON.stringify((key as Operand & { readonly op: "const" }).value);
      return `${name}: ${w.operand(value, fail)}`;
    });
    return assigned(`{ ${members.join()} }`, w);
  }
  const builder = assigned(`new ${text.give(ObjectBuilder)}()`, w);
  for (const [key, value] of entries) {
    const name = w.operand(key, fail);
    text.line(`${builder}.set(${name}, ${w.operand(value, fail)});`);
  }
  return assigned(`${builder}.build()`, w);
}

/** Whether keys are different names, none of which means something else to JavaScript. */
function haveNames(keys: readonly Operand[]): boolean {
  const names = keys.map((key) =>
    key.op === "const" && typeof key.value === "string" ? key.value : "__proto__",
  );
  return !names.includes("__proto__") && new Set(names).size === names.length;
}

function writeCall(call: FunctionCall, fail: string, w: Writer): string {
  const unit = w.assembler.rule(call.rule);
  const name = ruleName(w.assembler.plan.rules[call.rule]?.path ?? []);
  const args = `[${writeAll(call.args, fail, w).join()}]`;
  const known = `${w.text.give(unit)}.call(${args})`;
  return orFail(unlessMocked(name, call, known, unit, args, w), fail, w);
}

/** The call, or what a `with` puts in its place. */
function unlessMocked(
  name: string,
  { bare }: FunctionCall | BuiltinCall,
  known: string,
  callee: Pick<RuleUnit, "call">,
  args: string,
  { text, machine, assembler }: Writer,
): string {
  const mocked = (given: readonly Value[]): Value | undefined => {
    const mock = assembler.machine.mocks?.get(name);
    return mock ? callMock(assembler.machine, mock, given, bare) : callee.call(given);
  };
  return `${machine}.mocks === undefined ? ${known} : ${text.give(mocked)}(${args})`;
}

function writeBuiltin(call: BuiltinCall, fail: string, w: Writer): string {
  const { machine, text } = w;
  const row = w.assembler.builtins.get(call.name);
  if (!row) throw new Unwritable();
  const args = writeAll(call.args, fail, w);
  const { name, span } = call;
  const callee = {
    call: (given: readonly Value[]) => w.assembler.machine.callBuiltin(row, given, span),
  };
  const direct = call.args.length === 2 ? directBuiltins.get(call.name) : undefined;
  const known = direct
    ? writeComparison(call.name, direct, args as readonly [string, string], w)
    : `${machine}.callBuiltin(${text.give(row)}, [${args.join()}], ${text.give(span)})`;
  return orFail(unlessMocked(name, call, known, callee, `[${args.join()}]`, w), fail, w);
}

/** Plain numbers compare as JavaScript compares them. */
function writeComparison(
  name: string,
  compare: (a: Value, b: Value) => boolean,
  [a, b]: readonly [string, string],
  w: Writer,
): string {
  const slow = `${w.text.give(compare)}(${a}, ${b})`;
  const sign = SIGNS.get(name);
  return sign === undefined
    ? slow
    : `(typeof ${a} === "number" && typeof ${b} === "number" ? ${a} ${sign} ${b} : ${slow})`;
}

const SIGNS: ReadonlyMap<string, string> = new Map([
  ["equal", "==="],
  ["neq", "!=="],
  ["lt", "<"],
  ["lte", "<="],
  ["gt", ">"],
  ["gte", ">="],
]);

/** See `assembleKept`. */
function writeKept({ id, value }: Kept, fail: string, w: Writer): string {
  const { text, machine, budget } = w;
  const values = assigned(`${machine}.keptValues()`, w);
  const found = text.variable();
  const errors = text.variable();
  const none = text.give(UNDEFINED);
  text.line(`if (${values} !== undefined && (${found} = ${values}[${id}]) !== undefined) {`);
  text.line(`${budget}.step(); if (${found} === ${none}) break ${fail};`);
  text.line(`} else { ${found} = undefined; ${errors} = ${machine}.builtinErrors.length;`);
  text.block((label) => {
    text.line(`${found} = ${w.operand(value, label)};`);
  });
  text.line(`if (${values} !== undefined && ${machine}.builtinErrors.length === ${errors})`);
  text.line(`${values}[${id}] = ${found} === undefined ? ${none} : ${found};`);
  text.line(`if (${found} === undefined) break ${fail}; }`);
  return found;
}

/** See `assembleComprehension`. */
function writeComprehension(operand: ComprehensionOperand, w: Writer): string {
  const { text, budget } = w;
  const { kind, body, value, key, span } = operand;
  if (kind === "object") {
    const builder = assigned(`new ${text.give(ObjectBuilder)}()`, w);
    const { machine } = w.assembler;
    const put = (into: ObjectBuilder, name: Value, member: Value): void => {
      const old = into.get(name);
      if (old === undefined) into.set(name, member);
      else if (!equals(old, member))
        throw machine.fault("eval_conflict_error", "object keys must be unique", span);
    };
    text.block((label) => {
      w.body(body, label, (inner) => {
        const name = key ? w.operand(key, inner) : text.give(undefined);
        const member = w.operand(value, inner);
        text.line(`${budget}.element(); ${text.give(put)}(${builder}, ${name}, ${member});`);
      });
    });
    return assigned(`${builder}.build()`, w);
  }
  const into = assigned(kind === "array" ? "[]" : `new ${text.give(RegoSet)}()`, w);
  text.block((label) => {
    w.body(body, label, (inner) => {
      const element = w.operand(value, inner);
      text.line(`${budget}.element(); ${into}.${kind === "array" ? "push" : "add"}(${element});`);
    });
  });
  return into;
}
