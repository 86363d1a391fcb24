import { defineBuiltins } from "./builtin.ts";

import type { Value } from "../value/value.ts";
import type { BuiltinContext } from "./builtin.ts";
import { arrayOperand, integerOperand } from "./operands.ts";
import { ANY, NUMBER, arrayOf, named } from "../value/type.ts";
export const arraysBuiltins = defineBuiltins([
  {
    name: "array.concat",
    decl: {
      args: [named("x", arrayOf(ANY), "the first array"), named("y", arrayOf(ANY), "the second array")],
      result: named("z", arrayOf(ANY), "the concatenation of `x` and `y`"),
    },
    description: "Concatenates two arrays.",
    categories: ["array"],
    run: arrayConcat,
  },
  {
    name: "array.flatten",
    decl: {
      args: [named("arr", arrayOf(ANY), "the array to be flattened")],
      result: named("flattened", arrayOf(ANY), "array flattened one level"),
    },
    description:
      "Non-recursively unpacks array items in arr into the flattened array. Other types are appended as-is.",
    categories: ["array"],
    run: arrayFlatten,
  },
  {
    name: "array.reverse",
    decl: {
      args: [named("arr", arrayOf(ANY), "the array to be reversed")],
      result: named("rev", arrayOf(ANY), "an array containing the elements of `arr` in reverse order"),
    },
    description: "Returns the reverse of a given array.",
    categories: ["array"],
    run: arrayReverse,
  },
  {
    name: "array.slice",
    decl: {
      args: [
        named("arr", arrayOf(ANY), "the array to be sliced"),
        named("start", NUMBER, "the start index of the returned slice; if less than zero, it's clamped to 0"),
        named(
          "stop",
          NUMBER,
          "the stop index of the returned slice; if larger than `count(arr)`, it's clamped to `count(arr)`",
        ),
      ],
      result: named(
        "slice",
        arrayOf(ANY),
        "the subslice of `array`, from `start` to `end`, including `arr[start]`, but excluding `arr[end]`",
      ),
    },
    description:
      "Returns a slice of a given array. If `start` is greater or equal than `stop`, `slice` is `[]`.",
    categories: ["array"],
    run: arraySlice,
  },
]);

function arrayConcat(args: readonly Value[], context: BuiltinContext): Value {
  const a = arrayOperand(args[0], 1);
  const b = arrayOperand(args[1], 2);
  context.collect(a.length + b.length);
  return a.length === 0 ? b : b.length === 0 ? a : a.concat(b);
}

/** One level only; sets stay as they are. */
function arrayFlatten(args: readonly Value[], context: BuiltinContext): Value {
  const flat: Value[] = [];
  for (const element of arrayOperand(args[0], 1)) {
    if (Array.isArray(element)) {
      context.collect(element.length);
      for (const inner of element as readonly Value[]) flat.push(inner);
    } else {
      context.collect(1);
      flat.push(element);
    }
  }
  return flat;
}

function arrayReverse(args: readonly Value[], context: BuiltinContext): Value {
  const array = arrayOperand(args[0], 1);
  context.collect(array.length);
  return array.toReversed();
}

/** `stop` is brought into the array's range, `start` into 0 … `stop`. */
function arraySlice(args: readonly Value[], context: BuiltinContext): Value {
  const array = arrayOperand(args[0], 1);
  const start = integerOperand(args[1], 2);
  const stop = Math.min(Math.max(integerOperand(args[2], 3), 0), array.length);
  const first = Math.min(Math.max(start, 0), stop);
  context.collect(stop - first);
  return array.slice(first, stop);
}
