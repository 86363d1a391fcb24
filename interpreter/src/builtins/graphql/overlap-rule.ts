import { BuiltinError } from "../builtin.ts";
import { VALUE_KINDS, isLeaf, typeText } from "./ast.ts";
import type { Argument, Field, FragmentSpread, Position, Selection, TypeRef, ValueNode } from "./ast.ts";
import type { Report } from "./rule.ts";
import type { Rule } from "./rule.ts";
import type { Walker } from "./walk.ts";

/** Two fields with one response name in one selection must be the same field with the same arguments, and so must be what they select. */
export const overlapRule: Rule = (walker, report) => {
  const search = new Search(walker);
  const check = (selections: readonly Selection[]): void => {
    for (const conflict of search.within(selections)) reportConflict(conflict, report);
  };
  return {
    operation: ({ selectionSet }) => check(selectionSet),
    // Fields of a fragment are looked at where operations spread it.
    field: ({ selectionSet }) => {
      if (walker.currentOperation) check(selectionSet);
    },
    inlineFragment: ({ selectionSet }) => check(selectionSet),
    fragment: ({ selectionSet }) => check(selectionSet),
  };
};

interface Conflict {
  readonly name: string;
  /** Why, or the conflicts of the subfields. */
  readonly reason: string | readonly Conflict[];
  readonly position: Position | undefined;
}

type FieldsByName = ReadonlyMap<string, readonly Field[]>;

const MAX_DEPTH = 500;

class Search {
  readonly #walker: Walker;
  /** Pairs of fragments that have been compared, and whether as parts of objects that exclude each other. */
  readonly #comparedPairs = new Map<string, boolean>();
  #comparedFragments = new Set<string>();
  #depth = 0;

  constructor(walker: Walker) {
    this.#walker = walker;
  }

  within(selections: readonly Selection[]): readonly Conflict[] {
    if (selections.length === 0) return [];
    const conflicts: Conflict[] = [];
    const { fields, spreads } = this.#collect(selections);
    for (const same of fields.values()) {
      same.forEach((a, i) => {
        for (const b of same.slice(i + 1)) this.#compare(conflicts, false, a, b);
      });
    }
    this.#comparedFragments = new Set();
    spreads.forEach((spread, i) => {
      this.#fieldsWithFragment(conflicts, false, fields, spread);
      for (const other of spreads.slice(i + 1)) this.#fragments(conflicts, false, spread, other);
    });
    return conflicts;
  }

