import { ObjectBuilder } from "../value/object.ts";
import { RegoSet } from "../value/set.ts";
import type { Value } from "../value/value.ts";
import type { Term } from "./ast.ts";

/** The value of a term without vars, refs, calls and comprehensions; undefined for any other term. */
export function valueOfTerm(term: Term): Value | undefined {
  switch (term.kind) {
    case "scalar":
      return term.value;
    case "array":
      return valuesOf(term.items);
    case "set": {
      const values = valuesOf(term.items);
      return values && new RegoSet(values);
    }
    case "object": {
      const object = new ObjectBuilder();
      for (const [keyTerm, valueTerm] of term.entries) {
        const key = valueOfTerm(keyTerm);
        const value = valueOfTerm(valueTerm);
        if (key === undefined || value === undefined) return undefined;
        object.set(key, value);
      }
      return object.build();
    }
    default:
      return undefined;
  }
}

function valuesOf(terms: readonly Term[]): readonly Value[] | undefined {
  const values: Value[] = [];
  for (const term of terms) {
    const value = valueOfTerm(term);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}
