import type { IToken } from "chevrotain";
import type { Term } from "./ast.ts";

/** How tightly an infix operator binds; all are left associative. `in`, `=` and `:=` are looser and have rules of their own. */
const POWER: Readonly<Record<string, number>> = {
  "==": 1,
  "!=": 1,
  "<": 1,
  "<=": 1,
  ">": 1,
  ">=": 1,
  "|": 2,
  "&": 3,
  "+": 4,
  "-": 4,
  "*": 5,
  "/": 5,
  "%": 5,
};

/**
 * Turns `a + b * c == d`, parsed flat, into a tree. `operators[i]` stands between `operands[i]` and `operands[i + 1]`;
 * `ends[i]` is the last token of `operands[i + 1]`. `call` makes one node, up to the token it gets last.
 */
export function climb(
  operands: readonly Term[],
  operators: readonly IToken[],
  ends: readonly IToken[],
  call: (operator: IToken, left: Term, right: Term, end: IToken) => Term,
): Term {
  const values: Term[] = [operands[0] as Term];
  const pending: IToken[] = [];
  let end = ends[0] as IToken;
  const reduce = (): void => {
    const right = values.pop() as Term;
    const left = values.pop() as Term;
    values.push(call(pending.pop() as IToken, left, right, end));
  };
  for (let i = 0; i < operators.length; i++) {
    const operator = operators[i] as IToken;
    while (pending.length > 0 && power(pending[pending.length - 1] as IToken) >= power(operator)) reduce();
    pending.push(operator);
    values.push(operands[i + 1] as Term);
    end = ends[i] as IToken;
  }
  while (pending.length > 0) reduce();
  return values[0] as Term;
}

/** Higher binds tighter; undefined for what is no infix operator. */
export function bindingPower(operator: IToken): number | undefined {
  return powerOf(operator.image);
}

/** As {@link bindingPower}, of an operator's text. */
export function powerOf(image: string): number | undefined {
  return Object.hasOwn(POWER, image) ? POWER[image] : undefined;
}

function power(operator: IToken): number {
  return POWER[operator.image] as number;
}
