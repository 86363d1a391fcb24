import type { Term } from "../../syntax/ast.ts";
import type { FunctionType } from "../../value/type.ts";
import { namedTypeText, typeText } from "./type-text.ts";
import { typeOfTerm } from "./type-of-term.ts";

/** The `have:` and `want:` lines of an error about a builtin's args. */
export function argErrorDetails(args: readonly Term[], decl: FunctionType): readonly string[] {
  const have = args.map((arg) => typeText(typeOfTerm(arg))).join(", ");
  const want = decl.args.map(namedTypeText);
  if (decl.variadic) want.push(`${typeText(decl.variadic)}...`);
  return [`have: (${have})`, `want: (${want.join(", ")})`];
}
