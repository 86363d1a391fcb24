import { isLeaf, typeName, typeText } from "./ast.ts";
import type { Definition, Field, Selection } from "./ast.ts";
import { quotedList, similarNames } from "./suggestions.ts";
import type { Rule } from "./rule.ts";
import type { Walker } from "./walk.ts";

/** Rules about fields and selections. */
export const fieldRules = {
  FieldsOnCorrectType: (walker, report) => ({
    field({ name, definition, objectDefinition, position }) {
      if (!objectDefinition || definition) return;
      const message = `Cannot query field "${name}" on type "${objectDefinition.name}".`;
      report(message + fieldHint(walker, objectDefinition, name), position);
    },
  }),

  MaxIntrospectionDepth: (walker, report) => ({
    field(field) {
      if (field.name !== "__schema" && field.name !== "__type") return;
      if (isTooDeep(walker, field, new Set(), 0))
        report("Maximum introspection depth exceeded", field.position);
    },
  }),

  ScalarLeafs: (walker, report) => ({
    field({ name, definition, selectionSet, position }) {
      const type = definition && walker.schema.types.get(typeName(definition.type));
      if (!type) return;
      if (isLeaf(type) && selectionSet.length > 0) {
        report(
          `Field "${name}" must not have a selection since type "${type.name}" has no subfields.`,
          position,
        );
      }
      if (!isLeaf(type) && selectionSet.length === 0) {
        const text = `Field "${name}" of type "${typeText(definition.type)}" must have a selection of subfields.`;
        report(`${text} Did you mean "${name} { ... }"?`, position);
      }
    },
  }),
} as const satisfies Readonly<Record<string, Rule>>;

function fieldHint(walker: Walker, parent: Definition, name: string): string {
  if (parent.kind === "INTERFACE" || parent.kind === "UNION") {
    const types = typesWithField(walker, parent, name);
    if (types.length > 0) return ` Did you mean to use an inline fragment on ${quotedList(types)}?`;
  }
  if (parent.kind === "UNION" || parent.kind === "INPUT_OBJECT" || isLeaf(parent)) return "";
  const similar = similarNames(
    name,
    parent.fields.map((field) => field.name),
    walker.context,
  );
  return similar.length === 0 ? "" : ` Did you mean ${quotedList(similar)}?`;
}

/** Interfaces that several possible types share come first. */
function typesWithField(walker: Walker, parent: Definition, name: string): readonly string[] {
  const usage = new Map<string, number>();
  const objects: string[] = [];
  for (const type of walker.schema.possibleTypes.get(parent.name) ?? []) {
    walker.context.charge(1 + (type.fields.length >> 4));
    if (!type.fields.some((field) => field.name === name)) continue;
    objects.push(type.name);
    for (const interfaceName of type.interfaces) {
      const contract = walker.schema.types.get(interfaceName);
      if (!contract?.fields.some((field) => field.name === name)) continue;
      usage.set(interfaceName, (usage.get(interfaceName) ?? 0) + 1);
    }
  }
  const byUse = (a: string, b: string): number =>
    (usage.get(b) ?? 0) - (usage.get(a) ?? 0) || (a < b ? -1 : a > b ? 1 : 0);
  return [...usage.keys(), ...objects].sort(byUse);
}

const MAX_LISTS = 3;
const LISTS = new Set(["fields", "interfaces", "possibleTypes", "inputFields"]);

/** True when lists of the introspection nest so deeply that the answer would be enormous. */
function isTooDeep(walker: Walker, field: Field, inside: Set<string>, depth: number): boolean {
  const below = LISTS.has(field.name) ? depth + 1 : depth;
  return below >= MAX_LISTS || hasTooDeep(walker, field.selectionSet, inside, below);
}

function hasTooDeep(
  walker: Walker,
  selections: readonly Selection[],
  inside: Set<string>,
  depth: number,
): boolean {
  return selections.some((selection) => {
    walker.context.charge(1);
    if (selection.kind === "field") return isTooDeep(walker, selection, inside, depth);
    if (selection.kind === "inline") return hasTooDeep(walker, selection.selectionSet, inside, depth);
    if (!selection.definition || inside.has(selection.name)) return false;
    inside.add(selection.name);
    const found = hasTooDeep(walker, selection.definition.selectionSet, inside, depth);
    inside.delete(selection.name);
    return found;
  });
}
