import { operatorName, type RuleNode } from "../compiler/compiled.ts";
import type { Body, Rule, Term } from "../syntax/ast.ts";
import { walkBody } from "../syntax/visit.ts";
import type { Value } from "../value/value.ts";
import { BodyFacts, RefTable, type Fact, type RefCount } from "./index-facts.ts";
import type { IndexedRef } from "./index-terms.ts";
import type { FactPlan, LookupPlan, Operand, Pattern } from "./plan.ts";
import { constantOf } from "./terms.ts";

/**
 * What OPA's rule index knows of rules, chain by chain: which clauses it leaves for given documents and arguments. Clauses left
 * out have no solution anyway; what shows is that they are not entered, and that their builtins are not called.
 */
export function planLookup(chains: readonly (readonly Rule[])[], tree: RuleNode): LookupPlan {
  const table = new RefTable();
  const counts = new Map<number, RefCount>();
  const facts = chains.map((chain) =>
    chain.map(({ head, body }) => {
      const known = new BodyFacts(head, tree, table, counts);
      if (!showsEvaluation(body)) known.addBody(body);
      return known;
    }),
  );
  const compared = new Set<number>();
  for (const clause of facts.flat()) {
    for (const fact of [clause.facts, ...clause.paths()].flat())
      if (fact.test !== "any") compared.add(fact.ref);
  }
  const sorted = [...counts]
    .filter(([, { count }]) => count > 0)
    .sort((a, b) => inOrder(a, b, table))
    .map(([ref]) => ref);
  return {
    reads: table.refs.map(readOf),
    levels: sorted.filter((ref) => compared.has(ref)),
    required: sorted.filter((ref) => !compared.has(ref)),
    clauses: facts.map((chain) =>
      chain.map((clause) => ({
        paths: clause.paths().map((path) => path.map(factOf)),
        memberships: clause.memberships.map(({ key, collection }) => ({
          key: readOf(key),
          collection: readOf(collection),
        })),
      })),
    ),
  };
}

/** What prints, or tells of test cases, is evaluated whatever comes of it. */
function showsEvaluation(body: Body): boolean {
  let found = false;
  walkBody(body, {
    term: () => true,
    expr: ({ terms }) => {
      if (terms.kind !== "call") return;
      const name = operatorName(terms.operator);
      if (name === "internal.print" || name === "internal.test_case") found = true;
    },
  });
  return found;
}

/** What is compared with one value comes before what is compared with several, what is read often before the rest. */
function inOrder([a, left]: [number, RefCount], [b, right]: [number, RefCount], table: RefTable): number {
  if (left.alternated !== right.alternated) return left.alternated - right.alternated;
  if (left.count !== right.count) return right.count - left.count;
  const x = table.refs[a]?.location;
  const y = table.refs[b]?.location;
  if (!x || !y) return x ? 1 : y ? -1 : a - b;
  if (x.file !== y.file) return x.file < y.file ? -1 : 1;
  return x.row - y.row || x.col - y.col || a - b;
}

function readOf({ root, keys }: IndexedRef): Operand {
  const path = keys.map((key): Operand => ({ op: "const", value: constantOf(key) as Value }));
  if (root === "data") return { op: "base", path };
  const of: Operand = root === "input" ? { op: "input" } : { op: "local", slot: 1 + root, known: "unknown" };
  return path.length === 0 ? of : { op: "get", of, keys: path, store: false };
}

function factOf({ ref, test, value, delimiters }: Fact): FactPlan {
  const wanted = patternOf(value);
  return delimiters === undefined ? { ref, test, wanted } : { ref, test, wanted, delimiters };
}

/** Arrays are compared element by element, as far as they are known; sets and objects are not looked at. */
function patternOf(term: Term): Pattern {
  if (term.kind === "scalar") return { op: "equal", value: { op: "const", value: term.value } };
  if (term.kind === "array") {
    return {
      op: "array",
      items: term.items.map((item) => (item.kind === "scalar" ? patternOf(item) : { op: "any" })),
    };
  }
  return { op: "any" };
}
