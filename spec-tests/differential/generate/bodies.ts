import { fresh, inner, type Scope } from "./scope.ts";
import { withText } from "./mocks.ts";
import { callText, comparison, literalText, nameText, termText } from "./terms.ts";
import { ANY, arrayOf, BOOLEAN, elementOf, mapOf, NUMBER, setOf, STRING, type Type } from "./types.ts";

const VALUE_TYPES: readonly Type[] = [
  NUMBER,
  STRING,
  arrayOf(NUMBER),
  mapOf(NUMBER),
  setOf(NUMBER),
  BOOLEAN,
  ANY,
  arrayOf(ANY),
  setOf(STRING),
];
const COLLECTIONS: readonly Type[] = [
  arrayOf(NUMBER),
  setOf(NUMBER),
  mapOf(NUMBER),
  arrayOf(STRING),
  setOf(STRING),
  mapOf(ANY),
];

export function someValueType(scope: Scope): Type {
  return scope.c.pick(VALUE_TYPES);
}

/** The literals of a body, each a line of text. Variables they bind are added to the scope. */
export function bodyText(scope: Scope, literals: number, depth: number): string[] {
  const lines = Array.from({ length: literals }, () => literalOf(scope, depth));
  const text = lines.join("\n");
  const unused = [...text.matchAll(/(?:^|; )some (.*?) in /gm)]
    .flatMap(([, names]) => names?.match(/v\d+/g) ?? [])
    .filter((name) => !new RegExp(`\\b${name}\\b[^]*\\b${name}\\b`).test(text));
  return [...lines, ...unused.map((name) => use(scope, name))];
}

/** A literal that names a variable: one that is declared and never named again is an error. */
function use(scope: Scope, name: string): string {
  const { c } = scope;
  return c.way([
    () => `${name} != ${literalText(scope, c.pick([NUMBER, STRING]), 0)}`,
    () => `type_name(${name}) != "null"`,
    () => `${bind(scope, ANY)} = [${name}]`,
    () => `${name} >= ${literalText(scope, NUMBER, 0)}`,
  ]);
}

function literalOf(scope: Scope, depth: number): string {
  const { c } = scope;
  const before = inner(scope);
  const text = statement(scope, c.below(28), depth);
  return c.chance(8) && !text.startsWith("some ") ? `${text} ${withText(before, text, depth)}` : text;
}

function statement(scope: Scope, way: number, depth: number): string {
  switch (way) {
    case 0:
    case 1:
    case 2:
      return assignment(scope, depth, ":=");
    case 3:
      return assignment(scope, depth, "=");
    case 4:
    case 5:
    case 6:
    case 7:
      return iteration(scope, depth);
    case 8:
    case 9:
      return reference(scope, depth);
    case 10:
    case 11:
      return pattern(scope, depth);
    case 12:
    case 13:
      return `not ${condition(inner(scope), depth)}`;
    case 14:
    case 15:
      return scope.keywords ? every(scope, depth) : condition(scope, depth);
    case 16:
      return walk(scope, depth);
    case 17:
      return enumeration(scope);
    case 18:
      return callText(scope, BOOLEAN, depth);
    case 19:
      return nameText(scope, ANY);
    case 20:
      return scope.notBodies
        ? `not { ${bodyText(inner(scope), 1 + scope.c.below(2), depth - 1).join("; ")} }`
        : condition(scope, depth);
    case 21:
      return declared(scope, depth);
    default:
      return condition(scope, depth);
  }
}

