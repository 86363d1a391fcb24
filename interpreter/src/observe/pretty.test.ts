import { describe, expect, it } from "vitest";
import { createRego } from "../rego.ts";
import { prettyTrace } from "./pretty.ts";
import { selectEvents, TraceRecorder, type TraceMode } from "./trace.ts";

/** The wanted texts are what OPA 1.22 prints for the same modules, queries and modes. */
const MODULE = `package a

p if input.x == 1

q contains x if {
	some x in input.xs
	x > 1
}

d := 1 if {
	input.x == 2
} else := 3 if {
	not q[7]
	trace("here")
}

e if {
	every x in q { x > 0 }
}
`;
const INPUT = { x: 1, xs: [1, 2] };

describe("a trace is printed as OPA prints it", () => {
  it("a rule that matches", () => {
    expect(trace("data.a.p")).toBe(`\
query:1      Enter data.a.p = _
query:1      | Eval data.a.p = _
query:1      | Index data.a.p (matched 1 rule, early exit)
a.rego:3     | Enter data.a.p
a.rego:3     | | Eval input.x = 1
a.rego:3     | | Exit data.a.p early
query:1      | Exit data.a.p = _
query:1      Redo data.a.p = _
query:1      | Redo data.a.p = _
a.rego:3     | Redo data.a.p
a.rego:3     | | Redo input.x = 1
`);
  });

  it("backtracking over a set", () => {
    expect(trace("x := data.a.q[_]")).toBe(`\
query:1      Enter x = data.a.q[_]
query:1      | Eval x = data.a.q[_]
query:1      | Index data.a.q (matched 1 rule)
a.rego:5     | Enter data.a.q
a.rego:6     | | Eval x = input.xs[__local0__]
a.rego:7     | | Eval gt(x, 1)
a.rego:7     | | Fail gt(x, 1)
a.rego:6     | | Redo x = input.xs[__local0__]
a.rego:7     | | Eval gt(x, 1)
a.rego:5     | | Exit data.a.q
a.rego:5     | Redo data.a.q
a.rego:7     | | Redo gt(x, 1)
a.rego:6     | | Redo x = input.xs[__local0__]
query:1      | Exit x = data.a.q[_]
query:1      Redo x = data.a.q[_]
query:1      | Redo x = data.a.q[_]
`);
  });

  it("the way to a note", () => {
    expect(trace("data.a.d", "notes")).toBe(`\
query:1       Enter data.a.d = _
a.rego:12     | Enter data.a.d
a.rego:14     | | Note "here"
`);
  });

  it("the ways to failures", () => {
    expect(trace("data.a.p; data.a.q[3]", "fails")).toBe(`\
query:1      Enter data.a.p = _; data.a.q[3] = _; _; _
a.rego:5     | Enter data.a.q
a.rego:6     | | Fail x = input.xs[__local0__]
query:1      | Fail data.a.q[3] = _
`);
  });

  it("every, an evaluation for each element", () => {
    expect(trace("data.a.e")).toContain(`\
a.rego:18     | | Enter every x in __local5__ { gt(x, 0) }
a.rego:18     | | | Eval __local5__[__local3__] = x
a.rego:18     | | | Enter gt(x, 0)
a.rego:18     | | | | Eval gt(x, 0)
a.rego:18     | | | | Exit gt(x, 0) early
a.rego:18     | | | Redo gt(x, 0)
a.rego:18     | | | | Redo gt(x, 0)
a.rego:18     | | | Redo every x in __local5__ { gt(x, 0) }
a.rego:18     | | | Redo __local5__[__local3__] = x
`);
  });
});

it("debug shows unifications, where the event before them was", () => {
  expect(trace("data.a.p", "debug")).toBe(`\
query:1      Enter data.a.p = _
query:1      | Eval data.a.p = _
query:1      | Unify data.a.p = _
query:1      | Index data.a.p (matched 1 rule, early exit)
a.rego:3     | Enter data.a.p
a.rego:3     | | Eval input.x = 1
a.rego:3     | | Unify input.x = 1
a.rego:3     | | Unify 1 = 1
a.rego:3     | | Exit data.a.p early
query:1      | Unify true = _
query:1      | Exit data.a.p = _
query:1      Redo data.a.p = _
query:1      | Redo data.a.p = _
a.rego:3     | Redo data.a.p
a.rego:3     | | Redo input.x = 1
`);
});

it("columns are as wide as their longest text in bytes, and filled up by characters", () => {
  const recorder = new TraceRecorder({ locals: true });
  createRego({ modules: [] })
    .prepare('x = "♙"', { observers: [recorder] })
    .eval({});
  expect(prettyTrace(recorder.events, { vars: true })).toBe(`\
query:1     Enter x = "♙"        {}
query:1     | Eval x = "♙"       {}
query:1     | Exit x = "♙"       {x: "♙"}
query:1     Redo x = "♙"         {x: "♙"}
query:1     | Redo x = "♙"       {x: "♙"}
`);
});

it("shows variables where asked to", () => {
  const recorder = new TraceRecorder({ locals: true });
  createRego({ modules: [{ name: "a.rego", source: MODULE }] })
    .prepare("data.a.q", { observers: [recorder] })
    .eval({ input: INPUT });
  const line = prettyTrace(recorder.events, { vars: true })
    .split("\n")
    .find((text) => text.includes("Fail gt"));
  expect(line).toMatch(/\| \| Fail gt\(x, 1\) +\{x: 1\}$/);
});

function trace(query: string, mode: TraceMode = "full"): string {
  const recorder = new TraceRecorder({ unifications: mode === "debug" });
  createRego({ modules: [{ name: "a.rego", source: MODULE }] })
    .prepare(query, { observers: [recorder] })
    .eval({ input: INPUT });
  return prettyTrace(selectEvents(recorder.events, mode));
}
