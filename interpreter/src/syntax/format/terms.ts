import { unreachable } from "../../errors.ts";
import { numberText } from "../../value/number.ts";
import { quoteRego } from "../../value/quote.ts";
import type { Body, Expr, RefTerm, Term } from "../ast.ts";
import { operatorName } from "../build.ts";
import type { Location } from "../../location.ts";
import { infixOf } from "../print.ts";
import { varsOf } from "../visit.ts";
import { type Layout, MisplacedComment } from "./layout.ts";

/** Writes the expressions of a body, which closures hold. */
export type WriteBody = (body: Body) => void;
export type WriteExpr = (expr: Expr) => void;

/** Terms as `opa fmt` lays them out: on one line, or one item a line where the source has them so. */
export class TermFormatter {
  readonly #out: Layout;
  readonly #writeBody: WriteBody;
  readonly #writeExpr: WriteExpr;

  /** Words that a key keeps its brackets for. */
  readonly #keywords: ReadonlySet<string>;

  constructor(out: Layout, keywords: ReadonlySet<string>, writeBody: WriteBody, writeExpr: WriteExpr) {
    this.#keywords = keywords;
    this.#out = out;
    this.#writeBody = writeBody;
    this.#writeExpr = writeExpr;
  }

  /** A term to be put in parentheses when its turn comes: a union that would read as a comprehension. */
  parenthesize: Term | undefined;

  /** A negative number to be put in parentheses: its minus would be taken for an operator. */
  guarded: Term | undefined;

