import { describe, expect, it } from "vitest";
import { isObject, printValue, type PlainObject, type RegoNumber } from "@portcullis/interpreter";
import { joinImage, splitImage, validateImageParts } from "../../engine/src/mutation/image.ts";
import type { PathNode } from "../../engine/src/mutation/path/path.ts";
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
