import { builtins, type Builtin } from "@portcullis/interpreter";
import { bodyText } from "./bodies.ts";
import { specialCall } from "./calls.ts";
import { FIELDS } from "./documents.ts";
import { inner, type Scope } from "./scope.ts";
import { KEYS, NUMBERS, TEXTS, textsFor } from "./texts.ts";
import {
  ANY,
  arrayOf,
  BOOLEAN,
  elementOf,
  fits,
  fitsSurely,
  mapOf,
  NUMBER,
  setOf,
  STRING,
  type Type,
} from "./types.ts";

/** Builtins that give other results each time, speak to the world, or are written in a form of their own. */
const LEFT_OUT =
  /^(internal\.|eq$|assign$|print$|trace$|walk$|rego\.parse|crypto\.(x509|parse)|opa\.|http\.|providers|time\.now|rand|uuid\.rfc|net\.lookup|net\.cidr_expand|io\.jwt\.(encode|decode_verify|verify_[erp]))/;

/** Builtins whose work grows with the size of a number. */
const SMALL_NUMBERS = /^(numbers\.range|bits\.[lr]sh|net\.|strings\.|substring|array\.)/;

const OFFERED = [...builtins.values()].filter((row) => row.decl.result && !LEFT_OUT.test(row.name));
const INFIX = ["+", "-", "*", "/", "%"] as const;
const ORDERINGS = ["!=", "<", "<=", ">", ">="] as const;

/** A term that fits a type, as text. All its variables are bound. */
export function termText(scope: Scope, type: Type, depth: number): string {
  const { c } = scope;
  // What is taken apart has a form that names rarely have.
  if (scope.cautious && type.type === "any" && type.of?.some((one) => hasForm(one))) {
    return literalText(scope, type, depth);
  }
  if (depth <= 0) return c.chance(50) ? nameText(scope, type) : literalText(scope, type, 0);
  const way = c.below(20);
  if (way < 5) return literalText(scope, type, depth);
  if (way < 11) return nameText(scope, type);
  if (way < 15) return callText(scope, type, depth);
  if (way < 17) return comprehensionText(scope, type, depth) ?? callText(scope, type, depth);
  return operatorText(scope, type, depth) ?? nameText(scope, type);
}

function hasForm(type: Type): boolean {
  return (type.type === "array" || type.type === "object") && type.static !== undefined;
}

/** A scalar, or a composite of terms. */
export function literalText(scope: Scope, type: Type, depth: number): string {
  const { c } = scope;
  switch (type.type) {
    case "null":
      return "null";
    case "boolean":
      return c.pick(["true", "false"]);
    case "number":
      return c.pick(NUMBERS);
    case "string":
      return stringText(scope, TEXTS);
    case "array": {
      if (type.static) return `[${type.static.map((one) => termText(scope, one, depth - 1)).join(", ")}]`;
      return `[${c.list(least(scope), 3, () => termText(scope, type.dynamic ?? ANY, depth - 1)).join(", ")}]`;
    }
    case "set": {
      const items = c.list(least(scope), 3, () => termText(scope, type.of, depth - 1));
      return items.length === 0 ? "set()" : `{${items.join(", ")}}`;
    }
    case "object": {
      const fixed = (type.static ?? []).map(({ key, value }) => [JSON.stringify(key), value] as const);
      const { key: keyType, value } = type.dynamic ?? { key: STRING, value: ANY };
      const more = type.static
        ? []
        : c.list(least(scope), 3, () => [keyText(scope, keyType), value] as const);
      return `{${[...fixed, ...more].map(([key, one]) => `${key}: ${termText(scope, one, depth - 1)}`).join(", ")}}`;
    }
    case "any":
      return literalText(scope, someType(scope, type, depth), depth);
  }
}

/** Nothing is ever found in a literal without members. */
function least({ c, cautious }: Scope): 0 | 1 {
  return cautious && !c.chance(5) ? 1 : 0;
}

function someType(scope: Scope, type: Type & { readonly type: "any" }, depth: number): Type {
  const { c } = scope;
  if (type.of) return c.pick(type.of);
  const scalars: readonly Type[] = [NUMBER, STRING, BOOLEAN, { type: "null" }];
  const composites = [arrayOf(ANY), setOf(NUMBER), mapOf(ANY), setOf(ANY), arrayOf(STRING), mapOf(NUMBER)];
  return c.pick(depth > 0 ? [...scalars, ...composites] : scalars);
}

function keyText(scope: Scope, type: Type): string {
  const { c } = scope;
  if (type.type === "string") return JSON.stringify(c.pick(KEYS));
  return c.chance(20) ? termText(scope, type, 1) : JSON.stringify(c.pick(KEYS));
}

