import type { PlainObject } from "@portcullis/interpreter";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Engine } from "./engine.ts";
import { reviewOfObject } from "./target/review-of-object.ts";
import { constraint, fakeDriver, namespace, pod, template } from "./testing/index.ts";

/** What is loaded, by the keys Kubernetes knows it by. */
interface Model {
  readonly templates: Map<string, PlainObject>;
  readonly constraints: Map<string, PlainObject>;
  readonly data: Map<string, PlainObject>;
}

type Change =
  | { readonly op: "template"; readonly kind: string; readonly rule: string; readonly n: number }
  | { readonly op: "constraint"; readonly kind: string; readonly name: string; readonly action: string }
  | { readonly op: "data"; readonly name: string; readonly label: string }
  | { readonly op: "drop template"; readonly kind: string }
  | { readonly op: "drop constraint"; readonly kind: string; readonly name: string }
  | { readonly op: "drop data"; readonly name: string }
  | { readonly op: "wipe" }
  | { readonly op: "look" };

const kind = fc.constantFrom("KA", "KB");
const name = fc.constantFrom("a", "b", "c");
const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.oneof(
    fc.record({
      op: fc.constant("template" as const),
      kind,
      rule: fc.constantFrom("deny all", "echo parameters", "echo inventory", "no such rule"),
      n: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({
      op: fc.constant("constraint" as const),
      kind,
      name,
      action: fc.constantFrom("deny", "warn"),
    }),
    fc.record({ op: fc.constant("data" as const), name, label: fc.constantFrom("x", "y") }),
    fc.record({ op: fc.constant("drop template" as const), kind }),
    fc.record({ op: fc.constant("drop constraint" as const), kind, name }),
    fc.record({ op: fc.constant("drop data" as const), name }),
    fc.record({ op: fc.constant("wipe" as const) }),
    fc.record({ op: fc.constant("look" as const) }),
  ),
  { maxLength: 40 },
);

function newEngine(): Engine {
  return new Engine({ driver: fakeDriver(), referentialRules: true, nowNs: () => 0n });
}

function apply(engine: Engine, model: Model, change: Change): void {
  switch (change.op) {
    case "template": {
      const parameters = { type: "object", properties: { n: { type: "integer", default: change.n } } };
      const object = template(change.kind, change.rule, { parameters });
      if (engine.addTemplate(object).ok) model.templates.set(change.kind, object);
      return;
    }
    case "constraint": {
      const object = constraint(change.kind, change.name, {
        enforcementAction: change.action,
        parameters: {},
      });
      if (engine.addConstraint(object).ok) model.constraints.set(`${change.kind}/${change.name}`, object);
      return;
    }
    case "data": {
      const object = namespace(change.name, { label: change.label });
      engine.addData(object);
      model.data.set(change.name, object);
      return;
    }
    case "drop template":
      engine.removeTemplate(change.kind.toLowerCase());
      model.templates.delete(change.kind);
      for (const key of model.constraints.keys()) {
        if (key.startsWith(`${change.kind}/`)) model.constraints.delete(key);
      }
      return;
    case "drop constraint":
      engine.removeConstraint(change.kind, change.name);
      model.constraints.delete(`${change.kind}/${change.name}`);
      return;
    case "drop data":
      engine.removeData(namespace(change.name));
      model.data.delete(change.name);
      return;
    case "wipe":
      engine.wipeData();
      model.data.clear();
      return;
    case "look":
      answer(engine);
  }
}

function answer(engine: Engine): unknown {
  const review = reviewOfObject(pod("web"));
  return engine.review(review, { enforcementPoint: "audit.gatekeeper.sh" });
}

function loadAtOnce(model: Model): Engine {
  const engine = newEngine();
  for (const object of model.data.values()) engine.addData(object);
  for (const object of model.templates.values()) engine.addTemplate(object);
  for (const object of model.constraints.values()) engine.addConstraint(object);
  return engine;
}

it("ends in the same engine whatever the way there", () => {
  fc.assert(
    fc.property(changes, (steps) => {
      const engine = newEngine();
      const model: Model = { templates: new Map(), constraints: new Map(), data: new Map() };
      for (const step of steps) apply(engine, model, step);
      const fresh = loadAtOnce(model);
      expect(engine.dump()).toEqual(fresh.dump());
      expect(answer(engine)).toEqual(answer(fresh));
    }),
    { numRuns: 300 },
  );
});
