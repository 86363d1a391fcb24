import { type RegoError, unreachable } from "../errors.ts";
import type { Body, Expr, Import, Module, Rule, Term } from "./ast.ts";
import { withRegoEscapes } from "../value/quote.ts";
import { isGround } from "./visit.ts";
import { operatorName } from "./build.ts";
import { compareImports, groupImports, importsKeyword, keywordsOf, neededImports } from "./format/imports.ts";
import { forBothVersions, withoutV0Imports } from "./format/versions.ts";
import { commentText, Layout, MisplacedComment } from "./format/layout.ts";
import { endRow, isInfix, isUnion, leadsWithBrace, TermFormatter } from "./format/terms.ts";
import type { Location } from "../location.ts";
import { type ModuleText, parseModule } from "./parse.ts";
import { powerOf } from "./precedence.ts";
import { infixOf, needsParens, printTerm } from "./print.ts";

export type FormatResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly errors: readonly RegoError[] };

/** How a module is to be written. */
export interface FormatOptions {
  /** So that v0 and v1 both read it: with `import rego.v1`, `if` and `contains`. */
  readonly v0AndV1?: boolean;
  /** Without imports of what v1 has anyway. */
  readonly dropV0Imports?: boolean;
}

/** Lays a module's source out as `opa fmt` does; a source that does not parse is refused. */
export function formatSource(text: ModuleText, options: FormatOptions = {}): FormatResult {
  const parsed = parseModule(text);
  if (!parsed.ok) return parsed;
  let { module } = parsed;
  if (options.v0AndV1) module = forBothVersions(module);
  else if (options.dropV0Imports && module.version === "v1") module = withoutV0Imports(module);
  try {
    return { ok: true, text: formatModule(module) };
  } catch (fault) {
    // A comment within the package's name or an import has no place in the layout: such a file stays as it is.
    if (!(fault instanceof MisplacedComment)) throw fault;
    return { ok: true, text: text.source };
  }
}

/** The text of a module: tabs, one blank line between rules, imports sorted, comments where they were. */
export function formatModule(module: Module): string {
  return new ModuleFormatter(module).format();
}

class ModuleFormatter {
  readonly #module: Module;
  readonly #out: Layout;
  readonly #terms: TermFormatter;
  /** An expression to be put in parentheses when its turn comes. */
  #wrapped: Expr | undefined;
  /** Refs of heads are written with dots. */
  readonly #dotted: boolean;