function condition(scope: Scope, depth: number): string {
  const { c } = scope;
  const type = c.pick([NUMBER, STRING, NUMBER, ANY, setOf(NUMBER), arrayOf(NUMBER)]);
  const operator = c.chance(15) && !scope.cautious ? "=" : comparison(scope, type);
  const term = (): string => termText(scope, type, depth - 1);
  switch (c.below(5)) {
    case 0:
      return termText(scope, BOOLEAN, depth);
    case 1:
      if (scope.keywords && c.chance(25))
        return `${literalText(scope, c.pick([NUMBER, STRING]), 0)}, ${termText(scope, ANY, 0)} in ${nameText(scope, c.pick([arrayOf(ANY), mapOf(ANY)]))}`;
      if (scope.keywords)
        return `${termText(scope, NUMBER, 1)} in ${termText(scope, c.pick([arrayOf(NUMBER), setOf(NUMBER), mapOf(NUMBER)]), depth - 1)}`;
      return `${term()} ${operator} ${term()}`;
    default:
      return `${term()} ${operator} ${term()}`;
  }
}

/** `some x, y` and references that bind them. */
function declared(scope: Scope, depth: number): string {
  const { c } = scope;
  const document = c.pick(["input", "data.base", "data.lib.table"]);
  const values = [termText(scope, ANY, depth - 1), termText(scope, ANY, depth - 1)];
  const names = [bind(scope, ANY), bind(scope, ANY)];
  const [first, second] = names;
  const uses = c.way([
    () => `${document}[${first}][${second}]`,
    () => `${document}.m[${first}][${second}] != ${literalText(scope, STRING, 0)}`,
    () => `${document}.rows[${first}] = ${second}`,
    () => `[${first}, ${second}] = [${values.join(", ")}]`,
  ]);
  return `some ${names.join(", ")}\n\t${uses}`;
}

function bind(scope: Scope, type: Type): string {
  const name = fresh(scope);
  scope.variables.push({ name, type });
  return name;
}

function assignment(scope: Scope, depth: number, operator: ":=" | "="): string {
  const type = someValueType(scope);
  const value = termText(scope, type, depth);
  return `${bind(scope, type)} ${operator} ${value}`;
}

/** `some x in xs`, or `some i; x := xs[i]` where `in` is no keyword. */
function iteration(scope: Scope, depth: number): string {
  const { c } = scope;
  const type = c.pick(COLLECTIONS);
  const collection = c.chance(50) ? nameText(scope, type) : termText(scope, type, depth - 1);
  const element = elementOf(type) as Type;
  if (!scope.keywords) {
    return /^[a-z][\w.]*$/.test(collection)
      ? `${bind(scope, element)} = ${collection}[_]`
      : `${bind(scope, ANY)} = input.xs[_]`;
  }
  if (c.chance(40)) {
    const key = bind(scope, type.type === "array" ? NUMBER : type.type === "set" ? element : STRING);
    return `some ${key}, ${bind(scope, element)} in ${collection}`;
  }
  if (c.chance(10)) return `some [${bind(scope, ANY)}, ${c.pick(["_", "1", '"a"'])}] in input.rows`;
  return `some ${bind(scope, element)} in ${collection}`;
}

/** A reference with variables that it binds: `x = data.base.m[k][i]`. */
function reference(scope: Scope, depth: number): string {
  const { c } = scope;
  const root = c.pick(["input", "data.base", "data.lib.table"]);
  switch (c.below(6)) {
    case 0:
      return `${bind(scope, NUMBER)} = ${root}.xs[${bind(scope, NUMBER)}]`;
    case 1:
      return `${bind(scope, STRING)} = ${root}.m[${bind(scope, STRING)}][${c.pick(["_", "0", "1"])}]`;
    case 2:
      return `${root}.o[${bind(scope, STRING)}] ${c.pick([">", "=", "!="])} ${termText(scope, NUMBER, depth - 1)}`;
    case 3:
      return `${bind(scope, ANY)} = ${root}.rows[_].${c.pick(["a", "b", "xs"])}`;
    case 4:
      return `${bind(scope, ANY)} = ${root}[${c.way([() => "_", () => '"n"', () => bind(scope, STRING)])}]`;
    default:
      return `${root}.rows[${bind(scope, NUMBER)}][${bind(scope, STRING)}] = ${bind(scope, ANY)}`;
  }
}

