import type { IToken, ParserMethod } from "chevrotain";
import type { Body, Expr, ExprTerms, Term } from "../ast.ts";
import { operatorName } from "../build.ts";
import type { Location } from "../../location.ts";
import { EVERY_HINT } from "../hints.ts";
import * as T from "../tokens.ts";
import { kindName } from "../visit.ts";
import { BodyGrammar } from "./bodies.ts";
import { isFinal, type ParseJob, type SavedState } from "./cursor.ts";

/** One side of `and` or `or`, or what `not` negates: an expression, or a body in braces. */
interface Operand {
  readonly body: Body;
  /** Written in braces. */
  readonly explicit: boolean;
  readonly location: Location;
}

/**
 * Literals: expressions, their negation, and the operators `and` and `or` of `future.keywords`, which bind looser than
 * everything else and take bodies in braces and groups in parentheses as operands.
 */
export abstract class LogicalGrammar extends BodyGrammar {
  /** True once `import future.keywords.not` was read: `not` takes bodies. */
  notBodies = false;

  /** Offsets of braces and parentheses found to be plain terms, so that nothing is tried twice. */
  private plain = new Set<number>();

  override start(job: ParseJob): void {
    super.start(job);
    this.notBodies = false;
    this.plain.clear();
  }

  override readonly literal: ParserMethod<[], Expr> = this.RULE("literal", (): Expr => {
    this.enter();
    const first = this.LA(1);
    const led = this.isLogical() ? this.ledOperand(first) : undefined;
    let literal: Expr;
    if (led) literal = this.SUBRULE(this.chain, { ARGS: [led, first] });
    else {
      const isRef = this.refHeadAsIdentifier();
      if (!isRef && this.at(T.Some)) literal = this.SUBRULE(this.some);
      else if (!isRef && this.at(T.Every)) literal = this.SUBRULE(this.every);
      else literal = this.SUBRULE(this.expression);
    }
    this.depth--;
    return literal;
  });

  /** A literal that is neither `some` nor `every`, with its modifiers. */
  readonly expression: ParserMethod<[], Expr> = this.RULE("expression", (): Expr => {
    const first = this.LA(1);
    const negated = this.at(T.Not);
    if (negated) {
      this.CONSUME(T.Not);
      if (this.at(T.Some)) this.fail("illegal negation of 'some'");
      if (this.at(T.Every)) this.fail("illegal negation of 'every'");
      const operand = this.notBodies ? this.negatedOperand(first) : undefined;
      if (operand) return this.SUBRULE(this.chain, { ARGS: [operand, first] });
    }
    const before = this.here();
    const isEvery = this.at(T.Identifier) && first.image === "every";
    const terms = this.SUBRULE(this.equation);
    if (isEvery && terms?.kind === "term" && terms.term.kind === "var") this.hintEvery(before);
    const modifier = this.LA(1);
    const withs = this.SUBRULE(this.withs);
    const expr = this.ACTION(() => this.finish(terms, negated, withs, first));
    const operator = this.LA(1);
    if (!this.at(T.LogicalAnd) && !this.at(T.LogicalOr)) return expr;
    if (withs.length > 0) this.refuseModifier(modifier, operator.image);
    if (!negated && expr.location.text.startsWith("{")) this.refuseBraces(expr, operator.image);
    const operand: Operand = { body: [expr], explicit: false, location: expr.location };
    return this.SUBRULE2(this.chain, { ARGS: [operand, first] });
  });

  /** A plain word `every` that reads as a statement if it were a keyword. */
  private hintEvery(start: SavedState): void {
    const after = this.here();
    this.back(start);
    const meant = this.withFutureKeywords(() => this.SUBRULE(this.every));
    this.back(after);
    if (meant !== undefined) this.hints = [...this.hints, EVERY_HINT];
  }