  constructor(module: Module) {
    this.#module = module;
    this.#out = new Layout(module.comments);
    this.#terms = new TermFormatter(
      this.#out,
      keywordsOf(module),
      (body) => this.#body(body),
      (expr) => this.#expr(expr),
    );
    this.#dotted = module.rules.some(({ head: { ref, key } }) => {
      return ref.parts.length > 2 || (ref.parts.length === 2 && key !== undefined);
    });
  }

  format(): string {
    const out = this.#out;
    const { rules } = this.#module;
    const imports = neededImports(this.#module);
    out.comments(this.#module.package.location.row);
    out.start();
    out.write("package ");
    const [, name, ...path] = this.#module.package.path.parts;
    if (name?.kind === "scalar") out.write(String(name.value).replace(/^\$\d+$/, "_"));
    this.#terms.keys(path);
    out.blank();
    const statements: (Import | Rule)[] = [...imports, ...rules].sort(
      (a, b) => a.location.start - b.location.start,
    );
    for (let i = 0; i < statements.length;) {
      const isImport = !("kind" in (statements[i] as Import | Rule));
      let end = i;
      while (end < statements.length && !("kind" in (statements[end] as Import | Rule)) === isImport) end++;
      const run = statements.slice(i, end);
      if (isImport) this.#imports(run as Import[]);
      else this.#rules(run as Rule[]);
      i = end;
    }
    out.restOfComments();
    return `${out.text.replace(/\n+$/, "")}\n`;
  }

  #imports(imports: readonly Import[]): void {
    const out = this.#out;
    for (const group of groupImports(imports)) {
      const notes = new Map(group.map((one) => [one, out.commentOn(one.location.row)]));
      out.comments((group[0] as Import).location.row);
      for (const one of group.toSorted((a, b) => compareImports(a, b))) {
        const note = notes.get(one);
        out.start();
        out.write("import ");
        this.#terms.ref(one.path);
        if (one.alias !== undefined) out.write(` as ${one.alias}`);
        if (note) out.write(` ${commentText(note)}`);
        out.end();
      }
      out.blank();
    }
  }

  #rules(rules: readonly Rule[]): void {
    rules.forEach((rule, i) => {
      this.#whole(rule.location, () => {
        this.#out.comments(rule.location.row);
        this.#rule(rule, false);
      });
      const next = rules[i + 1];
      const joined =
        next &&
        this.#isOneLiner(rule) &&
        this.#isOneLiner(next) &&
        next.location.row === rule.location.row + 1 &&
        endRow(rule.location) === rule.location.row;
      if (!joined) this.#out.blank();
    });
  }

  /** Writes a node, or its source where a comment stands in a place that the layout does not have. */
  #whole(location: Location, write: () => void): void {
    const before = this.#out.save();
    try {
      write();
    } catch (fault) {
      if (!(fault instanceof MisplacedComment)) throw fault;
      this.#out.restore(before);
      this.#out.commentsAbove(location.row);
      if (!this.#out.inline) this.#out.start();
      this.#out.write(location.text);
      this.#out.takeComments(location.row, endRow(location));
      this.#out.end();
    }
  }

  #isOneLiner(rule: Rule): boolean {
    if (rule.body.length > 1 || rule.default || rule.else || isSetStatement(rule.body[0])) return false;
    return this.#writesIf(rule);
  }

  /** Whether a rule is written with `if`: a keyword only below its import. */
  #writesIf(rule: Rule): boolean {
    return this.#knows("if", rule) && (this.#knows("contains", rule) || rule.head.key === undefined);
  }

  #knows(keyword: "if" | "contains", { location }: Rule): boolean {
    return this.#module.strictV1 || importsKeyword(this.#module, keyword, location.start);
  }

  #rule(rule: Rule, isElse: boolean): void {
    const out = this.#out;
    const start = out.text.length;
    if (!isElse) out.start();
    if (rule.default) out.write("default ");
    const isConstant = isTrueBody(rule.body) && rule.else === undefined;
    this.#head(rule, isElse, isConstant);
    if (isConstant) return out.end();
    const writesIf = this.#writesIf(rule);
    const [first] = rule.body;
    if (writesIf) {
      out.write(" if");
      if (
        rule.body.length === 1 &&
        first &&
        first.location.row === headEndRow(rule) &&
        !isSetStatement(first)
      ) {
        out.write(" ");
        this.#expr(first);
        if (rule.else) this.#else(rule, rule.else, start);
        else out.end();
        return;
      }
    }
    out.write(" {");
    out.end();
    if (writesIf && !isElse && first) this.#markUnion(first);
    out.up();
    this.#body(rule.body);
    out.comments(bodyEndRow(rule));
    out.down();
    out.start();
    out.write("}");
    if (rule.else) this.#else(rule, rule.else, start);
    else if (!isElse) out.end();
  }

  /** After `if {`, a union at the start would be read as a comprehension; it gets parentheses. */
  #markUnion(expr: Expr): void {
    const { negated, terms } = expr;
    if (negated) return;
    if (terms.kind === "and" || terms.kind === "or") {
      const [left] = terms.operands[0] as Body;
      if (terms.explicit[0] === true || !left || needsParens(left, terms.kind, false)) return;
      return this.#markUnion(left);
    }
    if (terms.kind !== "call") return;
    if (isUnionCall(expr)) {
      this.#wrapped = expr;
      return;
    }
    if (!isInfix(terms.operator)) return;
    const first = terms.args[terms.args.length === 3 && infixOf(terms.operator) !== undefined ? 2 : 0];
    if (first && isUnion(first)) this.#terms.parenthesize = first;
  }

  #else(rule: Rule, branch: Rule, start: number): void {
    const out = this.#out;
    const { text, row } = rule.location;
    const line = text.split("\n")[branch.location.row - row] ?? "";
    const wasApart = branch.location.row > row && !line.trimStart().startsWith("else");
    // What now stands on one row would be parted the next time.
    const isInline = wasApart && out.text.slice(start).trimStart().includes("\n");
    if (!out.hasCommentAbove(branch.location.row) && isInline) out.write(" ");
    else {
      out.blank();
      out.comments(branch.location.row);
      out.start();
    }
    this.#rule(branch, true);
  }

  #head(rule: Rule, isElse: boolean, isConstant: boolean): void {
    const out = this.#out;
    const { head } = rule;
    if (isElse) out.write("else");
    else {
      this.#ref(rule);
      if (head.args?.length) {
        out.write("(");
        this.#terms.items(head.args, head.location, -1, (arg) => this.#terms.term(arg));
        out.write(")");
      }
      if (head.key !== undefined) {
        const writesContains = this.#knows("contains", rule);
        out.write(writesContains ? " contains " : "[");
        this.#terms.term(head.key);
        if (!writesContains) out.write("]");
      }
    }
    if (head.value === undefined) return;
    const isTrue = head.value.kind === "scalar" && head.value.value === true;
    const shows =
      rule.default ||
      isConstant ||
      !isTrue ||
      (!isElse &&
        head.ref.parts.length > 1 &&
        (!this.#module.strictV1 || !head.ref.parts.slice(1).every(isGround)));
    const isWritten = rule.body[0]?.generated === false;
    const needsValue = isConstant && (isElse || isWritten || (this.#module.strictV1 && !head.args));
    if (!shows || !(head.explicitValue || needsValue)) return;
    out.write(head.assign || this.#module.strictV1 ? " := " : " = ");
    this.#terms.term(head.value);
  }

  /** A ref of two parts is written with brackets unless some rule of the module has a longer one. */
  #ref({ head: { ref } }: Rule): void {
    const [name, key] = ref.parts;
    if (this.#dotted || ref.parts.length !== 2 || key === undefined) return this.#terms.ref(ref);
    this.#terms.term(name);
    this.#out.write(`[${withRegoEscapes(printTerm(key))}]`);
  }

  #body(body: Body): void {
    const out = this.#out;
    out.comments((body[0] as Expr).location.row);
    body.forEach((expr, i) => {
      const previous = body[i - 1];
      if (
        previous &&
        expr.location.row > endRow(previous.location) + 1 &&
        !out.hasCommentAbove(expr.location.row)
      ) {
        out.blank();
      } else if (previous && this.#isApart(previous, expr)) out.blank();
      this.#whole(expr.location, () => {
        out.comments(expr.location.row);
        out.start();
        // Below another literal, a minus would go on with that one.
        if (i > 0) this.#terms.guarded = leadingNegative(expr);
        this.#expr(expr);
        out.end();
      });
    });
  }

  /** True where a gap in the source stands before the comments above an expression. */
  #isApart(previous: Expr, expr: Expr): boolean {
    return expr.location.row > endRow(previous.location) + 1;
  }

  #expr(expr: Expr): void {
    const out = this.#out;
    out.comments(expr.location.row);
    if (!out.inline) out.start();
    const parens = this.#wrapped === expr;
    if (parens) this.#wrapped = undefined;
    out.write(`${expr.negated ? "not " : ""}${parens ? "(" : ""}`);
    this.#exprTerms(expr);
    if (parens) out.write(")");
    this.#withs(expr);
  }

  #exprTerms(expr: Expr): void {
    const out = this.#out;
    const { terms } = expr;
    switch (terms.kind) {
      case "term":
        return this.#terms.term(terms.term);
      case "call": {
        const name = operatorName(terms.operator);
        if (name.startsWith("internal.member_")) return this.#terms.membership(terms.args, false);
        const infix = infixOf(terms.operator);
        const [left, right, result] = terms.args;
        if (infix === undefined || !left || !right || terms.args.length > 3) {
          return this.#terms.plainCall(terms.operator, terms.args);
        }
        if (result) {
          this.#terms.term(result);
          out.write(" = ");
        }
        this.#operand(left, bindsLooser(left, infix, false));
        out.write(` ${infix} `);
        return this.#operand(right, bindsLooser(right, infix, true));
      }
      case "some":
        out.write("some ");
        return terms.symbols.forEach((symbol, i) => {
          if (i > 0) out.write(", ");
          if (symbol.kind === "call") this.#terms.membership(symbol.args, false);
          else this.#terms.term(symbol);
        });
      case "every": {
        out.write("every ");
        if (terms.key) {
          this.#terms.term(terms.key);
          out.write(", ");
        }
        this.#terms.term(terms.value);
        out.write(" in ");
        this.#terms.term(terms.domain);
        out.write(" {");
        this.#terms.closureBody(terms.body, expr.location.row, termsEndRow(expr));
        const inline = terms.body.length === 1 && terms.body[0]?.location.row === expr.location.row;
        return out.write(inline ? " }" : "}");
      }
      case "not": {
        const [only] = terms.body;
        out.write("not ");
        if (terms.explicit || terms.body.length > 1 || !only)
          return this.#braces(terms.body, expr.location.row, termsEndRow(expr));
        return this.#parenthesized(only, needsParens(only, "not", false) || leads(only));
      }
      case "and":
      case "or":
        return this.#logical(expr);
      default:
        return unreachable(terms);
    }
  }

  /** A body in braces that opens on `row`. */
  #braces(body: Body, row: number, closingRow: number): void {
    const [first] = body;
    if (first && isUnionCall(first) && !first.negated) this.#wrapped = first;
    this.#out.write("{");
    this.#terms.closureBody(body, row, closingRow);
    this.#out.write(body.at(-1)?.location.row === row ? " }" : "}");
  }

  #parenthesized(expr: Expr, parens: boolean): void {
    if (parens) this.#out.write("(");
    this.#expr(expr);
    if (parens) this.#out.write(")");
  }

  /** `a and b or c`: an operand that began a line still does. */
  #logical(expr: Expr): void {
    const out = this.#out;
    const indented = this.#chain(expr);
    if (indented) out.down();
  }

  #operand(term: Term, parens: boolean): void {
    if (parens) this.#terms.term(term, true);
    else this.#terms.term(term);
  }

  /** Writes a chain of operators; true where it was indented. */
  #chain(expr: Expr): boolean {
    const { terms } = expr;
    if (terms.kind !== "and" && terms.kind !== "or") return false;
    const out = this.#out;
    const [left, right] = terms.operands as [Body, Body];
    const [first] = left;
    let indented = false;
    if (terms.explicit[0] !== true && first && isLogical(first) && !needsParens(first, terms.kind, false)) {
      indented = this.#chain(first);
    } else
      this.#logicalOperand(
        left,
        terms.explicit[0] === true,
        expr,
        needsParens(first as Expr, terms.kind, false) || leads(first as Expr),
      );
    out.write(` ${terms.kind}`);
    const start = operandStart(right, terms.explicit[1] === true);
    const { source, end: lastEnd } = (left.at(-1) as Expr).location;
    const leftEnd = terms.explicit[0] === true ? source.text.indexOf("}", lastEnd) : lastEnd;
    const before = source.text.slice(leftEnd, start);
    if (before.includes("\n")) {
      if (!indented) out.up();
      indented = true;
      out.end();
      out.start();
    } else out.write(" ");
    this.#logicalOperand(
      right,
      terms.explicit[1] === true,
      expr,
      needsParens(right[0] as Expr, terms.kind, true) || leads(right[0] as Expr),
    );
    return indented;
  }

  #logicalOperand(body: Body, explicit: boolean, whole: Expr, parens: boolean): void {
    if (!explicit) return this.#parenthesized(body[0] as Expr, parens);
    const { source } = whole.location;
    const open = operandStart(body, true);
    const row =
      (body[0] as Expr).location.row -
      countNewlines(source.text.slice(open, (body[0] as Expr).location.start));
    const last = body.at(-1) as Expr;
    const close = source.text.indexOf("}", last.location.end);
    this.#braces(
      body,
      row,
      endRow(last.location) + countNewlines(source.text.slice(last.location.end, close)),
    );
  }

  #withs(expr: Expr): void {
    const out = this.#out;
    let row = termsEndRow(expr);
    let indented = false;
    for (const modifier of expr.with) {
      const breaks = modifier.location.row > row;
      if (breaks) {
        if (!indented) out.up();
        indented = true;
        out.end();
        out.start();
      } else out.write(" ");
      row = Math.max(row, modifier.location.row);
      out.comments(modifier.location.row);
      out.write("with ");
      this.#terms.term(modifier.target);
      out.write(" as ");
      this.#terms.term(modifier.value);
    }
    if (indented) out.down();
  }
}

