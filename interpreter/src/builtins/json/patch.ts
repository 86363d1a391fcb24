import { isArray, isNumber, isObject, isSet, kindOf } from "../../value/kind.ts";
import { numberText } from "../../value/number.ts";
import { ObjectBuilder, objectEntries, objectGet, objectSize } from "../../value/object.ts";
import { equals } from "../../value/order.ts";
import { printRaw, printValue } from "../../value/print.ts";
import { RegoSet } from "../../value/set.ts";
import type { RegoArray, Value } from "../../value/value.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinContext } from "../builtin.ts";
import { readPath } from "./path.ts";

/**
 * Applies JSON Patch operations (RFC 6902) in turn. Beyond the RFC a document may hold sets: a path names an element of
 * a set by its value. Returns undefined where the last operation has removed the document itself.
 */
export function applyPatches(
  document: Value,
  patches: RegoArray,
  context: BuiltinContext,
): Value | undefined {
  const editor = new Editor(document, context);
  for (const patch of patches) editor.apply(patch);
  return editor.document;
}

class Editor {
  document: Value | undefined;
  readonly #context: BuiltinContext;

  constructor(document: Value, context: BuiltinContext) {
    this.document = document;
    this.#context = context;
  }

  apply(patch: Value): void {
    if (!isObject(patch)) {
      throw new BuiltinError(
        "must be an array of JSON-Patch objects, but at least one element is not an object",
      );
    }
    const attribute = (name: string): Value => {
      const value = objectGet(patch, name);
      if (value === undefined) throw new BuiltinError(`missing required attribute '${name}'`);
      return value;
    };
    const rawPath = attribute("path");
    const op = attribute("op");
    if (typeof op !== "string") {
      throw new BuiltinError(`attribute 'op' must be a string but found: ${kindOf(op)}`);
    }
    const path = readPath(rawPath);
    switch (op) {
      case "add":
        this.#add(path, attribute("value"));
        return;
      case "remove":
        this.#remove(path);
        return;
      case "replace":
        this.#remove(path);
        this.#add(path, attribute("value"));
        return;
      case "move": {
        const from = readPath(attribute("from"));
        const moved = this.#read(from);
        this.#remove(from);
        this.#add(path, moved);
        return;
      }
      case "copy":
        this.#add(path, this.#read(readPath(attribute("from"))));
        return;
      case "test": {
        const found = this.#read(path);
        const expected = attribute("value");
        if (equals(found, expected)) return;
        throw new BuiltinError(
          `value from EditTree != patch value.\n\nExpected: ${printValue(expected)}\n\nFound: ${printValue(found)}`,
        );
      }
      default:
        throw new BuiltinError(`unrecognized op: '${op}'`);
    }
  }

  #read(path: readonly Value[]): Value {
    let value = this.#root();
    for (const key of path) value = this.#step(value, key);
    return value;
  }

  #add(path: readonly Value[], value: Value): void {
    if (path.length === 0) this.document = value;
    else this.#edit(path, (parent, key) => insert(parent, key, value));
  }

  #remove(path: readonly Value[]): void {
    if (path.length > 0) this.#edit(path, remove);
    else {
      this.#root();
      this.document = undefined;
    }
  }

  /** Replaces the value that holds the last key of the path, and with it everything above. */
  #edit(path: readonly Value[], change: (parent: Value, key: Value) => Value): void {
    const chain: Value[] = [this.#root()];
    for (const key of path.slice(0, -1)) chain.push(this.#step(chain.at(-1) as Value, key));
    let changed = change(chain.at(-1) as Value, path.at(-1) as Value);
    this.#charge(changed);
    for (let i = chain.length - 2; i >= 0; i--) {
      const parent = chain[i] as Value;
      this.#charge(parent);
      changed = replaceMember(parent, path[i] as Value, chain[i + 1], changed);
    }
    this.document = changed;
  }

  #root(): Value {
    if (this.document === undefined)
      throw new BuiltinError("deleted node encountered during insert operation");
    return this.document;
  }

  #step(value: Value, key: Value): Value {
    this.#context.charge(1);
    if (isArray(value)) {
      const index = indexOf(key, value.length);
      const element = value[index];
      if (element !== undefined) return element;
      throw new BuiltinError(`path ${index} does not exist in array term ${printValue(value)}`);
    }
    if (isSet(value)) {
      const element = value.find(key);
      if (element !== undefined) return element;
      throw new BuiltinError(`path ${printRaw(key)} does not exist in set term ${printValue(value)}`);
    }
    if (isObject(value)) {
      const member = objectGet(value, key);
      if (member !== undefined) return member;
      throw new BuiltinError(`path ${printValue(key)} does not exist in object term ${printValue(value)}`);
    }
    const type = goType(value);
    throw new BuiltinError(
      `expected composite type for path ${printValue(key)}, found value: ${printValue(value)} (type: ${type})`,
    );
  }

  /** Every changed collection is copied. */
  #charge(value: Value): void {
    if (isArray(value)) this.#context.collect(1 + value.length);
    else if (isSet(value)) this.#context.collect(1 + value.size);
    else if (isObject(value)) this.#context.collect(1 + objectSize(value));
  }
}

