import { isComposite } from "./ast.ts";
import type { Definition, FragmentDefinition, FragmentSpread, Selection } from "./ast.ts";
import { suggestion } from "./suggestions.ts";
import type { Report } from "./rule.ts";
import type { Rule } from "./rule.ts";
import type { Walker } from "./walk.ts";

/** Rules about fragments. */
export const fragmentRules = {
  FragmentsOnCompositeTypes: (walker, report) => ({
    inlineFragment({ typeCondition, position }) {
      const type = walker.schema.types.get(typeCondition);
      if (type && !isComposite(type)) {
        report(`Fragment cannot condition on non composite type "${typeCondition}".`, position);
      }
    },
    fragment({ name, typeCondition, definition, position }) {
      if (definition && typeCondition !== "" && !isComposite(definition)) {
        report(`Fragment "${name}" cannot condition on non composite type "${typeCondition}".`, position);
      }
    },
  }),

  KnownFragmentNames: (_, report) => ({
    fragmentSpread({ name, definition, position }) {
      if (!definition) report(`Unknown fragment "${name}".`, position);
    },
  }),

  KnownTypeNames: (walker, report) => ({
    variable({ definition, type, position }) {
      let core = type;
      while (core?.elem && core.namedType === "") core = core.elem;
      if (!definition) report(`Unknown type "${core?.namedType ?? ""}".`, position);
    },
    inlineFragment({ typeCondition, position }) {
      if (typeCondition !== "" && !walker.schema.types.has(typeCondition)) {
        report(`Unknown type "${typeCondition}".`, position);
      }
    },
    fragment({ typeCondition, position }) {
      if (walker.schema.types.has(typeCondition)) return;
      const hint = suggestion("Did you mean", typeCondition, [...walker.schema.types.keys()], walker.context);
      report(`Unknown type "${typeCondition}".${hint}`, position);
    },
  }),

  NoFragmentCycles: (walker, report) => {
    const visited = new Set<string>();
    return { fragment: (fragment) => findCycles(walker, report, fragment, visited, [], new Map()) };
  },

  NoUnusedFragments: (_, report) => {
    // All operations come before all fragments.
    let inFragments = false;
    const used = new Set<string>();
    return {
      fragmentSpread({ name }) {
        if (!inFragments) used.add(name);
      },
      fragment({ name, position }) {
        inFragments = true;
        if (!used.has(name)) report(`Fragment "${name}" is never used.`, position);
      },
    };
  },

  PossibleFragmentSpreads: (walker, report) => ({
    inlineFragment({ objectDefinition, typeCondition, position }) {
      if (objectDefinition && !canBe(walker, objectDefinition, typeCondition)) {
        report(`Fragment cannot be spread here as ${never(objectDefinition.name, typeCondition)}`, position);
      }
    },
    fragmentSpread({ name, definition, objectDefinition, position }) {
      if (!definition || !objectDefinition || canBe(walker, objectDefinition, definition.typeCondition))
        return;
      const reason = never(objectDefinition.name, definition.typeCondition);
      report(`Fragment "${name}" cannot be spread here as ${reason}`, position);
    },
  }),

  UniqueFragmentNames: (_, report) => {
    const seen = new Set<string>();
    return {
      fragment({ name, position }) {
        if (seen.has(name)) report(`There can be only one fragment named "${name}".`, position);
        seen.add(name);
      },
    };
  },
} as const satisfies Readonly<Record<string, Rule>>;

function never(parent: string, condition: string): string {
  return `objects of type "${parent}" can never be of type "${condition}".`;
}

/** True where some object can be of both types, or nobody can tell. */
function canBe(walker: Walker, parent: Definition, condition: string): boolean {
  if (!isComposite(parent)) return true;
  const type = walker.schema.types.get(condition);
  if (!type || !isComposite(type)) return true;
  const possible = walker.schema.possibleTypes;
  const parents = parent.kind === "OBJECT" ? [parent] : (possible.get(parent.name) ?? []);
  const names = new Set(parents.map(({ name }) => name));
  const candidates = possible.get(type.name) ?? [];
  walker.context.charge(1 + ((parents.length + candidates.length) >> 4));
  return candidates.some(({ name }) => names.has(name));
}

function findCycles(
  walker: Walker,
  report: Report,
  fragment: FragmentDefinition,
  visited: Set<string>,
  path: FragmentSpread[],
  starts: Map<string, number>,
): void {
  // A chain of fragments may be as long as the query.
  if (visited.has(fragment.name) || path.length > 1_000) return;
  visited.add(fragment.name);
  const spreads = spreadsIn(fragment.selectionSet, walker);
  if (spreads.length === 0) return;
  starts.set(fragment.name, path.length);
  for (const spread of spreads) {
    const start = starts.get(spread.name);
    if (start === undefined) {
      const next = walker.fragmentNamed(spread.name);
      path.push(spread);
      if (next) findCycles(walker, report, next, visited, path, starts);
      path.pop();
    } else {
      const names = path.slice(start).map(({ name }) => `"${name}"`);
      const via = names.length === 0 ? "" : ` via ${names.join(", ")}`;
      report(`Cannot spread fragment "${spread.name}" within itself${via}.`, spread.position);
    }
  }
  starts.delete(fragment.name);
}

function spreadsIn(selections: readonly Selection[], walker: Walker): readonly FragmentSpread[] {
  const spreads: FragmentSpread[] = [];
  const rest = [selections];
  for (let set = rest.pop(); set; set = rest.pop()) {
    walker.context.charge(1 + (set.length >> 2));
    for (const selection of set) {
      if (selection.kind === "spread") spreads.push(selection);
      else rest.push(selection.selectionSet);
    }
  }
  return spreads;
}
