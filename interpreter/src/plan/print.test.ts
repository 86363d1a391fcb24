import { expect, it } from "vitest";
import { builtins } from "../builtins/index.ts";
import { defaultCapabilities } from "../builtins/capabilities.ts";
import { compile } from "../compiler/compile.ts";
import { parseModule } from "../syntax/parse.ts";
import { Decimal } from "../value/number.ts";
import { RegoSet } from "../value/set.ts";
import { planDocument } from "./planner.ts";
import type { Plan } from "./plan.ts";
import { printPlan } from "./print.ts";

it("variables become slots, references loops", () => {
  expect(
    plan(`package a
p contains y if {
	some x in input.xs
	x.n > 1
	[y, _] = x.pair
	not q[y]
}
q contains "z"`),
  ).toBe(`\
query (2 slots)
  $1 := data.a.p
  show data.a.p: $1

set data.a.p (6 slots)
  clause 0 at row 2
    for $1 in input.xs
      $3 := $1.n
      check gt($3, 1)
      $1.pair fits [$4, $5]
      not
        check data.a.q[$4]
    element $4

set data.a.q[$1] (2 slots)
  clause 0 at row 8
    $1 == "z"
    element "z"
`);
});

it("clauses that begin alike share what they begin with", () => {
  const text = plan(`package a
p contains "no name" if {
	x := input.xs[_]
	not x.name
}
p contains "no size" if {
	y := input.xs[_]
	s := y.size
	s == 0
}
p contains s if {
	x := input.xs[_]
	s := x.size
	s > 9
}
p contains "none" if input.none`);
  expect(text.slice(text.indexOf("  clause 3"))).toBe(`\
  clause 3 at row 16
    check input.none
    element "none"
  clauses 0 1 2 share 1 step
    clauses 1 2 share 1 step
`);
});

it("a comparison with what a loop over base documents reaches becomes a join", () => {
  const text = plan(`package a
p contains name if {
	host := input.hosts[_]
	other := data.inventory[name]
	other.kind == "Ingress"
	other.spec.rules[_].host == host
}`);
  expect(text).toContain(`\
    for $1 in input.hosts
      join $3, $2, $4 on $4.host == $1
        for $3, $2 in base.inventory
          $2.kind == "Ingress"
          for $4 in $2.spec.rules
      each
    element $3
`);
});

it("a partial set of which a reference wants some elements is made for those alone", () => {
  const text = plan(`package a
p contains m if q[{"msg": m, "field": "containers"}]
q contains {"msg": m, "field": field} if m := input.spec[field][_].name
q contains {"msg": "other", "field": "volumes"} if input.other`);
  expect(text).toContain(`\
set data.a.q[{"field": "containers"}] (4 slots)
  clause 0 at row 3
    for $3 in input.spec.containers
      $2 := $3.name
    element {"field": "containers", "msg": $2}
`);
  expect(text).not.toContain("row 4");
});

it("a partial set whose elements take the same work one by one is made as a whole", () => {
  const text = plan(`package a
p contains m if q[{"msg": m, "field": "containers"}]
q contains {"msg": x.name, "field": x.field} if some x in input.xs`);
  expect(text).toContain("set data.a.q (");
});

it("many clauses that compare one value get an index", () => {
  const clauses = ["a", "b", "c", "d"].map((kind) => `p := "${kind}" if input.kind == "${kind}"`);
  expect(plan(["package a", ...clauses].join("\n"))).toContain(`\
complete data.a.p (1 slots)
  index on input.kind
    "a":
      clauses 0
`);
});

it.each([false, true])("a plan is plain data, places and all (made for observers: %s)", (observed) => {
  const source = `package a
p contains x if { some x in input.xs; not q[x]; every y in x { y > 1 }; f(x) == {1, 2.50} with input.z as 1 }
q contains 1
f(x) := {y | walk(x, [_, y])} if data.b[x].c`;
  const seen = new Set<unknown>();
  const visit = (part: unknown): void => {
    expect(typeof part).not.toBe("function");
    if (typeof part !== "object" || part === null || seen.has(part)) return;
    seen.add(part);
    if (part instanceof RegoSet || part instanceof Decimal) return;
    expect([Object.prototype, Array.prototype]).toContain(Object.getPrototypeOf(part));
    for (const inner of Object.values(part)) visit(inner);
  };
  const { rules, query } = planOf(source, observed);
  visit({ rules, query });
  for (const { chains } of rules) {
    for (const { span, body } of chains.flat()) expect([span.row, body.span.row]).not.toContain(0);
  }
});

/** The plan of `data.a.p`, printed. */
function plan(source: string): string {
  return printPlan(planOf(source, false));
}

function planOf(source: string, observed: boolean): Plan {
  const capabilities = defaultCapabilities(builtins);
  const parsed = parseModule({ name: "a.rego", source, version: "v1", capabilities });
  if (!parsed.ok) throw new Error("does not parse");
  const result = compile(new Map([["a.rego", parsed.module]]), { capabilities });
  if (!result.ok) throw new Error("does not compile");
  return planDocument(result.compiled, ["a", "p"], {
    exact: observed,
    observed,
    unifications: false,
    ruleIndex: true,
    stableInput: undefined,
    builtin: (name) => {
      const row = builtins.get(name);
      return (
        row && {
          arity: row.decl.args.length,
          relation: row.relation === true,
          pure: row.nondeterministic !== true,
        }
      );
    },
  });
}