  /** Terms of a statement: one term, or two joined by `=` or `:=`. */
  readonly equation: ParserMethod<[], ExprTerms> = this.RULE("equation", (): ExprTerms => {
    const left = this.SUBRULE(this.infix, { ARGS: [true] });
    const operator = this.LA(1);
    if (operator.tokenType !== T.Assign && operator.tokenType !== T.Unify) {
      return this.ACTION(() => this.tree.termsOf(left));
    }
    this.CONSUME(operator.tokenType);
    const right = this.SUBRULE2(this.infix, { ARGS: [true] });
    return { kind: "call", operator: this.tree.operator(operator), args: [left, right], infix: true };
  });

  /** `first and … or …` after its first operand, and the modifiers of the whole. */
  readonly chain: ParserMethod<[Operand, IToken], Expr> = this.RULE(
    "chain",
    (operand: Operand, first: IToken): Expr => {
      const folded = this.RECORDING_PHASE ? operand : this.disjunction(operand);
      const withs = this.SUBRULE(this.withs);
      return this.ACTION((): Expr => {
        const expr = folded.body[0] as Expr;
        const location = this.tree.span(first, this.LA(0));
        return withs.length === 0 ? { ...expr, location } : { ...expr, with: withs, location };
      });
    },
  );

  private disjunction(first: Operand): Operand {
    this.enter();
    let left = this.conjunction(first);
    for (let length = 0; this.at(T.LogicalOr); this.link(++length)) {
      this.CONSUME(T.LogicalOr);
      left = this.join("or", left, this.conjunction(this.operand("or")));
    }
    this.depth--;
    return left;
  }

  private conjunction(first: Operand): Operand {
    let left = first;
    for (let length = 0; this.at(T.LogicalAnd); this.link(++length)) {
      this.CONSUME(T.LogicalAnd);
      left = this.join("and", left, this.operand("and"));
    }
    return left;
  }

  private join(kind: "and" | "or", left: Operand, right: Operand): Operand {
    for (const operand of [left, right]) this.reportVoid(kind, operand);
    const location = this.tree.stretch(left.location, left.location.start, this.LA(0));
    const terms: ExprTerms = {
      kind,
      operands: [left.body, right.body],
      explicit: [left.explicit, right.explicit],
    };
    const expr: Expr = { negated: false, terms, with: [], generated: false, location };
    return { body: [expr], explicit: false, location };
  }

  /** What stands at the start of a literal and is an operand by its shape: braces before an operator, or a group. */
  private ledOperand(first: IToken): Operand | undefined {
    if (this.plain.has(first.startOffset)) return undefined;
    let operand: Operand | undefined;
    if (this.at(T.LBrace)) {
      const before = this.here();
      const body = this.tried(() => this.SUBRULE(this.braceBody));
      if (body && (this.at(T.LogicalAnd) || this.at(T.LogicalOr))) {
        operand = { body, explicit: true, location: this.tree.span(first, this.LA(0)) };
        this.refuseUnion(operand, "");
      } else this.back(before);
    } else if (this.at(T.LParen)) operand = this.group(false, "");
    if (operand === undefined) this.plain.add(first.startOffset);
    return operand;
  }

  /** What `not` negates as a body: braces or a group; undefined where an expression follows. */
  private negatedOperand(not: IToken): Operand | undefined {
    let inner: Operand | undefined;
    if (this.at(T.LBrace)) inner = this.bracedOperand("not ");
    else if (this.at(T.LParen)) inner = this.group(true, "not ");
    if (inner === undefined) return undefined;
    const location = this.tree.span(not, this.LA(0));
    const terms: ExprTerms = { kind: "not", body: inner.body, explicit: inner.explicit };
    const expr: Expr = { negated: false, terms, with: [], generated: false, location };
    return { body: [expr], explicit: false, location };
  }

