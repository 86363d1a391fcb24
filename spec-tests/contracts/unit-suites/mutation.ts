import { isObject, type PlainObject, type Value } from "@portcullis/interpreter";
import { listAt, textAt, valueAt } from "../../../engine/src/kubernetes/object-meta.ts";
import { mutateImage } from "../../../engine/src/mutation/mutators/assign-image.ts";
import { decodeMutator } from "../../../engine/src/mutation/mutators/decode-mutator.ts";
import { merge, prune } from "../../../engine/src/mutation/mutators/modify-set.ts";
import { parsePath } from "../../../engine/src/mutation/path/parse.ts";
import { isPrefix } from "../../../engine/src/mutation/path/path.ts";
import type { Row } from "../gator-rows.ts";
import { fromGo } from "./go-values.ts";
import { leftOut, same, throws } from "./suite.ts";
import type { RowOutcome, UnitSuite } from "./suite.ts";

const APPLY_TO = [{ groups: [""], versions: ["v1"], kinds: ["Foo"] }];

function assign(location: string, pathTests: Value, value: Value = "hello"): PlainObject {
  return {
    apiVersion: "mutations.gatekeeper.sh/v1",
    kind: "Assign",
    metadata: { name: "a" },
    spec: { applyTo: APPLY_TO, location, parameters: { assign: { value }, pathTests } },
  };
}

/** `newObj(value, ...path)`: the value at a path below `spec`. */
function nested(call: Value | undefined): Value {
  const [value = {}, ...path] = listAt(call, "args");
  return path.reduceRight<Value>((inner, key) => ({ [String(key)]: inner }), value);
}

/**
 * A path test in Go ends in a function that looks at the result. What it looks for follows from the row: the value is set where
 * every test's condition holds for the object as it is, and the object stays as it was where one does not.
 */
function pathTestRow(row: Row): RowOutcome {
  const location = textAt(row, "cfg", "path");
  if (location.includes("["))
    return leftOut("lists: what is wanted is in a Go function; engine's mutation.test.ts has them");
  const tests = fromGo(valueAt(row, "cfg", "pathTests") ?? []) as readonly Value[] | null;
  const spec =
    isObject(row["spec"] ?? null) && textAt(row["spec"], "$call") !== "" ? nested(row["spec"]) : {};
  const object = { apiVersion: "v1", kind: "Foo", metadata: { name: "f" }, spec };
  const mutator = decodeMutator(assign(location, tests ?? []));
  const holds = (tests ?? []).every((test) => {
    const found = valueAt(object, ...textAt(test, "subPath").split("."));
    return textAt(test, "condition") === "MustExist" ? found !== undefined : found === undefined;
  });
  const result = mutator.mutate(object);
  const after = result ?? object;
  return holds ? same(valueAt(after, ...location.split(".")), "hello") : same(after, object);
}

function setterRow(work: (existing: Value | undefined, values: readonly Value[]) => Value | undefined) {
  return (row: Row): RowOutcome => {
    const run = (): Value | undefined =>
      work(row["existing"] ?? undefined, (row["vals"] ?? []) as readonly Value[]);
    if (row["errExpected"] === true) return same(throws(run), true);
    return same(run(), row["expected"] ?? null);
  };
}

function conflictRow(row: Row): RowOutcome {
  const tests = (row["ts"] as readonly Value[]).map((test) => ({
    subPath: String(listAt(test, "SubPath", "args")[0]),
    condition: fromGo(valueAt(test, "Condition")),
  }));
  const refused = throws(() => decodeMutator(assign(textAt(row, "location"), tests)));
  return same(refused, isObject(row["wantErr"] ?? null));
}

function imageRow(row: Row): RowOutcome {
  const [before] = listAt(row, "obj", "args");
  const [wanted] = listAt(row, "fn", "args");
  const wish = {
    domain: textAt(row, "cfg", "domain"),
    path: textAt(row, "cfg", "path"),
    tag: textAt(row, "cfg", "tag"),
  };
  return same(mutateImage(String(before), wish), wanted);
}

function imageMutatorRow(row: Row): RowOutcome {
  const [assignDomain, assignPath, assignTag] = ["domain", "path", "tag"].map((key) =>
    textAt(row, "cfg", key),
  ) as [string, string, string];
  const object = {
    apiVersion: "mutations.gatekeeper.sh/v1alpha1",
    kind: "AssignImage",
    metadata: { name: "a" },
    spec: {
      applyTo: APPLY_TO,
      location: textAt(row, "cfg", "location"),
      parameters: { assignDomain, assignPath, assignTag },
    },
  };
  return same(
    throws(() => decodeMutator(object)),
    isObject(row["errFn"] ?? null),
  );
}

function metadataLocationRow(row: Row): RowOutcome {
  const [, location, valid] = row["value"] as readonly [string, string, boolean];
  const object = {
    apiVersion: "mutations.gatekeeper.sh/v1",
    kind: "AssignMetadata",
    metadata: { name: "a" },
    spec: { location, parameters: { assign: { value: "x" } } },
  };
  return same(!throws(() => decodeMutator(object)), valid);
}

export const MUTATION_SUITES: Readonly<Record<string, UnitSuite>> = {
  "mutation/path/token/TestScanner": { testedIn: "mutation.test.ts" },
  "mutation/path/parser/TestParser": { testedIn: "mutation.test.ts" },
  "mutation/path/parser/TestDeepCopy": { leftOut: "copies a Go struct; paths are immutable here" },
  "mutation/path/tester/TestConflictingEntries": { judge: conflictRow },
  "mutation/path/tester/TestPrefix": {
    judge: (row) =>
      same(isPrefix(parsePath(textAt(row, "short")), parsePath(textAt(row, "long"))), row["prefix"]),
  },
  "mutation/mutators/assign/TestPathTests": { judge: pathTestRow },
  "mutation/mutators/assign/TestAssign": {
    leftOut:
      "each row ends in a Go function that says what is wanted; mutation.test.ts of the engine has the same cases",
  },
  "mutation/mutators/assignmeta/TestAssignMetadata": {
    leftOut: "external data and a Go maker of objects; mutation.test.ts of the engine has fromMetadata",
  },
  "mutation/mutators/assignimage/TestNewImage": { testedIn: "mutation.test.ts" },
  "mutation/mutators/assignimage/TestValidateImageParts": { testedIn: "mutation.test.ts" },
  "mutation/mutators/assignimage/TestMutate": { judge: imageRow },
  "mutation/mutators/assignimage/TestMutatorForAssignImage": { judge: imageMutatorRow },
  "mutation/mutators/modifyset/TestSetterMerge": { judge: setterRow(merge) },
  "mutation/mutators/modifyset/TestSetterPrune": { judge: setterRow(prune) },
  "mutation/mutators/TestPathValidation": { judge: metadataLocationRow },
  "mutation/mutators/TestAssignHasDiff": {
    leftOut: "compares Go structs; an update replaces the mutator here",
  },
  "mutation/mutators/TestAssignMetadataHasDiff": {
    leftOut: "compares Go structs; an update replaces the mutator here",
  },
};
