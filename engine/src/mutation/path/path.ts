import { equals, numberText, type RegoNumber } from "@portcullis/interpreter";

/** A parsed location: which part of an object a mutator changes. */
export type Path = readonly PathNode[];

export type PathNode = ObjectNode | ListNode;

/** A field of an object. */
export interface ObjectNode {
  readonly kind: "object";
  readonly name: string;
}

/** Elements of a list: those whose `keyField` has the value, or all of them. */
export interface ListNode {
  readonly kind: "list";
  readonly keyField: string;
  /** Undefined for a glob (`[name: *]`). */
  readonly keyValue: string | RegoNumber | undefined;
}

/** The location in its own grammar again; names that need quotes get them. */
export function printPath(path: Path): string {
  return path
    .map((node, i) => {
      if (node.kind === "object") return `${i === 0 ? "" : "."}${quoted(node.name)}`;
      return `[${quoted(node.keyField)}: ${printKey(node.keyValue)}]`;
    })
    .join("");
}

export function sameNode(a: PathNode, b: PathNode): boolean {
  if (a.kind === "object" || b.kind === "object")
    return a.kind === b.kind && (a as ObjectNode).name === (b as ObjectNode).name;
  if (a.keyField !== b.keyField) return false;
  if (a.keyValue === undefined || b.keyValue === undefined) return a.keyValue === b.keyValue;
  return typeof a.keyValue === typeof b.keyValue && equals(a.keyValue, b.keyValue);
}

/** True when `prefix` is the beginning of `path`, node by node. */
export function isPrefix(prefix: Path, path: Path): boolean {
  return prefix.length <= path.length && prefix.every((node, i) => sameNode(node, path[i] as PathNode));
}

function printKey(value: string | RegoNumber | undefined): string {
  if (value === undefined) return "*";
  return typeof value === "string" ? quoted(value) : numberText(value);
}

function quoted(name: string): string {
  return /^[A-Za-z_-][A-Za-z0-9_-]*$/.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
}
