import { compare } from "../../value/order.ts";
import type { Inferred } from "./algebra.ts";
import { compositeText, fieldText, functionText, typeText } from "./type-text.ts";

type Known = Inferred | undefined;
type Pair = readonly [left: string, right: string];

const MAX_LINE = 80;
const MAX_TYPE = 32;
const MAX_DEPTH = 8;
const ELISION = "...";

/** Lines longer than 80 characters are shown in short. */
export function isTooWide(lines: readonly string[]): boolean {
  return lines.some((line) => [...line].length > MAX_LINE);
}

/** A type in full where that is short, the prefix included, else its outermost shape. */
export function elidedText(type: Known, prefix = ""): string {
  const full = prefix + typeText(type);
  return [...full].length <= MAX_TYPE ? full : prefix + outline(type, 0);
}

/** A type whose parts more than `depth` levels below are left out. */
function outline(type: Known, depth: number): string {
  const part = (inner: Known): string => (depth === 0 ? ELISION : outline(inner, depth - 1));
  switch (type?.kind) {
    case "set":
      return type.of ? `set[${part(type.of)}]` : "set";
    case "array": {
      const items = depth === 0 && type.items.length > 0 ? [ELISION] : type.items.map(part);
      return compositeText("array", items, type.rest && part(type.rest));
    }
    case "object": {
      const fields = type.fields.map(({ key, value }) => fieldText(key, part(value)));
      const rest = type.rest && (depth === 0 ? ELISION : `${part(type.rest.key)}: ${part(type.rest.value)}`);
      return compositeText("object", depth === 0 && fields.length > 0 ? [ELISION] : fields, rest);
    }
    case "any":
      if (type.of.length === 0) return "any";
      return unionText(depth === 0 ? [ELISION] : type.of.map(part));
    case "function":
      if (depth === 0)
        return functionText(type.args.length > 0 ? [ELISION] : [], type.result ? ELISION : "???");
      return functionText(type.args.map(part), part(type.result));
    default:
      return typeText(type);
  }
}

/** Both types, only what differs in full. */
export function typeDifference(a: Known, b: Known, depth = 0): Pair {
  if (depth >= MAX_DEPTH || !a || !b || typeText(a) === typeText(b)) return [elidedText(a), elidedText(b)];
  if (a.kind === "set" && b.kind === "set" && a.of && b.of) {
    const [left, right] = typeDifference(a.of, b.of, depth + 1);
    return [`set[${left}]`, `set[${right}]`];
  }
  if (a.kind === "array" && b.kind === "array") return arrayDifference(a, b, depth);
  if (a.kind === "object" && b.kind === "object") return objectDifference(a, b, depth);
  if (a.kind === "any" && b.kind === "any") return [onlyIn(a, b), onlyIn(b, a)];
  return [elidedText(a), elidedText(b)];
}

type ArrayInferred = Inferred & { readonly kind: "array" };
type ObjectInferred = Inferred & { readonly kind: "object" };
type Union = Inferred & { readonly kind: "any" };

function arrayDifference(a: ArrayInferred, b: ArrayInferred, depth: number): Pair {
  if (a.items.length !== b.items.length || (a.rest === undefined) !== (b.rest === undefined)) {
    return [outline(a, 1), outline(b, 1)];
  }
  const pairs = a.items.map((item, index) => typeDifference(item, b.items[index], depth + 1));
  const rest = a.rest && typeDifference(a.rest, b.rest, depth + 1);
  return [
    compositeText(
      "array",
      pairs.map(([left]) => left),
      rest?.[0],
    ),
    compositeText(
      "array",
      pairs.map(([, right]) => right),
      rest?.[1],
    ),
  ];
}

function objectDifference(a: ObjectInferred, b: ObjectInferred, depth: number): Pair {
  const left: string[] = [];
  const right: string[] = [];
  let equalFields = false;
  let i = 0;
  let j = 0;
  while (i < a.fields.length || j < b.fields.length) {
    const mine = a.fields[i];
    const theirs = b.fields[j];
    const order = !theirs ? -1 : !mine ? 1 : compare(mine.key, theirs.key);
    if (order < 0 && mine) left.push(fieldText(mine.key, elidedText(mine.value)));
    else if (order > 0 && theirs) right.push(fieldText(theirs.key, elidedText(theirs.value)));
    else if (mine && theirs) {
      if (typeText(mine.value) === typeText(theirs.value)) equalFields = true;
      else {
        const [l, r] = typeDifference(mine.value, theirs.value, depth + 1);
        left.push(fieldText(mine.key, l));
        right.push(fieldText(theirs.key, r));
      }
    }
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  if (equalFields) {
    left.push(ELISION);
    right.push(ELISION);
  }
  const [restLeft, restRight] = restDifference(a, b, depth);
  return [compositeText("object", left, restLeft), compositeText("object", right, restRight)];
}

function restDifference(
  a: ObjectInferred,
  b: ObjectInferred,
  depth: number,
): readonly [string | undefined, string | undefined] {
  if (!a.rest || !b.rest) {
    const text = (rest: ObjectInferred["rest"]) =>
      rest && `${elidedText(rest.key)}: ${elidedText(rest.value)}`;
    return [text(a.rest), text(b.rest)];
  }
  const keys = typeDifference(a.rest.key, b.rest.key, depth + 1);
  const values = typeDifference(a.rest.value, b.rest.value, depth + 1);
  return [`${keys[0]}: ${values[0]}`, `${keys[1]}: ${values[1]}`];
}

/** The members that only the first of two unions has; an ellipsis stands for those of both. */
function onlyIn(type: Union, other: Union): string {
  const theirs = new Set(other.of.map(typeText));
  const own = type.of.filter((member) => !theirs.has(typeText(member)));
  const shared =
    own.length < type.of.length ||
    other.of.some((member) => type.of.some((mine) => typeText(mine) === typeText(member)));
  const texts = own.map((type) => elidedText(type));
  if (shared) texts.push(ELISION);
  return unionText(texts);
}

function unionText(of: readonly string[]): string {
  return of.length === 0 ? "any" : `any<${of.join(", ")}>`;
}