  #collect(selections: readonly Selection[]): { fields: FieldsByName; spreads: readonly FragmentSpread[] } {
    const fields = new Map<string, Field[]>();
    const spreads: FragmentSpread[] = [];
    const collect = (set: readonly Selection[]): void => {
      this.#walker.context.charge(1 + (set.length >> 2));
      for (const selection of set) {
        if (selection.kind === "spread") spreads.push(selection);
        else if (selection.kind === "inline") collect(selection.selectionSet);
        else {
          const known = fields.get(responseName(selection));
          if (known) known.push(selection);
          else fields.set(responseName(selection), [selection]);
        }
      }
    };
    collect(selections);
    return { fields, spreads };
  }

  #between(conflicts: Conflict[], exclusive: boolean, a: FieldsByName, b: FieldsByName): void {
    for (const [name, fields] of a) {
      this.#walker.context.charge(1);
      for (const field of fields) {
        for (const other of b.get(name) ?? []) this.#compare(conflicts, exclusive, field, other);
      }
    }
  }

  #fieldsWithFragment(
    conflicts: Conflict[],
    exclusive: boolean,
    fields: FieldsByName,
    spread: FragmentSpread,
  ): void {
    if (this.#comparedFragments.has(spread.name)) return;
    this.#comparedFragments.add(spread.name);
    if (!spread.definition) return;
    const inside = this.#collect(spread.definition.selectionSet);
    if (sameFields(fields, inside.fields)) return;
    this.#between(conflicts, exclusive, fields, inside.fields);
    this.#nested(() => {
      for (const next of inside.spreads) {
        if (next.name !== spread.name) this.#fieldsWithFragment(conflicts, exclusive, fields, next);
      }
    });
  }

  #fragments(conflicts: Conflict[], exclusive: boolean, a: FragmentSpread, b: FragmentSpread): void {
    if (a.name === b.name) return;
    const key = a.name < b.name ? `${a.name} ${b.name}` : `${b.name} ${a.name}`;
    const known = this.#comparedPairs.get(key);
    // What was compared as exclusive only must be compared again for real.
    if (known !== undefined && (exclusive || !known)) return;
    this.#comparedPairs.set(key, exclusive);
    if (!a.definition || !b.definition) return;
    const left = this.#collect(a.definition.selectionSet);
    const right = this.#collect(b.definition.selectionSet);
    this.#between(conflicts, exclusive, left.fields, right.fields);
    this.#nested(() => {
      for (const spread of right.spreads) this.#fragments(conflicts, exclusive, a, spread);
      for (const spread of left.spreads) this.#fragments(conflicts, exclusive, spread, b);
    });
  }

  #compare(conflicts: Conflict[], parentsExclusive: boolean, a: Field, b: Field): void {
    this.#walker.context.charge(1);
    if (!a.objectDefinition || !b.objectDefinition) return;
    const name = responseName(a);
    const exclusive =
      parentsExclusive ||
      (a.objectDefinition.name !== b.objectDefinition.name &&
        a.objectDefinition.kind === "OBJECT" &&
        b.objectDefinition.kind === "OBJECT" &&
        a.definition !== undefined &&
        b.definition !== undefined);
    const reason = (exclusive ? undefined : difference(a, b)) ?? this.#typeConflict(a, b);
    if (reason !== undefined) {
      conflicts.push({ name, reason, position: b.position });
      return;
    }
    const below = this.#nested(() => this.#selections(exclusive, a.selectionSet, b.selectionSet));
    if (below.length > 0) conflicts.push({ name, reason: below, position: b.position });
  }

  #selections(exclusive: boolean, a: readonly Selection[], b: readonly Selection[]): readonly Conflict[] {
    const conflicts: Conflict[] = [];
    const left = this.#collect(a);
    const right = this.#collect(b);
    this.#between(conflicts, exclusive, left.fields, right.fields);
    for (const spread of right.spreads) {
      this.#comparedFragments = new Set();
      this.#fieldsWithFragment(conflicts, exclusive, left.fields, spread);
    }
    for (const spread of left.spreads) {
      this.#comparedFragments = new Set();
      this.#fieldsWithFragment(conflicts, exclusive, right.fields, spread);
    }
    for (const spread of left.spreads) {
      for (const other of right.spreads) this.#fragments(conflicts, exclusive, spread, other);
    }
    return conflicts;
  }

  #typeConflict(a: Field, b: Field): string | undefined {
    if (!a.definition || !b.definition || !this.#typesConflict(a.definition.type, b.definition.type))
      return undefined;
    const types = `"${typeText(a.definition.type)}" and "${typeText(b.definition.type)}"`;
    return `they return conflicting types ${types}`;
  }

  #typesConflict(a: TypeRef | undefined, b: TypeRef | undefined): boolean {
    if (!a || !b) return false;
    if (a.elem || b.elem) return !a.elem || !b.elem || this.#typesConflict(a.elem, b.elem);
    if (a.nonNull !== b.nonNull) return true;
    const left = this.#walker.schema.types.get(a.namedType);
    const right = this.#walker.schema.types.get(b.namedType);
    return (
      left !== undefined && right !== undefined && isLeaf(left) && isLeaf(right) && left.name !== right.name
    );
  }

  #nested<T>(work: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw new BuiltinError("query is nested too deeply");
    const result = work();
    this.#depth--;
    return result;
  }
}

function responseName(field: Field): string {
  return field.alias === "" ? field.name : field.alias;
}

function difference(a: Field, b: Field): string | undefined {
  if (a.name !== b.name) return `"${a.name}" and "${b.name}" are different fields`;
  return sameArguments(a.arguments, b.arguments) ? undefined : "they have differing arguments";
}

/** The very same fields: a fragment compared with itself. */
function sameFields(a: FieldsByName, b: FieldsByName): boolean {
  if (a.size !== b.size) return false;
  for (const [name, fields] of a) {
    const others = b.get(name);
    if (others?.length !== fields.length || !fields.every((field, i) => field === others[i])) return false;
  }
  return true;
}

function sameArguments(a: readonly Argument[], b: readonly Argument[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((one) => b.some((other) => one.name === other.name && sameValue(one.value, other.value)));
}

function sameValue(a: ValueNode | undefined, b: ValueNode | undefined): boolean {
  if (!a || !b) return a === b;
  if (a.kind !== b.kind || a.raw !== b.raw || a.children.length !== b.children.length) return false;
  const left = orderedChildren(a);
  const right = orderedChildren(b);
  return left.every((child, i) => child.name === right[i]?.name && sameValue(child.value, right[i].value));
}

function orderedChildren(value: ValueNode): ValueNode["children"] {
  if (value.kind !== VALUE_KINDS.object) return value.children;
  return value.children.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function reportConflict(conflict: Conflict, report: Report): void {
  const advice = "Use different aliases on the fields to fetch both if this was intentional.";
  report(`Fields "${conflict.name}" conflict because ${reasonText(conflict)}. ${advice}`, conflict.position);
}

function reasonText({ reason }: Conflict): string {
  if (typeof reason === "string") return reason;
  return reason
    .map((below) => `subfields "${below.name}" conflict because ${reasonText(below)}`)
    .join(" and ");
}
