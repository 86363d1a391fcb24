import { expect, it, vi } from "vitest";
import { createRego } from "../rego.ts";
import type { Observer } from "../plan/events.ts";

// All code that serves observers: whoever touches it in this file throws.
const refuse = vi.hoisted(() => (): never => {
  throw new Error("code for observers");
});
vi.mock("./tracer.ts", () => ({
  // Constructors are no arrow functions.
  Tracer: function (): void {
    refuse();
  },
}));
vi.mock("./assemble/traced.ts", () => ({
  assembleSolve: refuse,
  assembleTracedBody: refuse,
  assembleTracedEvery: refuse,
  assembleTracedNot: refuse,
  assembleTracedTest: refuse,
  bodySubject: refuse,
}));
vi.mock("./assemble/traced-rule.ts", () => ({ tracedRuleUnit: refuse }));

const SOURCE = `package a
default p := 0
p := 1 if { input.x == 1 } else := 2 if { some y in q; y > 1 }
q contains x if { some x in [1, 2, 3]; not x in r }
r := {y | y := input.ys[_]; every z in [1, 2] { z > 0 }}
f(x) := s.b[x]
s[k] := v if { some k, v in {"b": {"c": 3}} }
t := [f("c"), w, walked, $"{p}"]
w := x if { x := p with input.x as 1 }
walked contains x if walk({"a": 1}, [_, x])
`;

it("a program without observers contains none of their code", () => {
  const rego = createRego({ modules: [{ name: "a.rego", source: SOURCE }] });
  const { value, errors } = rego.prepareRule(["a", "t"]).eval({ input: { ys: [2] } });
  expect(errors).toEqual([]);
  expect(value).toMatchObject([3, 1, {}, "2"]);
  const observer: Observer = { event: () => undefined };
  expect(() => rego.prepareRule(["a", "t"], { observers: [observer] })).toThrow("code for observers");
});