  private bracedOperand(prefix: string, operator?: string): Operand {
    const open = this.LA(1);
    const before = this.here();
    const isEmpty = this.LA(2).tokenType === T.RBrace;
    let body: Body;
    try {
      body = this.SUBRULE(this.braceBody);
    } catch (fault) {
      if (isEmpty || isFinal(fault)) throw fault;
      // The braces may hold a value; then it is those that are wrong, not what is in them.
      const reported = this.reported.slice(before.reported);
      this.back(before);
      const term = this.tried(() => this.SUBRULE(this.infix, { ARGS: [true] }));
      if (term === undefined) {
        this.reported.push(...reported);
        throw fault;
      }
      const text = this.tree.span(open, this.LA(0)).text;
      if (operator !== undefined) this.failAtToken(open, bracesNeedBody(text, operator));
      this.failAtToken(
        open,
        `\`{...}\` in an operand position must contain expression(s), got: ${kindName(leftmost(term))}` +
          ` (hint: write \`${prefix}(${text})\` to negate the value, or \`${prefix}{${text}}\` for a body holding it)`,
      );
    }
    const operand: Operand = { body, explicit: true, location: this.tree.span(open, this.LA(0)) };
    this.refuseUnion(operand, prefix);
    return operand;
  }

  /** An operand after `and` or `or`, or the first one in a group (`operator` is empty then). */
  private operand(operator: string): Operand {
    if (this.at(T.LBrace)) {
      if (operator !== "") return this.bracedOperand("", operator);
      const open = this.LA(1);
      const body = this.SUBRULE(this.braceBody);
      return { body, explicit: true, location: this.tree.span(open, this.LA(0)) };
    }
    const first = this.LA(1);
    const negated = this.at(T.Not) && !this.isRefHead();
    if (negated) {
      this.CONSUME(T.Not);
      const operand = this.notBodies ? this.negatedOperand(first) : undefined;
      if (operand) return operand;
    } else if (this.at(T.LParen)) {
      const operand = this.group(true, "");
      if (operand) return operand;
    }
    const terms = this.SUBRULE(this.equation);
    const expr = this.finish(terms, negated, [], first);
    return { body: [expr], explicit: false, location: expr.location };
  }

  /**
   * Parentheses around operands: `(a or b)`, `(not a)`. Undefined, with nothing consumed, where they hold a plain term.
   * `isOperand` tells that they stand where only an operand can.
   */
  private group(isOperand: boolean, prefix: string): Operand | undefined {
    const open = this.LA(1);
    if (this.plain.has(open.startOffset)) return undefined;
    const operand = this.tryGroup(isOperand, prefix);
    if (operand === undefined) this.plain.add(open.startOffset);
    return operand;
  }

  private tryGroup(isOperand: boolean, prefix: string): Operand | undefined {
    this.enter();
    const before = this.here();
    const open = this.CONSUME(T.LParen);
    if (this.at(T.RParen)) {
      if (isOperand) this.failAtToken(open, "empty parenthesized group");
      this.back(before);
      return undefined;
    }
    const first = this.tried(() => this.operand(""));
    if (first === undefined) {
      this.back(before);
      return undefined;
    }
    if (this.at(T.LogicalAnd) || this.at(T.LogicalOr)) {
      const folded = this.disjunction(first);
      const withs = this.SUBRULE(this.withs);
      return this.closeGroup(
        open,
        withs.length === 0 ? folded.body : [{ ...(folded.body[0] as Expr), with: withs }],
      );
    }
    const [only] = first.body;
    if (this.at(T.With) && !first.explicit && only) {
      const modifier = this.LA(1);
      const withs = this.SUBRULE2(this.withs);
      if (this.at(T.LogicalAnd) || this.at(T.LogicalOr)) this.refuseModifier(modifier, this.LA(1).image);
      const closed = this.closeGroup(open, [{ ...only, with: withs }]);
      if (isOperand || this.at(T.LogicalAnd) || this.at(T.LogicalOr)) return closed;
      this.back(before);
      return undefined;
    }
    if (first.explicit) {
      this.back(before);
      this.CONSUME(T.LParen);
      const value = this.tried(() => this.SUBRULE(this.term));
      this.back(before);
      if (value !== undefined) return undefined;
      return this.failAtToken(
        open,
        "`(...)` in an operand position cannot contain a body" +
          ` (hint: drop the parens to keep the body: \`${prefix}${first.location.text}\`)`,
      );
    }
    const kind = only?.terms.kind;
    if (kind === "and" || kind === "or" || kind === "not" || only?.negated)
      return this.closeGroup(open, first.body);
    this.back(before);
    return undefined;
  }