/** Composite patterns on one or both sides. */
function pattern(scope: Scope, depth: number): string {
  const { c } = scope;
  const operator = c.pick(["=", ":="]);
  const anything = (): string => termText(scope, ANY, depth - 1);
  switch (c.below(6)) {
    case 0: {
      const value = `[${anything()}, ${anything()}]`;
      return `[${bind(scope, ANY)}, ${bind(scope, ANY)}] ${operator} ${value}`;
    }
    case 1: {
      const value = nameText(scope, arrayOf(ANY));
      return `[${bind(scope, ANY)}, ${operator === "=" ? c.way([() => "_", () => "1", () => bind(scope, ANY)]) : bind(scope, ANY)}] ${operator} ${value}`;
    }
    case 2: {
      const value = c.chance(50) ? nameText(scope, mapOf(NUMBER)) : `{"a": ${anything()}, "b": [1, 2]}`;
      return `{"a": ${bind(scope, ANY)}, "b": ${c.way([() => "_", () => bind(scope, ANY)])}} = ${value}`;
    }
    case 3: {
      const value = `[${anything()}, {"k": ${anything()}}]`;
      return `[${bind(scope, ANY)}, {"k": ${bind(scope, ANY)}}] ${operator} ${value}`;
    }
    case 4: {
      const left = anything();
      const right = anything();
      return `[${left}, ${bind(scope, ANY)}] = [${bind(scope, ANY)}, ${right}]`;
    }
    default: {
      const left = anything();
      return `[_, ${bind(scope, ANY)}] = ${c.pick([`[1, ${left}]`, "input.rows[_]", "data.base.rows"])}`;
    }
  }
}

function every(scope: Scope, depth: number): string {
  const { c } = scope;
  const type = c.pick(COLLECTIONS);
  const domain = c.chance(60) ? nameText(scope, type) : termText(scope, type, depth - 1);
  const body = inner(scope);
  const names = c.chance(30) ? `${bind(body, type.type === "object" ? STRING : NUMBER)}, ` : "";
  const value = c.chance(5) ? "_" : bind(body, elementOf(type) as Type);
  const lines = bodyText(body, 1 + c.below(2), depth - 1);
  const unused =
    `${names}${value}`.match(/v\d+/g)?.filter((name) => !new RegExp(`\\b${name}\\b`).test(lines.join())) ??
    [];
  return `every ${names}${value} in ${domain} { ${[...lines, ...unused.map((name) => use(body, name))].join("; ")} }`;
}

function walk(scope: Scope, depth: number): string {
  const { c } = scope;
  const document = c.chance(60)
    ? c.pick(["input", "data.base", "input.rows", "input.any"])
    : literalText(scope, ANY, depth);
  const path = c.way([
    () => bind(scope, ANY),
    () => "[_, _]",
    () => `["xs", ${bind(scope, ANY)}]`,
    () => "_",
  ]);
  return `walk(${document}, [${path}, ${c.way([() => bind(scope, ANY), () => "1", () => "_"])}])`;
}

/** Iterates over a rule of the program by its keys. */
function enumeration(scope: Scope): string {
  const { c } = scope;
  const rules = scope.callables.filter(
    ({ args, type }) => !args && elementOf(type) && !(scope.cautious && type.type === "array"),
  );
  if (rules.length === 0) return condition(scope, 1);
  const { ref, type } = c.pick(rules);
  const key = c.chance(25)
    ? literalText(scope, c.pick([NUMBER, STRING]), 0)
    : bind(scope, type.type === "set" ? (elementOf(type) as Type) : ANY);
  if (type.type === "set") return `${ref}[${key}]`;
  if (c.chance(20))
    return `${bind(scope, ANY)} = ${ref}[${key}][${c.way([() => "_", () => bind(scope, ANY)])}]`;
  return `${bind(scope, elementOf(type) as Type)} = ${ref}[${key}]`;
}
