import { unreachable } from "../errors.ts";
import { numberText } from "../value/number.ts";
import { quoteText, withRegoEscapes } from "../value/quote.ts";
import type {
  Body,
  Expr,
  ExprTerms,
  Head,
  Import,
  Module,
  Package,
  RefTerm,
  RegoVersion,
  Rule,
  Term,
} from "./ast.ts";
import { operatorName } from "./build.ts";
import { sortedEntries, sortedItems } from "./term-order.ts";
import { KEYWORDS, V1_KEYWORDS } from "./tokens.ts";

/** How vars are shown: a compiler's generated name may print as the author's. Wildcards print as `_` by default. */
export type NameOf = (name: string) => string;

/**
 * The text of a term as OPA prints it in errors, traces and `opa parse`: one line, sets and objects in order, infix
 * operators as calls (`plus(1, x)`).
 */
export function printTerm(term: Term, nameOf: NameOf = sourceName): string {
  switch (term.kind) {
    case "scalar":
      if (typeof term.value === "string") return quoteText(term.value);
      if (term.value === null || typeof term.value === "boolean") return String(term.value);
      return numberText(term.value);
    case "var":
      return nameOf(term.name);
    case "ref":
      return printRef(term, nameOf);
    case "array":
      return `[${printTerms(term.items, nameOf)}]`;
    case "set":
      return term.items.length === 0 ? "set()" : `{${printTerms(sortedItems(term.items), nameOf)}}`;
    case "object": {
      const entries = sortedEntries(term.entries);
      return `{${entries.map(([key, value]) => `${printTerm(key, nameOf)}: ${printTerm(value, nameOf)}`).join(", ")}}`;
    }
    case "array-comprehension":
      return `[${printHeadTerm(term.head, nameOf)} | ${printBody(term.body, nameOf)}]`;
    case "set-comprehension":
      return `{${printHeadTerm(term.head, nameOf)} | ${printBody(term.body, nameOf)}}`;
    case "object-comprehension": {
      const entry = `${printHeadTerm(term.key, nameOf)}: ${printHeadTerm(term.value, nameOf)}`;
      return `{${entry} | ${printBody(term.body, nameOf)}}`;
    }
    case "call":
      return `${printTerm(term.operator, nameOf)}(${printTerms(term.args, nameOf)})`;
    case "template":
      return `$"${term.parts.map((part) => printPart(part, nameOf)).join("")}"`;
    default:
      return unreachable(term);
  }
}

/** An expression with its negation and modifiers. `=` alone is written between its operands. */
export function printExpr(expr: Expr, nameOf: NameOf = sourceName): string {
  const terms = printExprTerms(expr.terms, nameOf);
  const withs = expr.with.map(
    ({ target, value }) => ` with ${printTerm(target, nameOf)} as ${printTerm(value, nameOf)}`,
  );
  return `${expr.negated ? "not " : ""}${terms}${withs.join("")}`;
}

/** Expressions joined by `; `. */
export function printBody(body: Body, nameOf: NameOf = sourceName): string {
  return body.map((expr) => printExpr(expr, nameOf)).join("; ");
}

/** A rule in one line, its body always in braces. */
export function printRule(rule: Rule, version: RegoVersion = "v1"): string {
  const opening = version === "v1" ? " if { " : " { ";
  const parts: string[] = [rule.default ? "default " : "", printHead(rule.head, version)];
  if (!rule.default) parts.push(opening, printBody(rule.body), " }");
  for (let branch = rule.else; branch; branch = branch.else) {
    const value = branch.head.value ? `= ${printTerm(branch.head.value)}` : "";
    parts.push(` else ${value}`, opening, printBody(branch.body), " }");
  }
  return parts.join("");
}

/** A whole module, one line for each import and rule, that parses again; comments are left out. */
export function printModule(module: Module): string {
  const version: RegoVersion = module.strictV1 ? "v1" : "v0";
  const imports = module.imports.length === 0 ? "" : `\n${module.imports.map(printImport).join("\n")}\n`;
  const rules = module.rules.map((rule) => `\n${printRule(rule, version)}`).join("");
  return withRegoEscapes(`${printPackage(module.package)}\n${imports}${rules}`);
}

export function printPackage({ path }: Package): string {
  const [, first, ...rest] = path.parts;
  if (first === undefined) return "package";
  return `package ${printRef({ ...path, parts: [first, ...rest] })}`;
}

export function printImport({ path, alias }: Import): string {
  return `import ${printRef(path)}${alias === undefined ? "" : ` as ${alias}`}`;
}

export function printHead(head: Head, version: RegoVersion = "v1"): string {
  const name = printRef(head.ref);
  const args = head.args?.length ? `(${printTerms(head.args, sourceName)})` : "";
  if (head.key !== undefined) {
    const key = printTerm(head.key);
    return version === "v0" && head.ref.parts.length === 1 ? `${name}[${key}]` : `${name} contains ${key}`;
  }
  const value = head.value === undefined ? "" : ` ${head.assign ? ":=" : "="} ${printTerm(head.value)}`;
  return `${name}${args}${value}`;
}

/** `a.b["c d"][x]`; a builtin's name as it is called. */
export function printRef(ref: RefTerm, nameOf: NameOf = sourceName): string {
  const [first, ...rest] = ref.parts;
  const head =
    first.kind === "scalar" && typeof first.value === "string" ? first.value : printTerm(first, nameOf);
  return head + rest.map((part) => printKey(part, nameOf)).join("");
}

