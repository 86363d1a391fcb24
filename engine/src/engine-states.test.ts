import type { PlainObject } from "@portcullis/interpreter";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
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
  | { readonly op: "wipe kind" }
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
    fc.record({ op: fc.constant("wipe kind" as const) }),
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
    case "wipe kind":
      engine.wipeData({ group: "", version: "v1", kind: "Namespace" });
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
      expect(listed(engine)).toEqual(listed(fresh));
    }),
    { numRuns: 300 },
  );
});

/** What is in force, without the numbers that tell when it came. */
function listed(engine: Engine): unknown {
  const told = [...engine.templates(), ...engine.constraints()];
  return told.map((info) => JSON.stringify({ ...info, revision: 0 }));
}

it("holds nothing of what was taken away", async () => {
  const engine = newEngine();
  const gone = loadAndForget(engine);
  for (let attempt = 0; attempt < 50 && gone.some((ref) => ref.deref() !== undefined); attempt++) {
    // A weak reference is only emptied between two turns of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  expect(gone.map((ref) => ref.deref())).toEqual(gone.map(() => undefined));
  expect(answer(engine)).toEqual({ results: [], errors: [] });
});

/** Loads objects, reviews, and takes all of them away again; in a function of its own, so that no variable holds them. */
function loadAndForget(engine: Engine): readonly WeakRef<PlainObject>[] {
  const objects = [template("KA", "echo inventory"), constraint("KA", "a"), namespace("x"), pod("web")];
  const [policy, rule, space, web] = objects as [PlainObject, PlainObject, PlainObject, PlainObject];
  engine.addTemplate(policy);
  engine.addConstraint(rule);
  engine.addData(space);
  engine.addData(web);
  expect(
    engine.review(reviewOfObject(web), { enforcementPoint: "audit.gatekeeper.sh" }).results,
  ).toHaveLength(1);
  engine.removeConstraint("KA", "a");
  engine.removeTemplate("ka");
  engine.removeData(space);
  engine.removeData(web);
  return objects.map((object) => new WeakRef(object));
}

/** Node gives its collector to a script that asks for it. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

it("answers a review from the state it began with, whatever is written meanwhile", () => {
  const engine = newEngine();
  engine.addTemplate(template("KA", "echo inventory"));
  engine.addConstraint(constraint("KA", "a"));
  engine.addData(namespace("before"));
  const [first] = engine.review(reviewOfObject(pod("web")), {
    enforcementPoint: "audit.gatekeeper.sh",
  }).results;
  engine.addData(namespace("after"));
  engine.removeData(namespace("before"));
  expect(first?.msg).toContain("before");
  const [second] = engine.review(reviewOfObject(pod("web")), {
    enforcementPoint: "audit.gatekeeper.sh",
  }).results;
  expect(second?.msg).toContain("after");
  expect(second?.msg).not.toContain("before");
});