  /** `parens` puts an infix call in parentheses. */
  term(term: Term, parens = this.parenthesize === term): void {
    const out = this.#out;
    if (this.parenthesize === term) this.parenthesize = undefined;
    out.comments(term.location.row);
    if (!out.inline) out.start();
    switch (term.kind) {
      case "scalar":
        if (this.guarded !== term) return out.write(scalarText(term.value, term.location));
        this.guarded = undefined;
        return out.write(`(${scalarText(term.value, term.location)})`);
      case "var":
        return out.write(term.name.startsWith("$") ? "_" : term.name);
      case "ref":
        return this.ref(term);
      case "array":
        out.write("[");
        this.items(term.items, term.location, endRow(term.location), (item) => this.#item(item, true));
        return out.write("]");
      case "set":
        if (term.items.length === 0) return out.write("set()");
        out.write("{");
        this.items(term.items, term.location, endRow(term.location), (item) => this.#item(item, true));
        return out.write("}");
      case "object":
        out.write("{");
        this.items(term.entries, term.location, endRow(term.location), (entry) => this.#entry(entry));
        return out.write("}");
      case "array-comprehension":
        return this.#comprehension("[", [term.head], term.body, "]", term.location);
      case "set-comprehension":
        return this.#comprehension("{", [term.head], term.body, "}", term.location);
      case "object-comprehension":
        return this.#comprehension("{", [term.key, term.value], term.body, "}", term.location);
      case "call":
        return this.#call(term.operator, term.args, parens);
      case "template":
        if (out.hasCommentBetween(term.location.row - 1, endRow(term.location) + 1))
          throw new MisplacedComment();
        return this.#template(term.parts, term.raw);
      default:
        return unreachable(term);
    }
  }

  ref({ parts: [head, ...path] }: RefTerm): void {
    this.term(head, head.kind === "call" && head.location.text.startsWith("("));
    this.keys(path);
  }

  /** `.a["b c"][x]` */
  keys(path: readonly Term[]): void {
    for (const part of path) {
      if (part.kind === "scalar" && typeof part.value === "string") {
        const quoted = part.location.text.startsWith('"');
        const isWord = /^[A-Za-z_][A-Za-z0-9_]*$/.test(part.value);
        const isKeyword = this.#keywords.has(part.value);
        const brackets = !isWord || (isKeyword && quoted);
        this.#out.write(brackets ? `[${quoteRego(part.value)}]` : `.${part.value}`);
      } else {
        this.#out.write("[");
        this.term(part);
        this.#out.write("]");
      }
    }
  }

  /** `f(a, b)`, its arguments on lines of their own where the source has them on several. */
  plainCall(operator: RefTerm, args: readonly Term[]): void {
    this.ref(operator);
    this.#out.write("(");
    const { source, start, row, col } = operator.location;
    this.items(args, { source, start, end: start, row, col, text: "" }, -1, (item) =>
      this.#item(item, false),
    );
    this.#out.write(")");
  }

  /** `x in xs` and `k, v in xs`. */
  membership(args: readonly Term[], parens: boolean): void {
    const out = this.#out;
    const [first, second, third] = args as [Term, Term, Term | undefined];
    if (third && parens) out.write("(");
    this.#operand(first, false);
    out.write(third ? ", " : " in ");
    this.#operand(second, true);
    if (third) {
      out.write(" in ");
      this.#operand(third, true);
      if (parens) out.write(")");
    }
  }

  /** An operand of `in`; one that is a membership itself needs parentheses to its right. */
  #operand(term: Term, isRight: boolean): void {
    const nested = isRight && term.kind === "call" && term.args.length === 2 && isMembership(term.operator);
    if (nested) this.#out.write("(");
    this.term(term, true);
    if (nested) this.#out.write(")");
  }

  /** Items that stand between brackets opened on the row of `opening`. */
  items<Item extends Term | readonly [Term, Term]>(
    items: readonly Item[],
    opening: Pick<Location, "row" | "start" | "text" | "source" | "end" | "col">,
    closingRow: number,
    write: (item: Item) => void,
  ): void {
    const out = this.#out;
    // Rows tell nothing about what a compiler made.
    const lines = items.some(isGenerated) ? [[...items]] : groupByRow(items);
    const [first] = items;
    if (lines.length === 1 && out.hasCommentBetween(opening.row, closingRow)) throw new MisplacedComment();
    const lead =
      first && opening.text !== "" ? opening.source.text.slice(opening.start, placeOf(first).start) : "";
    const isTall = lines.length > 1 || lead.includes("\n");
    if (isTall) {
      out.delayComment();
      out.end();
      out.up();
      out.start();
    }
    lines.forEach((line, i) => {
      line.forEach((item, j) => {
        if (j > 0) out.write(", ");
        write(item);
      });
      if (i < lines.length - 1) {
        out.write(",");
        out.end();
        out.start();
      }
    });
    if (!isTall) return;
    out.write(",");
    out.end();
    if (closingRow > 0) out.comments(closingRow);
    out.down();
    out.start();
  }

  /** The body of a comprehension or of `every`, up to its closing bracket. */
  closureBody(body: Body, headRow: number, closingRow: number): void {
    const out = this.#out;
    const [first] = body;
    const rows = new Set(body.map(({ location }) => location.row));
    if (first && (first.location.row > headRow || rows.size > 1)) {
      out.end();
      out.up();
      this.#writeBody(body);
      out.comments(closingRow);
      out.down();
      out.start();
      return;
    }
    out.write(" ");
    body.forEach((expr, i) => {
      if (i > 0) out.write("; ");
      this.#writeExpr(expr);
    });
    out.comments(closingRow);
  }

  #template(parts: readonly (string | Expr)[], raw: boolean): void {
    const out = this.#out;
    const quote = raw ? "`" : '"';
    out.write(`$${quote}`);
    for (const part of parts) {
      const constant = typeof part === "string" ? part : constantOf(part);
      if (constant !== undefined) {
        const text = raw ? constant : quoteRego(constant).slice(1, -1);
        out.write(text.replaceAll("{", "\\{"));
      } else {
        out.write("{");
        out.up();
        this.#writeExpr(part as Expr);
        out.down();
        out.write("}");
      }
    }
    out.write(quote);
  }

  #item(item: Term, always: boolean): void {
    const parens = isUnion(item) && (always || item.location.text.startsWith("("));
    if (parens) this.#out.write("(");
    this.term(item);
    if (parens) this.#out.write(")");
  }