function stringText(scope: Scope, texts: readonly string[]): string {
  const { c } = scope;
  const text = c.pick(texts);
  if (c.chance(15) && !/[`\u0000]/.test(text)) return `\`${text}\``;
  if (scope.version === "v1" && c.chance(6)) return templateText(scope);
  return JSON.stringify(text);
}

/** A template string; what stands in its braces may be undefined. */
function templateText(scope: Scope): string {
  const { c } = scope;
  const quote = c.chance(20) ? "`" : '"';
  const parts = c.list(1, 2, () => {
    const inner = termText(scope, ANY, c.below(3));
    // A raw template ends with the next backtick.
    const text = quote === "`" && inner.includes("`") ? "1" : inner;
    return `${c.pick(["a", "", "é ", "\\{", "%d"])}{${text.startsWith("{") ? ` ${text}` : text}}`;
  });
  return `$${quote}${parts.join("")}-${quote}`;
}

/** A variable, a path into a document, a rule, or an element of one of them. */
export function nameText(scope: Scope, type: Type): string {
  const { c } = scope;
  const candidates: string[] = [];
  const matches = scope.cautious ? fitsSurely : fits;
  const named = [
    ...scope.variables.flatMap((one) => [one, one]),
    ...scope.callables.flatMap(({ ref, args, type: have }) => (args ? [] : [{ name: ref, type: have }])),
  ];
  for (const { name, type: have } of named) {
    if (matches(have, type)) candidates.push(name);
    const element = elementOf(have);
    if (element && !scope.cautious && have.type !== "set" && fits(element, type))
      candidates.push(`${name}${indexText(scope, have)}`);
  }
  for (const root of ["input", "data.base"]) {
    for (const [name, have] of FIELDS) {
      if (sameKind(have, type)) candidates.push(`${root}.${name}`);
      const element = elementOf(have);
      if (element && sameKind(element, type)) candidates.push(`${root}.${name}${indexText(scope, have)}`);
    }
  }
  return candidates.length === 0 ? literalText(scope, type, 1) : c.pick(candidates);
}

/** Documents have no sets; of an unknown type all is possible. */
function sameKind(have: Type, want: Type): boolean {
  return want.type === "any" ? fits(have, want) : have.type === want.type && fits(have, want);
}

function indexText(scope: Scope, type: Type): string {
  const { c } = scope;
  if (type.type === "object") {
    const key = c.pick(KEYS);
    return /^[a-z]+$/.test(key) && c.chance(60) ? `.${key}` : `[${JSON.stringify(key)}]`;
  }
  return `[${c.below(3)}]`;
}

/** A call of a builtin by its declared types, or of a function of the program. */
export function callText(scope: Scope, type: Type, depth: number): string {
  const { c } = scope;
  const matches = scope.cautious ? fitsSurely : fits;
  const functions = scope.callables.filter(({ args, type: have }) => args && matches(have, type));
  if (functions.length > 0 && c.chance(40)) {
    const { ref, args } = c.pick(functions);
    return `${ref}(${(args ?? []).map((one) => termText(scope, one, depth - 1)).join(", ")})`;
  }
  const special = c.chance(25) ? specialCall(scope, type, depth) : undefined;
  if (special !== undefined) return special;
  const rows = offered(scope, type);
  return rows.length === 0 ? literalText(scope, type, depth) : builtinText(scope, c.pick(rows), depth);
}

const offeredFor = new Map<string, readonly Builtin[]>();

function offered(scope: Scope, type: Type): readonly Builtin[] {
  const key = `${scope.version} ${String(scope.cautious)} ${JSON.stringify(type)}`;
  let rows = offeredFor.get(key);
  if (!rows) {
    rows = OFFERED.filter(
      (row) =>
        (scope.cautious ? fitsSurely : fits)(row.decl.result as Type, type) &&
        !(scope.version === "v1" && row.deprecated) &&
        !(scope.cautious && row.deprecated) &&
        !row.infix,
    );
    offeredFor.set(key, rows);
  }
  return rows;
}

export function builtinText(scope: Scope, row: Builtin, depth: number): string {
  const args = row.decl.args.map((type) => argumentText(scope, row.name, type, depth - 1));
  return `${row.name}(${args.join(", ")})`;
}

function argumentText(scope: Scope, builtin: string, type: Type, depth: number): string {
  const { c } = scope;
  if (type.type === "number" && SMALL_NUMBERS.test(builtin)) return String(c.below(9) - 2);
  if (type.type === "string" && c.chance(70)) return stringText(scope, textsFor(builtin));
  if (type.type === "any" && type.of?.some((one) => one.type === "string") && c.chance(60)) {
    return stringText(scope, textsFor(builtin));
  }
  return termText(scope, type, depth);
}

function comprehensionText(scope: Scope, type: Type, depth: number): string | undefined {
  const body = inner(scope);
  const conditions = (): string => bodyText(body, 1 + scope.c.below(2), depth - 1).join("; ");
  if (type.type === "array") {
    const text = conditions();
    return `[${termText(body, type.dynamic ?? ANY, 1)} | ${text}]`;
  }
  if (type.type === "set") {
    const text = conditions();
    return `{${termText(body, type.of, 1)} | ${text}}`;
  }
  if (type.type === "object" && !type.static) {
    const text = conditions();
    return `{${termText(body, type.dynamic?.key ?? STRING, 0)}: ${termText(body, type.dynamic?.value ?? ANY, 1)} | ${text}}`;
  }
  return undefined;
}

/** A comparison of two terms of a type. `==` of different types is an error. */
export function comparison({ c, cautious }: Scope, type: Type): string {
  return cautious && type.type === "any" ? c.pick(ORDERINGS) : c.pick(["==", ...ORDERINGS]);
}

function operatorText(scope: Scope, type: Type, depth: number): string | undefined {
  const { c } = scope;
  const operand = (one: Type): string => termText(scope, one, depth - 1);
  switch (type.type) {
    case "number":
      return `(${operand(NUMBER)} ${c.pick(INFIX)} ${operand(NUMBER)})`;
    case "set":
      return `(${operand(type)} ${c.pick(["|", "&", "-"])} ${operand(type)})`;
    case "boolean": {
      if (scope.keywords && c.chance(25))
        return `(${operand(NUMBER)} in ${operand(c.pick([arrayOf(NUMBER), setOf(NUMBER)]))})`;
      const both = c.pick([NUMBER, STRING, ANY, arrayOf(NUMBER)]);
      return `(${operand(both)} ${comparison(scope, both)} ${operand(both)})`;
    }
    default:
      return undefined;
  }
}
