import { isFunctionOperator, operatorName } from "../compiler/compiled.ts";
import type { Body, Every, Expr, ExprTerms, LogicalExpr, NotBody, RefTerm, Term } from "../syntax/ast.ts";
import { sortedEntries, sortedItems } from "../syntax/term-order.ts";
import { printValue } from "../value/print.ts";
import { isPlainKey } from "./names.ts";

/** How a variable is shown. */
export type Names = (name: string) => string;

/** An expression as traces print it: compiled form, calls with their operator in front, only `=` between its sides. */
export function exprText(expr: Expr, names: Names): string {
  const { terms } = expr;
  // An `every` that is evaluated itself hides its generated key; inside of another expression it shows it.
  if (terms.kind !== "every" || !terms.key || !names(terms.key.name).startsWith("__local"))
    return innerExprText(expr, names);
  return innerExprText({ ...expr, terms: { ...terms, key: undefined } }, names);
}

function innerExprText(expr: Expr, names: Names): string {
  const negation = expr.negated ? "not " : "";
  const withs = expr.with.map(
    ({ target, value }) => ` with ${termText(target, names)} as ${termText(value, names)}`,
  );
  return negation + termsText(expr.terms, names) + withs.join("");
}

export function bodyText(body: Body, names: Names): string {
  return body.map((expr) => innerExprText(expr, names)).join("; ");
}

/** The enumeration of an `every`. */
export function everyText(every: Every, names: Names): string {
  return `${everyDomainText(every, names)} = ${names(every.value.name)}`;
}

/** What an `every` enumerates. */
export function everyDomainText(every: Every, names: Names): string {
  return `${termText(every.domain, names)}[${every.key ? names(every.key.name) : "_"}]`;
}

function termsText(terms: ExprTerms, names: Names): string {
  switch (terms.kind) {
    case "term":
      return termText(terms.term, names);
    case "call":
      return callText(terms.operator, terms.args, names);
    case "every": {
      const key = terms.key ? `${names(terms.key.name)}, ` : "";
      return `every ${key}${names(terms.value.name)} in ${termText(terms.domain, names)} { ${bodyText(terms.body, names)} }`;
    }
    case "some":
      return `some ${terms.symbols.map((symbol) => termText(symbol, names)).join(", ")}`;
    case "not":
      return negationText(terms, names);
    case "and":
    case "or":
      return terms.operands.map((_, i) => operandText(terms, i, names)).join(` ${terms.kind} `);
  }
}

function negationText({ body, explicit }: NotBody, names: Names): string {
  const text = bodyText(body, names);
  const [only, ...others] = body;
  if (explicit || !only || others.length > 0) return `not {${text}}`;
  const { kind } = only.terms;
  return only.with.length > 0 || kind === "and" || kind === "or" || kind === "not"
    ? `not (${text})`
    : `not ${text}`;
}

/** An operand of `and` or `or`, in braces where the source has these, or in parentheses where it would read otherwise. */
function operandText({ kind, operands, explicit }: LogicalExpr, i: number, names: Names): string {
  const body = operands[i] ?? [];
  const text = bodyText(body, names);
  const [only, ...others] = body;
  if (explicit[i] || !only || others.length > 0) return `{${text}}`;
  const inner = only.terms.kind;
  const isLooser = inner === "or" && (kind === "and" || i > 0);
  const isNested = inner === "and" && kind === "and" && i > 0;
  return only.with.length > 0 || isLooser || isNested || text.startsWith("{") ? `(${text})` : text;
}

function callText(operator: RefTerm, args: readonly Term[], names: Names): string {
  const name = isFunctionOperator(operator) ? refText(operator, names) : operatorName(operator);
  const [left, right] = args;
  if (name === "eq" && args.length === 2 && left && right)
    return `${termText(left, names)} = ${termText(right, names)}`;
  return `${name}(${args.map((arg) => termText(arg, names)).join(", ")})`;
}

/** A term as traces print it. */
export function termText(term: Term, names: Names): string {
  switch (term.kind) {
    case "scalar":
      return printValue(term.value);
    case "var":
      return names(term.name);
    case "ref":
      return refText(term, names);
    case "array":
      return `[${list(term.items, names)}]`;
    case "set":
      return term.items.length === 0 ? "set()" : `{${list(sortedItems(term.items), names)}}`;
    case "object":
      return `{${sortedEntries(term.entries)
        .map(([key, value]) => `${termText(key, names)}: ${termText(value, names)}`)
        .join(", ")}}`;
    case "array-comprehension":
      return `[${termText(term.head, names)} | ${bodyText(term.body, names)}]`;
    case "set-comprehension":
      return `{${termText(term.head, names)} | ${bodyText(term.body, names)}}`;
    case "object-comprehension":
      return `{${termText(term.key, names)}: ${termText(term.value, names)} | ${bodyText(term.body, names)}}`;
    case "call":
      return callText(term.operator, term.args, names);
    case "template":
      return '$"…"';
  }
}

function refText(ref: RefTerm, names: Names): string {
  const [head, ...rest] = ref.parts;
  return termText(head, names) + rest.map((part) => partText(part, names)).join("");
}

function partText(part: Term, names: Names): string {
  return part.kind === "scalar" && isPlainKey(part.value) ? `.${part.value}` : `[${termText(part, names)}]`;
}

function list(terms: readonly Term[], names: Names): string {
  return terms.map((term) => termText(term, names)).join(", ");
}