function isLogical({ terms }: Expr): boolean {
  return terms.kind === "and" || terms.kind === "or";
}

/** Where an operand begins: at its brace, or its only expression. */
function operandStart(body: Body, explicit: boolean): number {
  const { source, start } = (body[0] as Expr).location;
  return explicit ? source.text.lastIndexOf("{", start - 1) : start;
}

function countNewlines(text: string): number {
  return text.split("\n").length - 1;
}

/** True for an operand that would be read otherwise without parentheses: operators of one rank bind to the left. */
function bindsLooser(term: Term, infix: string, isRight: boolean): boolean {
  const own = term.kind === "call" && term.args.length === 2 ? infixOf(term.operator) : undefined;
  const [inner, outer] = [own === undefined ? undefined : powerOf(own), powerOf(infix)];
  return inner !== undefined && outer !== undefined && (isRight ? inner <= outer : inner < outer);
}

/** True for an expression that would be read as a body, were it not in parentheses. */
function leads({ terms, negated }: Expr): boolean {
  if (negated) return false;
  if (terms.kind === "term") return leadsWithBrace(terms.term);
  if (terms.kind !== "call" || !isInfix(terms.operator)) return false;
  const first = terms.args[terms.args.length === 3 && infixOf(terms.operator) !== undefined ? 2 : 0];
  return first !== undefined && leadsWithBrace(first);
}

