import { describe, expect, it } from "vitest";
import { decodeMutator, MutationSystem } from "@portcullis/engine";
import { isObject, printValue, type PlainObject, type RegoNumber, type Value } from "@portcullis/interpreter";
import { joinImage, splitImage, validateImageParts } from "../../engine/src/mutation/image.ts";
import type { PathNode } from "../../engine/src/mutation/path/path.ts";
import { mutatorKey, type Mutator } from "../../engine/src/mutation/mutator.ts";
import { merge, prune } from "../../engine/src/mutation/mutators/modify-set.ts";
import { pathTestsOf } from "../../engine/src/mutation/path/path-tests.ts";
import { schemaConflicts } from "../../engine/src/mutation/schema-conflicts.ts";
import { compileMatch } from "../../engine/src/target/match/match.ts";
import { parsePath } from "../../engine/src/mutation/path/parse.ts";
import { scan } from "../../engine/src/mutation/path/scan.ts";
import { reference, rowsOf, type Row } from "./gator-rows.ts";

const text = (row: Row, key: string) => (typeof row[key] === "string" ? row[key] : "");

describe("mutation, against the tables of Gatekeeper's own tests", () => {
  it.for(rowsOf("mutation/path/token/TestScanner"))("tokens of $note", (row) => {
    expect(scan(text(row, "input"))).toEqual(
      (row["expected"] as readonly { Type: string; Literal: string }[]).map((token) => ({
        kind: token.Type,
        literal: token.Literal,
      })),
    );
  });

  it.for(rowsOf("mutation/path/parser/TestParser"))("location $note", (row) => {
    if (reference(row["wantErr"])) {
      expect(() => parsePath(text(row, "input"))).toThrow(Error);
      return;
    }
    const nodes = (row["expected"] ?? []) as readonly PlainObject[];
    expect(printNodes(parsePath(text(row, "input")))).toEqual(printNodes(nodes.map(nodeOfRow)));
  });

  it.for(rowsOf("mutation/mutators/assignimage/TestNewImage"))("image parts: $note", (row) => {
    const want = row["want"] as { domain?: string; path?: string; tag?: string };
    const parts = splitImage(text(row, "imageRef"));
    expect(parts).toEqual({ domain: want.domain ?? "", path: want.path ?? "", tag: want.tag ?? "" });
    expect(joinImage(parts)).toBe(text(row, "imageRef"));
  });

  it.for(rowsOf("mutation/mutators/assignimage/TestValidateImageParts"))("image validation: $note", (row) => {
    const parts = { domain: text(row, "domain"), path: text(row, "path"), tag: text(row, "tag") };
    expect(validateImageParts(parts) !== undefined).toBe(row["errFn"] !== undefined && row["errFn"] !== null);
  });
});

