import { Location } from "../location.ts";
import { exprText } from "./text.ts";
import type { Term } from "../syntax/ast.ts";
import { isArray, isObject } from "../value/kind.ts";
import { objectEntries } from "../value/object.ts";
import { RegoSet } from "../value/set.ts";
import type { Value } from "../value/value.ts";

/** What an index reads: a part of the input, of a base document, or of an argument. */
export interface IndexedRef {
  readonly root: "input" | "data" | number;
  readonly keys: readonly Term[];
  readonly location: Location | undefined;
}

/** The place of terms that no source has. */
const NOWHERE = new Location({ file: "", text: "" }, 0, 0, 1, 1);
/** "Must be there": no value that something is compared with. */
export const ANY: Term = { kind: "var", name: "__any__", location: NOWHERE };
/** A part of a pattern that any text fits. */
export const WILDCARD: Term = { kind: "var", name: "$globwildcard", location: NOWHERE };

/** Variables that stand for constants. */
export type Constants = Map<string, Term>;

export function isRef(term: Term): boolean {
  return term.kind === "ref" || (term.kind === "var" && (term.name === "input" || term.name === "data"));
}

export function isDataRef(term: Term): boolean {
  const head = term.kind === "ref" ? term.parts[0] : term;
  return head.kind === "var" && head.name === "data";
}

export function refOfTerm(term: Term): IndexedRef | undefined {
  const [head, ...keys] = term.kind === "ref" ? term.parts : [term];
  if (head.kind !== "var" || (head.name !== "input" && head.name !== "data")) return undefined;
  return { root: head.name, keys, location: head.location };
}

/** A ref with the variables that hold scalars replaced by these. */
export function plugRef(term: Term, constants: Constants): Term {
  if (term.kind !== "ref") return term;
  const [head, ...keys] = term.parts;
  const plugged = keys.map((key) => {
    const constant = key.kind === "var" ? constants.get(key.name) : undefined;
    return constant?.kind === "scalar" ? constant : key;
  });
  return { ...term, parts: [head, ...plugged] };
}

/** Scalars, variables, and arrays of these: what an index compares with. */
export function indexable(term: Term): Term | undefined {
  if (isRef(term)) return undefined;
  if (term.kind === "scalar" || term.kind === "var") return term;
  const isFlat =
    term.kind === "array" &&
    term.items.every((item) => item.kind === "scalar" || (item.kind === "var" && !isRef(item)));
  return isFlat ? term : undefined;
}

export function membersOf(term: Term): readonly Term[] | undefined {
  if (term.kind === "array" || term.kind === "set") return term.items;
  if (term.kind !== "object") return undefined;
  return term.entries.map(([, value]) => value);
}

/** The parts of a pattern between delimiters; undefined where a part has wildcards of another kind than a lone `*`. */
export function globParts(pattern: string, delimiters: string): readonly string[] | undefined {
  const parts = splitAt(pattern, delimiters);
  const isPlain = (part: string): boolean =>
    part === "*" || !/^(?:[^\\]|\\.)*?[[?{*]/s.test(part.replace(/\\./gs, ""));
  return parts.every(isPlain) ? parts : undefined;
}

/** Splits a text at characters that no backslash stands before. */
export function splitAt(text: string, delimiters: string): readonly string[] {
  const parts: string[] = [];
  let part = "";
  let escaped = false;
  for (const character of text) {
    if (character === "\\" || escaped) {
      escaped = !escaped;
      part += character;
    } else if (delimiters.includes(character)) {
      parts.push(part);
      part = "";
    } else part += character;
  }
  return [...parts, part];
}

export function textOfTerms(terms: readonly Term[]): string {
  return exprText(
    {
      negated: false,
      terms: { kind: "term", term: { kind: "array", items: terms, location: NOWHERE } },
      with: [],
      generated: true,
      location: NOWHERE,
    },
    (name) => name,
  );
}

/** The values of a collection, for a test of its elements. */
export function elementsOf(value: Value): readonly Value[] {
  if (isArray(value)) return value;
  if (value instanceof RegoSet) return value.sorted();
  return isObject(value) ? objectEntries(value).map(([, item]) => item) : [];
}