const WORD = /^[A-Za-z_][A-Za-z0-9_]*$/;
const WORDS_IN_BRACKETS = new Set([...KEYWORDS.keys(), ...V1_KEYWORDS.keys()]);

function printKey(part: Term, nameOf: NameOf): string {
  if (part.kind !== "scalar" || typeof part.value !== "string") return `[${printTerm(part, nameOf)}]`;
  const text = part.value;
  if (WORD.test(text) && !WORDS_IN_BRACKETS.has(text)) return `.${text}`;
  return NEEDS_QUOTING.test(text) ? `[${quoteText(text)}]` : `["${text}"]`;
}

// oxlint-disable-next-line no-control-regex
const NEEDS_QUOTING = /[\u0000-\u001f\u007f-\u009f\\"]/;

function printTerms(terms: readonly Term[], nameOf: NameOf): string {
  return terms.map((term) => printTerm(term, nameOf)).join(", ");
}

const INFIX: Readonly<Record<string, string>> = {
  eq: "=",
  assign: ":=",
  equal: "==",
  neq: "!=",
  lt: "<",
  lte: "<=",
  gt: ">",
  gte: ">=",
  or: "|",
  and: "&",
  plus: "+",
  minus: "-",
  mul: "*",
  div: "/",
  rem: "%",
};

/** The infix spelling of a builtin (`plus` → `+`), if it has one. */
export function infixOf(operator: RefTerm): string | undefined {
  const name = operatorName(operator);
  return Object.hasOwn(INFIX, name) ? INFIX[name] : undefined;
}

/** The head of a comprehension: infix in parentheses, so that its `|` is not taken for the comprehension's. */
function printHeadTerm(term: Term, nameOf: NameOf): string {
  const infix = term.kind === "call" && term.args.length === 2 ? infixOf(term.operator) : undefined;
  if (term.kind !== "call" || infix === undefined) return printTerm(term, nameOf);
  const [left, right] = term.args.map((arg) => printHeadTerm(arg, nameOf));
  return `(${left} ${infix} ${right})`;
}

function printExprTerms(terms: ExprTerms, nameOf: NameOf): string {
  switch (terms.kind) {
    case "term":
      return printTerm(terms.term, nameOf);
    case "call": {
      const { operator, args } = terms;
      const [left, right] = args;
      if (operatorName(operator) === "eq" && args.length === 2 && left && right) {
        return `${printTerm(left, nameOf)} = ${printTerm(right, nameOf)}`;
      }
      return `${printTerm(operator, nameOf)}(${printTerms(args, nameOf)})`;
    }
    case "some":
      return `some ${terms.symbols.map((symbol) => printSymbol(symbol, nameOf)).join(", ")}`;
    case "every": {
      const key = terms.key ? `${printTerm(terms.key, nameOf)}, ` : "";
      const domain = printTerm(terms.domain, nameOf);
      return `every ${key}${printTerm(terms.value, nameOf)} in ${domain} { ${printBody(terms.body, nameOf)} }`;
    }
    case "not": {
      const body = printBody(terms.body, nameOf);
      if (terms.explicit || terms.body.length !== 1) return `not {${body}}`;
      return needsParens(terms.body[0] as Expr, "not", false) ? `not (${body})` : `not ${body}`;
    }
    case "and":
    case "or":
      return terms.operands
        .map((body, i) => printOperand(body, terms.explicit[i] === true, terms.kind, i > 0, nameOf))
        .join(` ${terms.kind} `);
    default:
      return unreachable(terms);
  }
}

/** `x in xs` or `k, v in xs` of a `some`. */
function printSymbol(symbol: Term, nameOf: NameOf): string {
  if (symbol.kind !== "call") return printTerm(symbol, nameOf);
  const domain = symbol.args.at(-1) as Term;
  return `${printTerms(symbol.args.slice(0, -1), nameOf)} in ${printTerm(domain, nameOf)}`;
}

function printOperand(
  body: Body,
  explicit: boolean,
  kind: "and" | "or",
  isRight: boolean,
  nameOf: NameOf,
): string {
  const text = printBody(body, nameOf);
  if (explicit || body.length !== 1) return `{ ${text} }`;
  return needsParens(body[0] as Expr, kind, isRight) ? `(${text})` : text;
}

/** Whether an operand of `and`, `or` or `not` must stand in parentheses to be read back as it is. */
export function needsParens(expr: Expr, outer: "and" | "or" | "not", isRight: boolean): boolean {
  if (expr.with.length > 0) return true;
  const inner = expr.terms;
  switch (inner.kind) {
    case "or":
      return outer !== "or" || isRight;
    case "and":
      return outer === "not" || (outer === "and" && isRight);
    case "not":
      return outer === "not";
    case "term":
      return opensBrace(inner.term);
    default:
      return false;
  }
}

function opensBrace(term: Term): boolean {
  if (term.kind === "ref") return opensBrace(term.parts[0]);
  if (term.kind === "set") return term.items.length > 0;
  return term.kind === "object" || term.kind === "set-comprehension" || term.kind === "object-comprehension";
}

function printPart(part: string | Expr, nameOf: NameOf): string {
  if (typeof part !== "string") return `{${printExpr(part, nameOf)}}`;
  return quoteText(part).slice(1, -1).replaceAll("{", "\\{");
}

function sourceName(name: string): string {
  return name.startsWith("$") ? "_" : name;
}
