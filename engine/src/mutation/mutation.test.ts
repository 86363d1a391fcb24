import { describe, expect, it } from "vitest";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { decodeMutator } from "./mutators/decode-mutator.ts";
import { MutationSystem } from "./system.ts";

const everything = { newId: () => "id" };

function mutator(kind: string, location: string, parameters: PlainObject, name = "m"): PlainObject {
  const version = kind === "AssignImage" ? "v1alpha1" : "v1";
  const applyTo =
    kind === "AssignMetadata" ? {} : { applyTo: [{ groups: [""], versions: ["v1"], kinds: ["Pod"] }] };
  return {
    apiVersion: `mutations.gatekeeper.sh/${version}`,
    kind,
    metadata: { name },
    spec: { ...applyTo, location, parameters },
  };
}

function pod(spec: PlainObject, metadata: PlainObject = {}): PlainObject {
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "n", ...metadata }, spec };
}

function mutate(object: PlainObject, ...mutators: readonly PlainObject[]) {
  const system = new MutationSystem(everything);
  for (const one of mutators) system.upsert(decodeMutator(one));
  return system.mutate({ object, operation: "", source: "Original" });
}

const value = (v: Value): PlainObject => ({ assign: { value: v } });

describe("mutators", () => {
  it.each<[string, PlainObject, PlainObject, PlainObject]>([
    [
      "sets a field and makes the objects above it",
      mutator("Assign", "spec.a.b", value(1)),
      {},
      { a: { b: 1 } },
    ],
    [
      "changes every element of a globbed list",
      mutator("Assign", "spec.containers[name: *].tty", value(true)),
      { containers: [{ name: "a" }, { name: "b" }] },
      {
        containers: [
          { name: "a", tty: true },
          { name: "b", tty: true },
        ],
      },
    ],
    [
      "adds the element that a key selects",
      mutator("Assign", "spec.ports[port: 80].name", value("web")),
      { ports: [{ port: 81 }] },
      { ports: [{ port: 81 }, { port: 80, name: "web" }] },
    ],
    [
      "replaces a whole element of a keyed list",
      mutator("Assign", "spec.ports[port: 80]", value({ port: 80, name: "new" })),
      { ports: [{ port: 80, name: "old", extra: true }] },
      { ports: [{ port: 80, name: "new" }] },
    ],
    [
      "takes names of metadata",
      mutator("Assign", "spec.owner", { assign: { fromMetadata: { field: "name" } } }),
      {},
      { owner: "p" },
    ],
    [
      "does nothing where a path test wants what is not there",
      mutator("Assign", "spec.a.b", {
        ...value(1),
        pathTests: [{ subPath: "spec.a", condition: "MustExist" }],
      }),
      {},
      {},
    ],
    [
      "sets a default only where a path test finds nothing",
      mutator("Assign", "spec.a", {
        ...value(1),
        pathTests: [{ subPath: "spec.a", condition: "MustNotExist" }],
      }),
      { a: 2 },
      { a: 2 },
    ],
    [
      "merges values into a list as into a set",
      mutator("ModifySet", "spec.list", { operation: "merge", values: { fromList: ["b", "c"] } }),
      { list: ["a", "b"] },
      { list: ["a", "b", "c"] },
    ],
    [
      "prunes values from a list",
      mutator("ModifySet", "spec.list", { operation: "prune", values: { fromList: ["b"] } }),
      { list: ["b", "a", "b"] },
      { list: ["a"] },
    ],
    [
      "changes the parts of an image it names",
      mutator("AssignImage", "spec.image", { assignDomain: "example.com", assignTag: ":v2" }),
      { image: "docker.io/library/redis@sha256:abc" },
      { image: "example.com/library/redis:v2" },
    ],
    [
      "keeps keys such as __proto__ ordinary",
      mutator("Assign", "spec.__proto__", value("x")),
      {},
      JSON.parse('{"__proto__":"x"}'),
    ],
  ])("%s", (_, given, spec, expected) => {
    expect(mutate(pod(spec), given).object["spec"]).toEqual(expected);
  });

  it("adds a label and never changes one", () => {
    const label = mutator("AssignMetadata", "metadata.labels.team", value("b"));
    expect(mutate(pod({}), label).object["metadata"]).toMatchObject({ labels: { team: "b" } });
    expect(mutate(pod({}, { labels: { team: "a" } }), label).mutated).toBe(false);
  });

  it("leaves the object that was given untouched", () => {
    const given = pod({ a: { b: 1 } });
    mutate(given, mutator("Assign", "spec.a.b", value(2)));
    expect(given).toEqual(pod({ a: { b: 1 } }));
  });

  it("applies kinds and names in order, so the last name wins", () => {
    const outcome = mutate(
      pod({}),
      mutator("Assign", "spec.a", value("late"), "z"),
      mutator("Assign", "spec.a", value("early"), "a"),
    );
    expect(outcome.object["spec"]).toEqual({ a: "late" });
  });

  it("gives up on mutators that undo one another", () => {
    const grow = mutator(
      "Assign",
      "spec.a",
      { ...value(1), pathTests: [{ subPath: "spec.a", condition: "MustNotExist" }] },
      "a",
    );
    const drop = mutator("Assign", "spec", value({}), "b");
    expect(mutate(pod({}), grow, drop).object["spec"]).toEqual({});
    const flip = (from: string, to: string) =>
      mutator(
        "Assign",
        `spec.list[key: ${to}]`,
        {
          assign: { value: { key: to } },
          pathTests: [{ subPath: `spec.list[key: ${from}]`, condition: "MustNotExist" }],
        },
        from,
      );
    expect(() => mutate(pod({ list: [] }), flip("x", "y"))).toThrow("all subpaths must be a prefix");
  });

  it("disables all mutators that disagree about a field", () => {
    const system = new MutationSystem(everything);
    const object = decodeMutator(mutator("Assign", "spec.a.b", value(1), "object"));
    const list = decodeMutator(mutator("Assign", "spec.a[name: x].b", value(1), "list"));
    system.upsert(object);
    system.upsert(list);
    expect(system.conflictOf(object.id)).toContain("conflicting schemas: ");
    expect(system.mutate({ object: pod({}), operation: "", source: "Original" }).mutated).toBe(false);
    system.remove(list.id);
    expect(system.conflictOf(object.id)).toBeUndefined();
    expect(system.mutate({ object: pod({}), operation: "", source: "Original" }).mutated).toBe(true);
  });

  it.each<[string, Value, string]>([
    [
      "spec.a[k: v].b",
      "x",
      "mismatch between path entry (type: List) and received object (type: string). Path: [k: v]",
    ],
    [
      "spec.a[k: v].b",
      {},
      "mismatch between path entry (type: List) and received object (type: map[string]interface {}). Path: [k: v]",
    ],
    [
      "spec.a.b",
      null,
      "mismatch between path entry (type: object) and received object (type: <nil>). Path: b",
    ],
    [
      "spec.a[k: *].b",
      ["x"],
      "mismatch between path entry (type: object) and received object (type: string). Path: b",
    ],
  ])("cannot set %s below %j", (location, a, message) => {
    expect(() => mutate(pod({ a }), mutator("Assign", location, value(1)))).toThrow(message);
  });

  it.each<[PlainObject, PlainObject, Value]>([
    [{ failurePolicy: "UseDefault", default: "d" }, {}, "d"],
    [{ failurePolicy: "Ignore" }, { a: "kept" }, "kept"],
    [{ failurePolicy: "Ignore" }, {}, ""],
  ])("goes by the failure policy %j while no provider can be asked", (policy, spec, wanted) => {
    const external = mutator("Assign", "spec.a", { assign: { externalData: { provider: "p", ...policy } } });
    expect(mutate(pod(spec), external).object["spec"]).toEqual({ a: wanted });
  });

  it("fails with external data by default", () => {
    const external = mutator("Assign", "spec.a", { assign: { externalData: { provider: "p" } } });
    expect(() => mutate(pod({}), external)).toThrow(
      'failed to resolve external data placeholders: provider "p" cannot be asked',
    );
  });

  it("names the mutator and the object when a value has another shape", () => {
    expect(() => mutate(pod({ a: 7 }), mutator("Assign", "spec.a.b", value(1)))).toThrow(
      "mutation id for mutator Assign.mutations.gatekeeper.sh /m failed for  Pod n p: " +
        "mismatch between path entry (type: object) and received object (type: int64). Path: b",
    );
  });
});

