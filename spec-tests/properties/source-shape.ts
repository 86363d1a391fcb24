import type { Module } from "@portcullis/interpreter";
import { sortedEntries, sortedItems } from "../../interpreter/src/syntax/term-order.ts";

/** Fields that tell how something was written, not what it means. */
const LAYOUT = new Set([
  "location",
  "refLocation",
  "comments",
  "annotations",
  "raw",
  "infix",
  "hasIf",
  "hasContains",
  "assign",
  "explicitValue",
  "strictV1",
  "generated",
]);

/** A module as plain data: without places and layout, sets and objects in order, wildcards numbered as they come. */
export function sourceShape(module: Module): unknown {
  const wildcards = new Map<string, string>();
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== "object" || node === null) return node;
    const { kind, items, entries, name } = node as Readonly<Record<string, unknown>>;
    if (kind === "var" && typeof name === "string" && name.startsWith("$")) {
      const number = wildcards.get(name) ?? `$${wildcards.size}`;
      wildcards.set(name, number);
      return { kind, name: number };
    }
    if (kind === "scalar") return { kind, value: String((node as { readonly value: unknown }).value) };
    const sorted =
      kind === "set"
        ? { kind, items: sortedItems(items as Parameters<typeof sortedItems>[0]) }
        : kind === "object"
          ? { kind, entries: sortedEntries(entries as Parameters<typeof sortedEntries>[0]) }
          : node;
    return Object.fromEntries(
      Object.entries(sorted)
        .filter(([key, value]) => !LAYOUT.has(key) && value !== undefined)
        .map(([key, value]) => [key, visit(value)]),
    );
  };
  return visit({ package: module.package, imports: module.imports, rules: module.rules });
}