  private closeGroup(open: IToken, body: Body): Operand {
    if (!this.at(T.RParen)) this.failHere("expected ) to close parenthesized group");
    const close = this.CONSUME(T.RParen);
    this.depth--;
    return { body, explicit: false, location: this.tree.span(open, close) };
  }

  /** An expression, wrapped into a `not` body where `future.keywords.not` asks for it. */
  private finish(terms: ExprTerms, negated: boolean, withs: Expr["with"], first: IToken): Expr {
    const wraps = negated && this.notBodies;
    const expr = this.tree.statement(terms, wraps ? [] : withs, first, this.LA(0));
    if (!negated) return expr;
    if (!wraps) return { ...expr, negated: true };
    return this.tree.statement({ kind: "not", body: [expr], explicit: false }, withs, first, this.LA(0));
  }

  /** `print(…)` always succeeds, so as an operand it decides nothing. */
  private reportVoid(kind: "and" | "or", { body }: Operand): void {
    const isVoid = ({ negated, terms }: Expr): boolean =>
      !negated && terms.kind === "call" && operatorName(terms.operator) === "print";
    const [first] = body;
    if (first === undefined || !body.every(isVoid)) return;
    this.report(
      first.location,
      `operand of \`${kind}\` cannot consist only of calls to \`print\` (hint: \`print\` produces no value and` +
        " always succeeds, so the operand can never fail; move it out of the operand, or add an expression that can fail)",
    );
  }

  private isLogical(): boolean {
    return !this.RECORDING_PHASE && this.exportLexerState() + 1 >= this.logicalFrom;
  }

  private refuseModifier(modifier: IToken, operator: string): never {
    return this.failAtToken(
      modifier,
      `\`with\` modifier is not allowed on operand of \`${operator}\`` +
        " (hint: Wrap the operand in `(...)` or `{...}` to scope, or move `with` after the" +
        ` \`${operator}\` expression to apply it to the whole expression)`,
    );
  }

  private refuseBraces(expr: Expr, operator: string): never {
    const term = expr.terms.kind === "term" ? expr.terms.term : undefined;
    if (term?.kind === "object" && term.entries.length === 0) this.failAt(expr.location, "found empty body");
    return this.failAt(expr.location, bracesNeedBody(expr.location.text, operator));
  }

  /** `{a | b}` as an operand reads like a comprehension, and is a body that holds a union: neither is meant for sure. */
  private refuseUnion({ body, location }: Operand, prefix: string): void {
    const [first] = body;
    if (first?.terms.kind !== "call" || !first.terms.infix || first.terms.operator.location.text !== "|")
      return;
    const union = first.location;
    if (union.text.trimStart().startsWith("(")) return;
    const text = location.text;
    const start = union.start - location.start;
    const wrapped = `${text.slice(0, start)}(${union.text})${text.slice(start + union.text.length)}`;
    this.failAt(
      location,
      "ambiguous `{ ... | ... }` operand: read as a body holding a set-union expression, not as a comprehension" +
        ` (hint: write \`${prefix}(${text})\` for the comprehension, or \`${prefix}${wrapped}\` for the set union)`,
    );
  }
}

function bracesNeedBody(text: string, operator: string): string {
  return (
    `operand of \`${operator}\` cannot begin with \`{\` unless the braces hold a body` +
    ` (hint: wrap the operand to keep the value: \`(${text}) ${operator} ...\`)`
  );
}

/** The operand in which a chain of infix operators begins. */
function leftmost(term: Term): Term {
  return term.kind === "call" && term.infix && term.args[0] ? leftmost(term.args[0]) : term;
}
