import type { ParserMethod, TokenType } from "chevrotain";
import type { Body, CallTerm, Every, Expr, Term, VarTerm, With } from "../ast.ts";
import { operatorName } from "../build.ts";
import { isRootDocument } from "../rule-head.ts";
import * as T from "../tokens.ts";
import { infixHint, SOME_HINT } from "../hints.ts";
import { TermGrammar } from "./terms.ts";

/** Bodies, and the statements that stand in them beside plain expressions. */
export abstract class BodyGrammar extends TermGrammar {
  /** A statement of a query: literals joined by semicolons. */
  readonly query: ParserMethod<[], Body> = this.RULE("query", (): Body => {
    const body: Expr[] = [this.SUBRULE(this.literal)];
    while (this.at(T.Semicolon)) {
      this.CONSUME(T.Semicolon);
      body.push(this.SUBRULE2(this.literal));
    }
    return body;
  });

  /** Literals parted by semicolons or newlines, up to (not including) `closer`. */
  override readonly body: ParserMethod<[TokenType], Body> = this.RULE("body", (closer: TokenType): Body => {
    this.enter();
    if (this.LA(1).tokenType === closer) this.failHere("found empty body");
    const body: Expr[] = [this.SUBRULE(this.literal)];
    while (!this.RECORDING_PHASE && this.LA(1).tokenType !== closer) {
      if (this.at(T.Semicolon)) this.CONSUME(T.Semicolon);
      else if (!this.onNewLine()) {
        this.stopAtIllegal();
        if (this.reported.length > 0) this.stop();
        if (this.hints.length === 0) this.hints = this.infixHints();
        this.fail(`expected \\n or ; or ${closer === T.RBrace ? "}" : "]"}`);
      }
      body.push(this.SUBRULE2(this.literal));
    }
    this.depth--;
    return body;
  });

  readonly braceBody: ParserMethod<[], Body> = this.RULE("braceBody", (): Body => {
    this.CONSUME(T.LBrace);
    const body = this.SUBRULE(this.body, { ARGS: [T.RBrace] });
    this.CONSUME(T.RBrace);
    return body;
  });

  readonly withs: ParserMethod<[], readonly With[]> = this.RULE("withs", (): readonly With[] => {
    const withs: With[] = [];
    while (this.at(T.With)) {
      const keyword = this.CONSUME(T.With);
      if (!this.at(T.Identifier)) this.fail("expected ident");
      const target = this.SUBRULE(this.term);
      if (target.kind !== "ref" && target.kind !== "var") this.fail("expected with target path");
      this.CONSUME(T.As, { ERR_MSG: "expected as keyword" });
      const value = this.SUBRULE(this.infix, { ARGS: [true] });
      withs.push({ target, value, location: this.tree.span(keyword, this.LA(0)) });
    }
    return withs;
  });

  readonly some: ParserMethod<[], Expr> = this.RULE("some", (): Expr => {
    const keyword = this.CONSUME(T.Some);
    const before = this.here();
    const member = this.tried(() => this.SUBRULE(this.infix, { ARGS: [true] }));
    if (member?.kind === "call") {
      if (!isMembership(member)) {
        this.fail("expected `x in xs` or `x, y in xs` expression");
      }
      const withs = this.SUBRULE(this.withs);
      return this.tree.statement({ kind: "some", symbols: [member] }, withs, keyword, this.LA(0));
    }
    this.back(before);
    const meant = this.withFutureKeywords(() => this.SUBRULE2(this.infix, { ARGS: [true] }));
    if (meant?.kind === "call" && isMembership(meant)) this.hints = [...this.hints, SOME_HINT];
    const symbols: Term[] = [];
    do {
      if (symbols.length > 0) this.CONSUME(T.Comma);
      const name = this.CONSUME(T.Identifier, { ERR_MSG: "expected var" });
      this.ACTION(() => symbols.push(this.tree.variable(name)));
    } while (this.at(T.Comma));
    return this.ACTION(() => this.tree.statement({ kind: "some", symbols }, [], keyword, this.LA(0)));
  });

  readonly every: ParserMethod<[], Expr> = this.RULE("every", (): Expr => {
    const keyword = this.CONSUME(T.Every);
    const member = this.SUBRULE(this.infix, { ARGS: [true] });
    const [key, value, domain] = this.ACTION(() => this.everyParts(member)) ?? [];
    if (!this.at(T.LBrace)) this.fail("missing body");
    const body = this.SUBRULE(this.braceBody);
    const withs = this.SUBRULE(this.withs);
    const terms: Every = { kind: "every", key, value: value, domain: domain, body };
    return this.ACTION(() => this.tree.statement(terms, withs, keyword, this.LA(0)));
  });

  private everyParts(member: Term): [VarTerm | undefined, VarTerm, Term] {
    if (member.kind !== "call" || !isMembership(member)) {
      this.fail("expected `x[, y] in xs { ... }` expression");
    }
    const args = member.args;
    const [key, value, domain] = args.length === 2 ? [undefined, args[0], args[1]] : args;
    if (key && !isLocalName(key)) this.fail("expected key to be a variable");
    if (!value || !isLocalName(value)) this.fail("expected value to be a variable");
    return [key, value, domain as Term];
  }

  /** Of what follows a literal on its row: an operator that must be imported. */
  private infixHints(): readonly string[] {
    const next = this.LA(1);
    const key = this.tree.scalar(this.LA(0), null);
    const isKeyed =
      next.tokenType === T.Comma &&
      this.withFutureKeywords(() => this.SUBRULE(this.keyedMember, { ARGS: [key] })) !== undefined;
    const hint = infixHint(isKeyed ? "in" : next.tokenType === T.Identifier ? next.image : "");
    return hint === undefined ? [] : [hint];
  }
}

function isMembership({ operator }: CallTerm): boolean {
  return operatorName(operator).startsWith("internal.member_");
}

/** A var that a statement can declare: the root documents are not. */
function isLocalName(term: Term): term is VarTerm {
  return term.kind === "var" && !isRootDocument(term);
}