describe("what mutators do, in Gatekeeper's own tests", () => {
  it.for(rowsOf("mutation/mutators/assignimage/TestMutate"))("AssignImage: $note", (row) => {
    const cfg = row["cfg"] as { location: string; domain?: string; path?: string; tag?: string };
    const [image, name] = argsOf(row["obj"]) as readonly [string, string];
    const [wanted] = argsOf(row["fn"]) as readonly [string];
    const system = new MutationSystem({ newId: () => "id" });
    system.upsert(
      decodeMutator({
        apiVersion: "mutations.gatekeeper.sh/v1alpha1",
        kind: "AssignImage",
        metadata: { name: "m" },
        spec: {
          applyTo: [{ groups: [""], versions: ["v1"], kinds: ["Pod"] }],
          location: cfg.location,
          parameters: {
            assignDomain: cfg.domain ?? "",
            assignPath: cfg.path ?? "",
            assignTag: cfg.tag ?? "",
          },
        },
      }),
    );
    const pod = (text: string): PlainObject => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p" },
      spec: { containers: [{ name, image: text }] },
    });
    const target = { object: pod(image), operation: "", source: "Original" } as const;
    expect(system.mutate(target).object).toEqual(pod(wanted));
  });

  it.for([
    ...rowsOf("mutation/mutators/modifyset/TestSetterMerge").map((row) => ({ ...row, run: merge })),
    ...rowsOf("mutation/mutators/modifyset/TestSetterPrune").map((row) => ({ ...row, run: prune })),
  ])("ModifySet, $run.name: $note", ({ run, ...row }) => {
    const given = row as Row;
    const change = (): Value | undefined => run(given["existing"], (given["vals"] ?? []) as readonly Value[]);
    if (given["errExpected"] === true) expect(change).toThrow("is not a list of values");
    else expect(change()).toEqual(given["expected"]);
  });

  it.for(rowsOf("mutation/path/tester/TestConflictingEntries"))("path tests: $note", (row) => {
    const tests = (row["ts"] as readonly PlainObject[]).map((test) => ({
      subPath: parsePath((argsOf(test["SubPath"]) as readonly [string])[0]),
      condition: reference(test["Condition"]) as "MustExist" | "MustNotExist",
    }));
    const read = () => pathTestsOf(parsePath(text(row, "location")), tests);
    if (reference(row["wantErr"])) expect(read).toThrow("conflicting path test conditions");
    else expect(read().size).toBeGreaterThan(0);
  });

  const known = rowsOf("mutation/schema/TestDB_Upsert").filter((row) => row["toAdd"] !== null);
  it.for(known)("schema conflicts: $note", (row) => {
    const mutators = [...(row["before"] as readonly Value[]), row["toAdd"] as Value].map(fakeMutator);
    const distinct = [...new Map(mutators.map((mutator) => [mutatorKey(mutator.id), mutator])).values()];
    const conflicts = schemaConflicts(distinct);
    expect(conflicts.size > 0).toBe(row["wantErr"] !== null);
  });
});

function argsOf(call: Value | undefined): readonly Value[] {
  return ((call as PlainObject)["args"] ?? []) as readonly Value[];
}

/** `newFakeMutator(id(name), path, mustTerminate, gvk…)`, or with bindings of kinds and operations. */
function fakeMutator(call: Value): Mutator {
  const [id, path, mustTerminate, target] = argsOf(call) as readonly [Value, string, boolean, PlainObject];
  const isBinding = target["$call"] === "binding";
  const [group, version, kind] = argsOf(isBinding ? argsOf(target)[0] : target) as readonly [
    string,
    string,
    string,
  ];
  const operations = isBinding
    ? argsOf(target)
        .slice(1)
        .map((operation) => (reference(operation) ?? "").toUpperCase())
    : [];
  return {
    object: {},
    id: { group: "g", kind: "k", namespace: "", name: String(argsOf(id)[0]) },
    generation: "1",
    path: parsePath(path),
    applyTo: [{ groups: [group], versions: [version], kinds: [kind], operations }],
    matcher: compileMatch(undefined),
    schema: { type: "unknown", mustTerminate },
    mutate: () => undefined,
  };
}

function nodeOfRow(node: PlainObject): PathNode {
  if (typeof node["Reference"] === "string") return { kind: "object", name: node["Reference"] };
  const key = node["KeyValue"];
  // int64 values of the Go source stand as a call.
  const keyValue = isObject(key)
    ? ((key as PlainObject)["args"] as readonly RegoNumber[])[0]
    : (key as string | undefined);
  return {
    kind: "list",
    keyField: String(node["KeyField"]),
    keyValue: node["Glob"] === true ? undefined : keyValue,
  };
}

function printNodes(nodes: readonly PathNode[]): readonly string[] {
  return nodes.map((node) =>
    node.kind === "object"
      ? `field ${node.name}`
      : `element ${node.keyField} = ${node.keyValue === undefined ? "*" : printValue(node.keyValue)}`,
  );
}