function insert(parent: Value, key: Value, value: Value): Value {
  if (isArray(parent)) {
    const index = indexOf(key, parent.length);
    if (index < 0 || index > parent.length) throw new BuiltinError("index for array insertion out of bounds");
    return parent.toSpliced(index, 0, value);
  }
  if (isSet(parent)) {
    if (equals(key, value)) return new RegoSet([...parent, value]);
    throw new BuiltinError(
      `set key ${printValue(key)} does not equal value to be inserted ${printValue(value)}`,
    );
  }
  if (isObject(parent)) return replaceMember(parent, key, undefined, value);
  throw notComposite(parent);
}

function remove(parent: Value, key: Value): Value {
  if (isArray(parent)) {
    const index = indexOf(key, parent.length);
    if (index < 0 || index >= parent.length) throw new BuiltinError("index for array delete out of bounds");
    return parent.toSpliced(index, 1);
  }
  if (isSet(parent)) {
    if (!parent.has(key)) throw missing(key);
    return new RegoSet([...parent].filter((element) => !equals(element, key)));
  }
  if (!isObject(parent)) throw notComposite(parent);
  if (objectGet(parent, key) === undefined) throw missing(key);
  const rest = new ObjectBuilder();
  for (const [name, member] of objectEntries(parent)) if (!equals(name, key)) rest.set(name, member);
  return rest.build();
}

/** The collection with `after` in the place of `before`, which stands at `key`. */
function replaceMember(parent: Value, key: Value, before: Value | undefined, after: Value): Value {
  if (isArray(parent)) return parent.with(indexOf(key, parent.length), after);
  if (isSet(parent)) {
    const others = [...parent].filter((element) => element !== before);
    return new RegoSet([...others, after]);
  }
  const copy = new ObjectBuilder();
  if (isObject(parent)) for (const [name, member] of objectEntries(parent)) copy.set(name, member);
  copy.set(key, after);
  return copy.build();
}

/** Array indices may be numbers or their text; `-` is the place behind the last element. */
function indexOf(key: Value, length: number): number {
  if (key === "-") return length;
  const text = typeof key === "string" ? key : isNumber(key) ? numberText(key) : undefined;
  if (text === undefined) throw new BuiltinError("invalid type for indexing");
  // Of numbers `1.0` is an index as well; in a pointer's text only digits are.
  const whole = typeof key === "string" ? /^[+-]?\d+$/.test(text) : Number.isSafeInteger(Number(text));
  if (!whole) {
    throw new BuiltinError(
      typeof key === "string" ? "invalid string for indexing" : "invalid number type for indexing",
    );
  }
  if (text !== "0" && text.startsWith("0")) {
    throw new BuiltinError("leading zeros are not allowed in JSON paths");
  }
  return Number(text);
}

function missing(key: Value): BuiltinError {
  return new BuiltinError(`cannot delete child key ${printValue(key)} that does not exist`);
}

function notComposite(value: Value): BuiltinError {
  return new BuiltinError(
    `expected composite type, found value: ${printValue(value)} (type: ${goType(value)})`,
  );
}

/** The name of a scalar's type in OPA's own code, which its messages show. */
function goType(value: Value): string {
  const kind = kindOf(value);
  return `ast.${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`;
}