  #entry([key, value]: readonly [Term, Term]): void {
    this.#item(key, true);
    this.#out.write(": ");
    this.#item(value, true);
  }

  #comprehension(open: string, heads: readonly Term[], body: Body, close: string, location: Location): void {
    const out = this.#out;
    const [first, value] = heads as [Term, Term | undefined];
    out.write(open);
    if (value) {
      this.#item(first, true);
      out.write(": ");
    } else if (first.location.row > location.row) {
      out.end();
      out.start();
    }
    const last = value ?? first;
    this.term(last, last.kind === "call" && (isUnion(last) || last.location.text.startsWith("(")));
    out.write(" |");
    this.closureBody(body, value ? location.row : last.location.row, endRow(location));
    out.write(close);
  }

  #call(operator: RefTerm, args: readonly Term[], parens: boolean): void {
    const out = this.#out;
    if (isMembership(operator)) return this.membership(args, true);
    const infix = infixOf(operator);
    const [left, right] = args;
    if (infix === undefined || args.length !== 2 || !left || !right) return this.plainCall(operator, args);
    if (parens) out.write("(");
    this.term(left, true);
    out.write(` ${infix} `);
    this.term(right, true);
    if (parens) out.write(")");
  }
}

/** True for a term whose text begins with a brace, though it is no body. */
export function leadsWithBrace(term: Term): boolean {
  switch (term.kind) {
    case "set":
      return term.items.length > 0;
    case "object":
    case "set-comprehension":
    case "object-comprehension":
      return true;
    case "ref":
      return leadsWithBrace(term.parts[0]);
    case "call": {
      const [first] = term.args;
      return first !== undefined && isInfix(term.operator) && leadsWithBrace(first);
    }
    default:
      return false;
  }
}

/** True for an operator that is written between its operands. */
export function isInfix(operator: RefTerm): boolean {
  return infixOf(operator) !== undefined || isMembership(operator);
}

export function endRow(location: Location): number {
  let row = location.row;
  for (const character of location.text) if (character === "\n") row++;
  return row;
}

function scalarText(value: Term extends { value: infer V } ? V : unknown, { text }: Location): string {
  if (typeof value !== "string") {
    return value === null || typeof value === "boolean" ? String(value) : numberText(value as never);
  }
  // Parentheses belong to a place, not to the string. The place of a further body's head is the body.
  const start = /^[(\s]*["`]/.test(text) ? text.search(/["`]/) : -1;
  return start === -1 ? quoteRego(value) : text.slice(start, text.lastIndexOf(text[start] as string) + 1);
}

function isGenerated(item: Term | readonly [Term, Term]): boolean {
  const terms = "kind" in item ? [item] : item;
  return terms.some((term) => [...varsOf(term)].some((name) => name.startsWith("__local")));
}

function isMembership(operator: RefTerm): boolean {
  return operatorName(operator).startsWith("internal.member_");
}

/** What a constant expression of a template string contributes to its text. */
function constantOf({ terms, with: withs }: Expr): string | undefined {
  if (terms.kind !== "term" || terms.term.kind !== "scalar" || withs.length > 0) return undefined;
  const { value } = terms.term;
  if (typeof value === "string") return value;
  return value === null || typeof value === "boolean" ? String(value) : numberText(value);
}

export function isUnion(term: Term): boolean {
  return term.kind === "call" && term.args.length === 2 && operatorName(term.operator) === "or";
}

function placeOf(item: Term | readonly [Term, Term]): Location {
  return "kind" in item ? item.location : item[0].location;
}

/** Items in source order, those of one row together. */
function groupByRow<Item extends Term | readonly [Term, Term]>(items: readonly Item[]): Item[][] {
  const lines: Item[][] = [];
  let row = -1;
  for (const item of items) {
    const next = placeOf(item).row;
    if (lines.length === 0 || next > row) lines.push([item]);
    else lines.at(-1)?.push(item);
    row = next;
  }
  return lines.length === 0 ? [[]] : lines;
}
