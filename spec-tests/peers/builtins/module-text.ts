import type { Call, CallTable } from "./calls.ts";

/** A module with one rule a call, and the way back from rows to calls. */
export interface CallModule {
  readonly text: string;
  /** The 1-based row of the first call; each has a row of its own. */
  readonly firstRow: number;
  readonly calls: readonly Call[];
}

/** The name of the rule that holds the outcome of the call at an index. */
export function ruleName(index: number): string {
  return `call_${index}`;
}

/**
 * Each rule gives the result and its Rego text: JSON alone would not tell a set from an array. Operands are
 * the default of an `object.get`, after which the type checker knows nothing of them, so that wrong types reach the
 * builtin. (A function of our own would do so too, but OPA caches its results: 1.0 would come out as an earlier 1.)
 */
export function moduleText({ constants, calls, version }: CallTable): CallModule {
  const head = ["package calls", "", ...constants];
  const rules = calls.map((call, index) => {
    const value = call.operands
      ? `${call.builtin}(${call.operands.map((operand) => `object.get({}, 0, ${operand})`).join(", ")})`
      : call.text;
    const open = version === "v1" ? " if {" : " {";
    return `${ruleName(index)} = [value, sprintf("%v", [[value]])]${open} value := ${value} }`;
  });
  return { text: [...head, ...rules, ""].join("\n"), firstRow: head.length + 1, calls };
}