/** The negative number that an expression's text begins with. */
function leadingNegative({ terms, negated }: Expr): Term | undefined {
  if (negated) return undefined;
  if (terms.kind === "term") return leadingNegativeOf(terms.term);
  if (terms.kind === "and" || terms.kind === "or") {
    const [first] = terms.operands[0] as Body;
    return terms.explicit[0] === true || !first ? undefined : leadingNegative(first);
  }
  if (terms.kind !== "call" || !isInfix(terms.operator)) return undefined;
  const first = terms.args[terms.args.length === 3 && infixOf(terms.operator) !== undefined ? 2 : 0];
  return first && leadingNegativeOf(first);
}

function leadingNegativeOf(term: Term): Term | undefined {
  if (term.kind === "call" && isInfix(term.operator)) return term.args[0] && leadingNegativeOf(term.args[0]);
  return term.kind === "scalar" && printTerm(term).startsWith("-") ? term : undefined;
}

function isUnionCall({ terms }: Expr): boolean {
  return terms.kind === "call" && terms.args.length === 2 && operatorName(terms.operator) === "or";
}

function isTrueBody(body: Body): boolean {
  const [only] = body;
  if (body.length !== 1 || !only || only.negated || only.with.length > 0 || only.terms.kind !== "term")
    return false;
  return only.terms.term.kind === "scalar" && only.terms.term.value === true;
}

function isSetStatement(expr: Expr | undefined): boolean {
  return expr?.negated === false && expr.terms.kind === "term" && expr.terms.term.kind === "set";
}

function headEndRow({ head }: Rule): number {
  return endRow(head.location);
}

/** The row of the brace that closes a rule's own body. */
function bodyEndRow(rule: Rule): number {
  const last = rule.body.at(-1) as Expr;
  const { source } = last.location;
  const close = source.text.indexOf("}", last.location.end);
  if (close === -1) return endRow(last.location);
  let row = endRow(last.location);
  for (let i = last.location.end; i < close; i++) {
    // A brace inside a comment closes nothing.
    if (source.text[i] === "#") i = source.text.indexOf("\n", i);
    if (i === -1) break;
    if (source.text[i] === "\n") row++;
  }
  return row;
}

function textBeforeWith(expr: Expr): string {
  const [first] = expr.with;
  const { source, start, end } = expr.location;
  return source.text.slice(start, first ? first.location.start : end).trimEnd();
}

function termsEndRow(expr: Expr): number {
  return expr.location.row + textBeforeWith(expr).split("\n").length - 1;
}
