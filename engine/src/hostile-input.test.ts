import { parseJson, setOwn } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createClient } from "./create-client.ts";
import { decodeExpansionTemplate } from "./expansion/template.ts";
import { isPlainObject } from "./kubernetes/object-meta.ts";
import { decodeMutator } from "./mutation/mutators/decode-mutator.ts";
import { MutationSystem } from "./mutation/system.ts";
import { reviewOfObject } from "./target/review-of-object.ts";
import { constraint, namespace, pod, template } from "./testing/index.ts";

const REGO = 'package x\nviolation[{"msg": msg}] { msg := sprintf("%v", [input.parameters]) }';
const SCHEMA: PlainObject = {
  type: "object",
  properties: {
    a: { type: "string", pattern: "^a", default: "a" },
    b: { type: "array", items: { type: "integer", minimum: 1 }, "x-kubernetes-list-type": "set" },
    c: { type: "object", additionalProperties: { "x-kubernetes-int-or-string": true } },
    d: { type: "object", properties: { e: { type: "boolean" } }, anyOf: [{ required: ["e"] }] },
  },
};
const TEMPLATE = template("KA", REGO, { parameters: SCHEMA, libs: ["package lib.y\nf(x) = x { true }"] });
const CONSTRAINT = constraint("KA", "c", {
  enforcementAction: "scoped",
  scopedEnforcementActions: [{ action: "deny", enforcementPoints: [{ name: "*" }] }],
  match: {
    kinds: [{ apiGroups: [""], kinds: ["Pod"] }],
    labelSelector: { matchExpressions: [{ key: "a", operator: "NotIn", values: ["b"] }] },
    namespaceSelector: { matchLabels: { a: "b" } },
    namespaces: ["a*"],
    name: "*",
  },
  parameters: { a: "a", b: [1], c: { x: 1 } },
});
const POD_ONLY = { groups: [""], versions: ["v1"], kinds: ["Pod"] };

function mutator(kind: string, spec: PlainObject): PlainObject {
  const version = kind === "AssignImage" ? "v1alpha1" : "v1";
  return { apiVersion: `mutations.gatekeeper.sh/${version}`, kind, metadata: { name: "m" }, spec };
}

const MUTATORS: readonly PlainObject[] = [
  mutator("Assign", {
    applyTo: [{ ...POD_ONLY, operations: ["CREATE", "UPDATE"] }],
    match: { namespaces: ["*"], labelSelector: { matchLabels: {} } },
    location: "spec.containers[name: *].tty",
    parameters: {
      assign: { value: true },
      pathTests: [{ subPath: "spec.containers[name: *]", condition: "MustExist" }],
    },
  }),
  mutator("AssignMetadata", {
    location: "metadata.labels.owner",
    parameters: { assign: { fromMetadata: { field: "name" } } },
  }),
  mutator("ModifySet", {
    applyTo: [POD_ONLY],
    location: "spec.containers[name: main].args",
    parameters: { operation: "merge", values: { fromList: ["-v"] } },
  }),
  mutator("AssignImage", {
    applyTo: [POD_ONLY],
    location: "spec.containers[name: main].image",
    parameters: { assignDomain: "example.com", assignPath: "a/b", assignTag: ":v1" },
  }),
];

const EXPANSION: PlainObject = {
  apiVersion: "expansion.gatekeeper.sh/v1beta1",
  kind: "ExpansionTemplate",
  metadata: { name: "e" },
  spec: {
    applyTo: [{ groups: ["apps"], versions: ["v1"], kinds: ["Deployment"] }],
    templateSource: "spec.template",
    generatedGVK: { group: "", version: "v1", kind: "Pod" },
  },
};

/** Values that somebody might write, or mean to hurt with. */
const odd: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom<Value>(null, true, "", "x", "*", "*", 0, -1, 1.5, 2 ** 53, [], {}, [null], [[]], [{}]),
  fc.constantFrom<Value>(
    "(",
    "[".repeat(50),
    "a".repeat(10_000),
    "\u0000",
    "\ud800",
    "__proto__",
    "constructor",
  ),
  fc.constantFrom<Value>(number("1e400"), number("1e-400"), number("123456789012345678901234567890")),
  fc.json({ maxDepth: 3 }).map(parsed),
  fc.constant(parsed('{"__proto__": {"a": 1}, "constructor": "x"}')),
);

function parsed(text: string): Value {
  const result = parseJson(text);
  return result.ok ? result.value : null;
}

function number(text: string): Value {
  return parsed(text);
}

/** The object with something odd at one to three of its places. */
function damaged(object: PlainObject): fc.Arbitrary<PlainObject> {
  const places = placesOf(object, []);
  const damage = fc.record({ place: fc.constantFrom(...places), value: odd, added: fc.boolean() });
  return fc.array(damage, { minLength: 1, maxLength: 3 }).map((damages) => {
    let result: Value = object;
    for (const { place, value, added } of damages) {
      result = replaced(result, added ? [...place, "__proto__"] : place, value);
    }
    return result as PlainObject;
  });
}

type Place = readonly (string | number)[];

function placesOf(value: Value, place: Place): readonly Place[] {
  const below = Array.isArray(value)
    ? (value as readonly Value[]).flatMap((item, index) => placesOf(item, [...place, index]))
    : isPlainObject(value)
      ? Object.keys(value).flatMap((key) => placesOf(value[key] as Value, [...place, key]))
      : [];
  return place.length === 0 ? below : [place, ...below];
}

