import { expect, it, vi } from "vitest";
import { TraceRecorder } from "../observe/trace.ts";
import { createRego } from "../rego.ts";

// All code that tells of unifications: whoever touches it in this file throws.
const refuse = vi.hoisted(() => (): never => {
  throw new Error("code for unifications");
});
vi.mock("./unifications.ts", () => ({
  // Constructors are no arrow functions.
  Unifications: function (): void {
    refuse();
  },
  valueOf: refuse,
}));
vi.mock("./assemble/unification.ts", () => ({
  assemblePlain: refuse,
  assembleShown: refuse,
  assembleSide: refuse,
  assembleToldEvery: refuse,
  assembleToldFit: refuse,
  assembleToldLeaf: refuse,
  assembleToldResults: refuse,
  assembleToldScan: refuse,
  assembleUnification: refuse,
}));

const SOURCE = `package a
q contains x if { some x in [1, 2, 3]; x > 1 }
f([x, y]) := {"sum": z} if { z := x + y }
p := {k: v | some k, v in f([input.x, 2]); every e in q { e > 0 } }
w contains x if walk({"a": 1}, [_, x])
`;

it("a program for observers who want no unifications contains none of their code", () => {
  const rego = createRego({ modules: [{ name: "a.rego", source: SOURCE }] });
  const recorder = new TraceRecorder();
  const { results, errors } = rego.prepare("data.a", { observers: [recorder] }).eval({ input: { x: 1 } });
  expect(errors).toEqual([]);
  expect(results[0]?.expressions[0]?.value).toMatchObject({ p: { sum: 3 } });
  expect(recorder.events.some(({ op }) => op === "Unify")).toBe(false);
  const observers = [new TraceRecorder({ unifications: true })];
  expect(() => rego.prepare("data.a", { observers })).toThrow("code for unifications");
});
