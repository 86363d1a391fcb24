import { isNumber } from "../value/kind.ts";
import { numberText } from "../value/number.ts";
import { printValue } from "../value/print.ts";
import type { RegoNumber, Value } from "../value/value.ts";
import { defineBuiltins } from "./builtin.ts";
import type { BuiltinContext } from "./builtin.ts";
import { GoBigInt, GoFloat, sprintf as goSprintf } from "./go/sprintf.ts";
import type { GoArgument } from "./go/sprintf.ts";
import { arrayOperand, stringOperand } from "./operands.ts";
import { ANY, STRING, arrayOf, named } from "../value/type.ts";
export const sprintfBuiltins = defineBuiltins([
  {
    name: "sprintf",
    decl: {
      args: [
        named("format", STRING, "string with formatting verbs"),
        named("values", arrayOf(ANY), "arguments to format into formatting verbs"),
      ],
      result: named("output", STRING, "`format` formatted by the values in `values`"),
    },
    description: "Returns the given string, formatted.",
    categories: ["strings"],
    run: sprintf,
  },
]);

function sprintf(args: readonly Value[], context: BuiltinContext): Value {
  const format = stringOperand(args[0], 1);
  const values = arrayOperand(args[1], 2);
  const goArgs = new Array<GoArgument>(values.length);
  for (let i = 0; i < values.length; i++) goArgs[i] = goArgument(values[i] as Value);
  return goSprintf(format, goArgs, (length) => context.checkText(length));
}

/** Numbers become the Go type that fits them, strings stay; every other value is passed as its text. */
function goArgument(value: Value): GoArgument {
  if (typeof value === "string") return value;
  if (Number.isSafeInteger(value)) return value as number;
  return isNumber(value) ? goNumber(value) : printValue(value);
}

function goNumber(n: RegoNumber): GoArgument {
  const text = numberText(n);
  if (/^-?\d+$/.test(text)) {
    const integer = BigInt(text);
    return BigInt.asIntN(64, integer) === integer ? integer : new GoBigInt(integer);
  }
  const float = Number(text);
  // Go refuses to read what a double cannot hold; OPA then passes the text.
  return Number.isFinite(float) ? new GoFloat(float) : text;
}
