import { printValue, type Module, type Value } from "@portcullis/interpreter";
import type { TemplateTerm } from "../../interpreter/src/syntax/ast.ts";
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

/** A module as plain data: without places and layout, sets, objects and imports in order, wildcards numbered as they come. */
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
    if (kind === "template") return { kind, parts: templateParts(node as TemplateTerm).map(visit) };
    if (kind === "scalar") return { kind, value: printValue((node as { readonly value: Value }).value) };
    const sorted =
      kind === "set"
        ? { kind, items: sortedItems(items as Parameters<typeof sortedItems>[0]) }
        : kind === "object"
          ? { kind, entries: sortedEntries(entries as Parameters<typeof sortedEntries>[0]) }
          : node;
    return Object.fromEntries(
      Object.entries(sorted)
        .filter(([key, value]) => !LAYOUT.has(key) && value !== undefined && !isEmptyArgs(key, value))
        .map(([key, value]) => [key, visit(value)]),
    );
  };
  return visit({ package: module.package, imports: inOrder(module.imports.map(visit)), rules: module.rules });
}

/** `p()` in a head is `p`. */
function isEmptyArgs(key: string, value: unknown): boolean {
  return key === "args" && Array.isArray(value) && value.length === 0;
}

/** The pieces of a template string; a scalar in braces is as good as its text. */
function templateParts({ parts }: TemplateTerm): readonly unknown[] {
  const pieces: unknown[] = [];
  for (const part of parts) {
    const term = typeof part === "string" || part.terms.kind !== "term" ? undefined : part.terms.term;
    const text =
      typeof part === "string" ? part : term?.kind === "scalar" ? scalarText(term.value) : undefined;
    const last = pieces.at(-1);
    if (text === undefined) pieces.push(part);
    else if (text !== "" && typeof last === "string") pieces[pieces.length - 1] = last + text;
    else if (text !== "") pieces.push(text);
  }
  return pieces;
}

function scalarText(value: Value): string {
  return typeof value === "string" ? value : printValue(value);
}

/** Imports may stand in any order. Those of keywords say nothing beside `rego.v1`: the statements tell what was read. */
function inOrder(imports: readonly unknown[]): readonly unknown[] {
  const all = imports.map((one) => JSON.stringify(one));
  const hasV1 = all.some((text) => /"rego".*\\"v1\\"/.test(text));
  const texts = all.filter((text) => !hasV1 || !/"future".*\\"keywords\\"/.test(text));
  return texts.sort((a, b) => (a < b ? -1 : 1));
}
