import { Decimal } from "../value/number.ts";
import type { Value } from "../value/value.ts";
import type { ChainPlan, ClausePlan, IndexNode, Operand } from "./plan.ts";

/**
 * Which chains of a rule can match is decided by reading a few values: those that several bodies compare with a scalar
 * (`input.kind == "Pod"`, an argument equal to a constant). A chain left out would have failed at that comparison.
 * Undefined where reading would not pay.
 */
export function planIndex(chains: readonly ChainPlan[], params: number): IndexNode | undefined {
  if (chains.length < LEAST_CHAINS) return undefined;
  const facts = chains.map((chain) =>
    chain.length === 1 ? factsOf(chain[0], params) : new Map<string, Fact>(),
  );
  const frequency = new Map<string, { operand: Operand; count: number }>();
  for (const chain of facts) {
    for (const [key, fact] of chain) {
      const entry = frequency.get(key);
      if (entry) entry.count++;
      else frequency.set(key, { operand: fact.on, count: 1 });
    }
  }
  const levels = [...frequency].filter(([, { count }]) => count > 1).sort((a, b) => b[1].count - a[1].count);
  const all = chains.map((_, i) => i);
  const root = build(
    all,
    levels.map(([key, { operand }]) => ({ key, operand })),
    facts,
  );
  return "on" in root ? root : undefined;
}

/** Below this number of chains running the bodies costs no more than looking up. */
const LEAST_CHAINS = 4;

interface Fact {
  readonly on: Operand;
  readonly value: Value;
}
interface Level {
  readonly key: string;
  readonly operand: Operand;
}

function build(
  chains: readonly number[],
  levels: readonly Level[],
  facts: readonly ReadonlyMap<string, Fact>[],
): IndexNode | readonly number[] {
  const [level, ...rest] = levels;
  if (!level) return chains;
  const byValue = new Map<Value, number[]>();
  const others: number[] = [];
  for (const chain of chains) {
    const fact = facts[chain]?.get(level.key);
    if (!fact) others.push(chain);
    else {
      const same = byValue.get(fact.value);
      if (same) same.push(chain);
      else byValue.set(fact.value, [chain]);
    }
  }
  if (byValue.size === 0) return build(chains, rest, facts);
  return {
    on: level.operand,
    equal: [...byValue].map(([value, then]) => ({ value, then: build(then, rest, facts) })),
    other: build(others, rest, facts),
  };
}

/** The comparisons with scalars that a clause cannot succeed without. */
function factsOf(clause: ClausePlan, params: number): Map<string, Fact> {
  const facts = new Map<string, Fact>();
  for (const expr of clause.body.exprs) {
    for (const step of expr.steps) {
      if (step.op !== "equal") continue;
      const fact = factOf(step.left, step.right, params) ?? factOf(step.right, step.left, params);
      if (fact) facts.set(JSON.stringify(fact.on), fact);
    }
  }
  return facts;
}

function factOf(on: Operand, constant: Operand, params: number): Fact | undefined {
  if (constant.op !== "const" || !isIndexable(on, params)) return undefined;
  const value = indexKey(constant.value);
  return value === undefined ? undefined : { on, value };
}

/** The key under which a scalar stands in an index; undefined for values no index holds. */
export function indexKey(value: Value): null | boolean | number | string | undefined {
  if (value instanceof Decimal) return value.toPlainNumber();
  return typeof value === "object" && value !== null ? undefined : value;
}

/** Values that are the same for the whole call: parts of the input and arguments. */
function isIndexable(operand: Operand, params: number): boolean {
  if (operand.op === "input" || isParameter(operand, params)) return true;
  return (
    operand.op === "get" && isIndexable(operand.of, params) && operand.keys.every((key) => key.op === "const")
  );
}

function isParameter(operand: Operand, params: number): boolean {
  return operand.op === "local" && operand.slot >= 1 && operand.slot <= params;
}
