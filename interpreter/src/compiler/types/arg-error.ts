import type { Location } from "../../location.ts";
import { typeError } from "../error-list.ts";
import { declaredType, hasUnknown, unifies } from "./algebra.ts";
import type { FunctionInferred, Inferred } from "./algebra.ts";
import type { TypeFault } from "./type-fault.ts";
import { elidedText, isTooWide, typeDifference } from "./type-difference.ts";
import { wantedJson, withTypesAsJson } from "./type-json.ts";
import { typeText, wantedArgs } from "./type-text.ts";

type Known = Inferred | undefined;

/**
 * An error about the args of a call: what was given and what the function takes, its output last where
 * `result` asks for it.
 */
export function argError(
  message: string,
  location: Location,
  have: readonly Known[],
  wanted: FunctionInferred,
  result: boolean,
): TypeFault {
  const full = [
    `have: (${have.map(typeText).join(", ")})`,
    `want: (${wantedArgs(wanted, result).join(", ")})`,
  ];
  const details = isTooWide(full) ? shortened(have, wanted, result) : full;
  const json = withTypesAsJson((typeJson) => ({
    have: have.map(typeJson),
    want: wantedJson(wanted, result, typeJson),
  }));
  return { error: typeError(message, location, details, json), unknown: have.some(hasUnknown) };
}

/** Args that fit are cut to their outermost type, the others to where they differ. */
function shortened(have: readonly Known[], wanted: FunctionInferred, result: boolean): readonly string[] {
  const want = result && wanted.result ? [...wanted.args, wanted.result] : wanted.args;
  const names = wanted.decl ? [...wanted.decl.args, wanted.decl.result].map((type) => type?.name) : [];
  const named = (index: number, text: string): string =>
    names[index] === undefined ? text : `${names[index]}: ${text}`;
  const left = have.map((type) => elidedText(type));
  const right = want.map((type, index) => elidedNamed(type, names[index]));
  for (let index = 0; index < have.length && index < want.length; index++) {
    if (unifies(have[index], want[index])) continue;
    const [a, b] = typeDifference(have[index], want[index]);
    left[index] = a;
    right[index] = named(index, b);
  }
  if (wanted.decl?.variadic) right.push(`${elidedText(declaredType(wanted.decl.variadic))}...`);
  return [`have: (${left.join(", ")})`, `want: (${right.join(", ")})`];
}

/** The name counts towards the length. */
function elidedNamed(type: Known, name: string | undefined): string {
  return name === undefined ? elidedText(type) : elidedText(type, `${name}: `);
}
