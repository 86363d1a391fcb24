import { printRaw } from "../value/print.ts";
import { RegoSet } from "../value/set.ts";
import { ANY, BOOLEAN, STRING, arrayOf, named, setOf } from "../value/type.ts";
import type { Value } from "../value/value.ts";
import { BuiltinError, defineBuiltins } from "./builtin.ts";
import type { BuiltinContext } from "./builtin.ts";
import { arrayOperand, stringOperand } from "./operands.ts";

/** The compiler turns `print(a, b)` into `internal.print([{a}, {b}])`, where an undefined operand is the empty set. */
export const tracingBuiltins = defineBuiltins([
  {
    name: "trace",
    decl: {
      args: [named("note", STRING, "the note to include")],
      result: named("result", BOOLEAN, "always `true`"),
    },
    description:
      'Emits `note` as a `Note` event in the query explanation. Query explanations show the exact expressions evaluated by OPA during policy execution. For example, `trace("Hello There!")` includes `Note "Hello There!"` in the query explanation. To include variables in the message, use `sprintf`. For example, `person := "Bob"; trace(sprintf("Hello There! %v", [person]))` will emit `Note "Hello There! Bob"` inside of the explanation.',
    categories: ["tracing"],
    run: ([note], context) => {
      context.note(stringOperand(note, 1));
      return true;
    },
  },
  {
    name: "print",
    decl: {
      args: [],
      variadic: ANY,
    },
    description: "",
    categories: [],
    run: () => {
      throw new BuiltinError("print must be called as a statement");
    },
  },
  {
    name: "internal.print",
    decl: {
      args: [arrayOf(setOf(ANY))],
    },
    description: "",
    categories: ["internal"],
    run: ([operands], context) => {
      const columns = arrayOperand(operands, 1).map((operand) => texts(operand));
      for (const line of crossProduct(columns, context)) context.print(line.join(" "));
      return true;
    },
  },
  {
    name: "internal.test_case",
    decl: {
      args: [arrayOf(ANY)],
    },
    description: "",
    categories: ["internal"],
    run: () => true,
  },
]);

/** What one operand prints: scalars themselves, a set its elements, the empty set a mark for "undefined". */
function texts(operand: Value): readonly string[] {
  if (operand instanceof RegoSet) {
    return operand.size === 0 ? ["<undefined>"] : operand.sorted().map((element) => printRaw(element));
  }
  return [printRaw(operand)];
}

/** One line for every combination, the last column running fastest. */
function* crossProduct(
  columns: readonly (readonly string[])[],
  context: BuiltinContext,
): Generator<readonly string[]> {
  const at = columns.map(() => 0);
  for (;;) {
    context.charge(1 + columns.length);
    context.collect(columns.length);
    yield columns.map((column, i) => column[at[i] as number] as string);
    let i = columns.length - 1;
    for (; i >= 0; i--) {
      at[i] = (at[i] as number) + 1;
      if ((at[i] as number) < (columns[i] as readonly string[]).length) break;
      at[i] = 0;
    }
    if (i < 0) return;
  }
}
