import type { Operand } from "../../plan/plan.ts";
import { Boxed } from "../../value/boxed.ts";
import { valueAt } from "../../value/index-access.ts";
import { Decimal } from "../../value/number.ts";
import { RegoObject } from "../../value/object.ts";
import { RegoSet } from "../../value/set.ts";
import type { Value } from "../../value/value.ts";
import { storeAt } from "../documents.ts";
import type { Assembler, Eval } from "./assembler.ts";

/** Assembles `of[key]…`: constant names as chains of property reads, everything else key by key. */
export function assembleGet(operand: Operand & { op: "get" }, assembler: Assembler): Eval {
  return readPath(assembler.operand(operand.of), operand.keys, operand.store, assembler);
}

/** Assembles a read of the base document. */
export function assembleBase(operand: Operand & { op: "base" }, assembler: Assembler): Eval {
  const { machine } = assembler;
  return readPath(() => machine.data, operand.path, true, assembler);
}

function readPath(of: Eval, keys: readonly Operand[], store: boolean, assembler: Assembler): Eval {
  let read = of;
  for (let i = 0; i < keys.length;) {
    const names: string[] = [];
    for (let key = keys[i]; key && isPlainName(key); key = keys[++i]) names.push(key.value);
    if (names.length > 0) read = readNames(read, names);
    const key = keys[i];
    if (key) {
      read = readKey(read, assembler.operand(key), store);
      i++;
    }
  }
  return read;
}

function readNames(of: Eval, names: readonly string[]): Eval {
  const [first = "", second = "", third = ""] = names;
  switch (names.length) {
    case 1:
      return (frame) => readName(of(frame), first);
    case 2:
      return (frame) => readName(readName(of(frame), first), second);
    case 3:
      return (frame) => readName(readName(readName(of(frame), first), second), third);
    default:
      return (frame) => {
        let value = of(frame);
        for (let i = 0; i < names.length && value !== undefined; i++)
          value = readName(value, names[i] as string);
        return value;
      };
  }
}

/** A property that no prototype has is an own one, or absent: one load without any check answers for plain objects. */
export function readName(value: Value | undefined, name: string): Value | undefined {
  if (value === undefined || value === null) return undefined;
  const found = (value as { readonly [name: string]: Value | undefined })[name];
  if (found !== undefined) return found;
  return value instanceof Boxed ? valueAt(value, name) : undefined;
}

function readKey(of: Eval, key: Eval, store: boolean): Eval {
  const at = store ? storeAt : valueAt;
  return (frame) => {
    const value = of(frame);
    if (value === undefined) return undefined;
    const index = key(frame);
    return index === undefined ? undefined : at(value, index);
  };
}

type NameOperand = Operand & { readonly op: "const"; readonly value: string };

/** Names that plain property reads may use: not inherited by any kind of value, and no array index. */
export function isPlainName(operand: Operand): operand is NameOperand {
  return operand.op === "const" && typeof operand.value === "string" && isUninherited(operand.value);
}

export function isUninherited(name: string): boolean {
  return !INHERITED.has(name) && !/^[0-9]/.test(name);
}

const INHERITED: ReadonlySet<string> = new Set(
  [Object, Array, String, Number, Boolean, Boxed, Decimal, RegoSet, RegoObject]
    .flatMap((type) => Object.getOwnPropertyNames(type.prototype))
    .concat("kind", "text", "length"),
);