describe("a mutator that is refused", () => {
  it.each<[string, PlainObject, string]>([
    ["an empty field name", mutator("Assign", "spec..x", value(1)), 'got: SEPARATOR: "."'],
    ["a trailing dot", mutator("Assign", "spec.", value(1)), "trailing separators are forbidden"],
    [
      "two selectors in a row",
      mutator("Assign", "a[b: c][d: e]", value(1)),
      "expected '.' or eof, got: LBRACKET",
    ],
    [
      "an integer beyond int64",
      mutator("Assign", "a[b: 9223372036854775808]", value(1)),
      "overflow in integer string",
    ],
    [
      "an Assign below metadata",
      mutator("Assign", "metadata.labels.x", value(1)),
      "assign m can't change metadata",
    ],
    [
      "the key of a list element",
      mutator("Assign", "spec.c[name: x].name", value("y")),
      "changing the item key is not allowed",
    ],
    [
      "an append to a glob",
      mutator("Assign", "spec.c[name: *]", value("y")),
      "can't append to a globbed list",
    ],
    ["no value", mutator("Assign", "spec.x", { assign: {} }), "assign must set one of"],
    [
      "two values",
      mutator("Assign", "spec.x", { assign: { value: 1, fromMetadata: { field: "name" } } }),
      "assign must only set one of",
    ],
    [
      "a label that is no string",
      mutator("AssignMetadata", "metadata.labels.x", value(1)),
      "must be a string for AssignMetadata",
    ],
    [
      "an AssignMetadata elsewhere",
      mutator("AssignMetadata", "spec.x", value("y")),
      "invalid location for assignmetadata m: spec.x",
    ],
    ["a value of null", mutator("Assign", "spec.x", { assign: { value: null } }), "assign must set one of"],
    [
      "external data in a list",
      mutator("Assign", "spec.c[name: x]", { assign: { externalData: { provider: "p" } } }),
      "cannot assign external data response to a list",
    ],
    [
      "a default of external data that is missing",
      mutator("Assign", "spec.x", {
        assign: { externalData: { provider: "p", failurePolicy: "UseDefault" } },
      }),
      "`default` must not be empty when `failurePolicy` is set to `UseDefault`",
    ],
    [
      "a label from external data",
      mutator("AssignMetadata", "metadata.labels.x", { assign: { externalData: { provider: "p" } } }),
      "only username data source is supported for assignmetadata m",
    ],
    [
      "an element with another key",
      mutator("Assign", "spec.c[port: 80]", value({ port: 81 })),
      "adding object to list with different key port: list key 80, object key 81",
    ],
    [
      "a sub-path that is none",
      mutator("Assign", "spec.x", { ...value(1), pathTests: [{ subPath: "spec.", condition: "MustExist" }] }),
      "problem parsing sub path `spec.` for Assign m: trailing separators are forbidden",
    ],
    [
      "a location that is a number",
      { ...mutator("Assign", "spec.x", value(1)), spec: { location: 5 } },
      "json: cannot unmarshal number into Go struct field AssignSpec.spec.location of type string",
    ],
    [
      "path tests that are no list",
      mutator("Assign", "spec.x", { ...value(1), pathTests: "x" }),
      "json: cannot unmarshal string into Go struct field Parameters.spec.parameters.pathTests of type []v1.PathTest",
    ],
    [
      "values that are no list",
      mutator("ModifySet", "spec.x", { values: { fromList: "a" } }),
      "json: cannot unmarshal string into Go struct field Values.spec.parameters.values.fromList of type []interface {}",
    ],
    [
      "a match that is text",
      { ...mutator("Assign", "spec.x", value(1)), spec: { match: "x" } },
      "json: cannot unmarshal string into Go struct field AssignSpec.spec.match of type match.Match",
    ],
    [
      "a version that the kind does not have",
      { ...mutator("AssignImage", "spec.x", { assignTag: ":a" }), apiVersion: "mutations.gatekeeper.sh/v1" },
      'no kind "AssignImage" is registered for version "mutations.gatekeeper.sh/v1"',
    ],
    [
      "an image tag without a colon",
      mutator("AssignImage", "spec.x", { assignTag: "x" }),
      "must be a valid docker image tag",
    ],
  ])("%s", (_, given, message) => {
    expect(() => decodeMutator(given)).toThrow(message);
  });
});