function replaced(value: Value, [key, ...rest]: Place, put: Value): Value {
  if (key === undefined) return put;
  if (typeof key === "number") {
    return Array.isArray(value)
      ? (value as readonly Value[]).map((item, index) => (index === key ? replaced(item, rest, put) : item))
      : value;
  }
  if (!isPlainObject(value)) return value;
  const copy = { ...value };
  setOwn(copy, key, replaced(Object.hasOwn(value, key) ? (value[key] as Value) : {}, rest, put));
  return copy;
}

/** The name of what was thrown; a refusal has a name of its own. */
function thrownBy(run: () => void): string {
  try {
    run();
    return "nothing";
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

const AUDIT = { enforcementPoint: "audit.gatekeeper.sh", timeoutMs: 10_000 } as const;

describe("what nobody would write is answered, never thrown", () => {
  it("a template", () => {
    fc.assert(
      fc.property(damaged(TEMPLATE), (object) => {
        const client = createClient();
        const outcomes = [client.validateTemplate(object), client.addTemplate(object)];
        client.addConstraint(constraint("KA", "c"));
        expect(outcomes.map((outcome) => (outcome.ok ? "ok" : outcome.error.message))).not.toContain("");
        expect(client.review(reviewOfObject(pod("web")), AUDIT).errors).toEqual([]);
      }),
    );
  });

  it("a constraint", () => {
    const client = createClient();
    expect(client.addTemplate(TEMPLATE).ok).toBe(true);
    fc.assert(
      fc.property(damaged(CONSTRAINT), (object) => {
        const checked = client.validateConstraint(object);
        const added = client.addConstraint(object);
        // What is admitted can be loaded; the list of scoped actions alone is looked at only then.
        const late = !added.ok && added.error.message.startsWith("missing required field: spec.scoped");
        expect(added.ok || late).toBe(checked.ok);
        const review = reviewOfObject(pod("web"), { namespace: namespace("default") });
        expect(client.review(review, AUDIT).errors).toEqual([]);
      }),
    );
  });

  it("an object, a request, the inventory", () => {
    const client = createClient();
    client.addTemplate(TEMPLATE);
    client.addConstraint(CONSTRAINT);
    const request = {
      operation: "UPDATE",
      kind: {},
      userInfo: {},
      object: pod("web"),
      oldObject: pod("old"),
    };
    fc.assert(
      fc.property(damaged(request), damaged(pod("web")), (review, object) => {
        client.addData(object);
        client.review({ request: review, source: "Original" }, AUDIT);
        client.review(reviewOfObject(object), AUDIT);
        client.removeData(object);
      }),
    );
    expect(({} as Record<string, unknown>)["a"]).toBeUndefined();
  });

  it.each(MUTATORS.map((object) => [String(object["kind"]), object] as const))("%s", (_kind, sound) => {
    fc.assert(
      fc.property(damaged(sound), damaged(pod("web")), (object, target) => {
        const system = new MutationSystem({ newId: () => "id" });
        const thrown = thrownBy(() => {
          system.upsert(decodeMutator(object));
          system.mutate({ object: target, operation: "", source: "Original" });
        });
        expect(["nothing", "InvalidMutatorError", "MutationError"]).toContain(thrown);
      }),
    );
  });

  it("an ExpansionTemplate", () => {
    fc.assert(
      fc.property(damaged(EXPANSION), (object) => {
        const thrown = thrownBy(() => void decodeExpansionTemplate(object));
        expect(["nothing", "InvalidExpansionTemplateError"]).toContain(thrown);
      }),
    );
  });
});

describe("a template that is huge", () => {
  const nested = (depth: number, wrap: (inner: PlainObject) => PlainObject): PlainObject => {
    let schema: PlainObject = { type: "string" };
    for (let i = 0; i < depth; i++) schema = wrap(schema);
    return schema;
  };

  it.each<readonly [string, (inner: PlainObject) => PlainObject]>([
    ["properties", (inner) => ({ type: "object", properties: { a: inner } })],
    ["items", (inner) => ({ type: "array", items: inner })],
    ["anyOf", (inner) => ({ anyOf: [inner] })],
  ])("in %s is refused by its depth", (_key, wrap) => {
    const parameters = nested(5_000, wrap);
    expect(createClient().addTemplate(template("KA", REGO, { parameters }))).toMatchObject({
      error: { message: "unable to convert template: schema is nested deeper than 200 levels" },
    });
  });

  it("has as many fields as it likes", () => {
    const properties = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, i) => [`f${i}`, { type: "string" }]),
    );
    const client = createClient();
    expect(client.addTemplate(template("KA", REGO, { parameters: { type: "object", properties } })).ok).toBe(
      true,
    );
    expect(client.addConstraint(constraint("KA", "c", { parameters: { f7: "x", other: 1 } }))).toMatchObject({
      error: { message: "invalid Constraint: unknown fields: [spec.parameters.other]" },
    });
  });

  it("with Rego nested beyond reason is refused with a place", () => {
    const rego = `package x\nviolation[{"msg": "x"}] { x := ${"[".repeat(20_000)}${"]".repeat(20_000)} }`;
    const outcome = createClient().addTemplate(template("KA", rego));
    expect(outcome.ok ? "" : outcome.error.message).toMatch(/^invalid ConstraintTemplate: .*template:2/s);
  });
});
