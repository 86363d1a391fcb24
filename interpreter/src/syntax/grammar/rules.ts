import { EOF, type IToken, type ParserMethod, type TokenType } from "chevrotain";
import type { Body, RefTerm, Rule, Term } from "../ast.ts";
import { trueBody, trueTerm } from "../build.ts";
import { relocated } from "../relocate.ts";
import { matchBrackets } from "../lexer.ts";
import { unexpected } from "../diagnostics.ts";
import { printRef } from "../print.ts";
import { checkDefaultRule, headFromRef, type ParsedHead } from "../rule-head.ts";
import * as T from "../tokens.ts";
import { isGround } from "../visit.ts";
import type { WrittenRule } from "../v1-checks.ts";
import { isFinal, type ParseJob } from "./cursor.ts";
import { LogicalGrammar } from "./logical.ts";

/** Tokens after a closing brace that make the braces part of a longer expression. */
const VALUE_FOLLOWERS = new Set<TokenType>([
  T.Operator,
  T.Minus,
  T.Pipe,
  T.In,
  T.Assign,
  T.Unify,
  T.With,
  T.Comma,
  T.LogicalAnd,
  T.LogicalOr,
  T.Dot,
  T.LBracket,
  T.LParen,
]);
/** Those that do so only without whitespace in between. */
const TOUCHING = new Set<TokenType>([T.Dot, T.LBracket, T.LParen]);

const BINARY_IN_HEAD = new Set<TokenType>([T.Operator, T.Minus, T.Pipe]);

/** Tokens after which a keyword that opens a statement is meant as a rule's name. */
const RULE_NAME_FOLLOWERS = new Set<TokenType>([T.Assign, T.Unify, T.If, T.Contains, T.LParen]);
const OPERATOR_NAME_FOLLOWERS = new Set<TokenType>([T.Assign, T.Unify, T.If, T.Contains]);
const PATH_NAME_FOLLOWERS = new Set<TokenType>([T.Assign, T.Unify, T.LParen]);
const NAME_FOLLOWERS = new Map<TokenType, ReadonlySet<TokenType>>([
  [T.Every, RULE_NAME_FOLLOWERS],
  [T.If, RULE_NAME_FOLLOWERS],
  [T.In, RULE_NAME_FOLLOWERS],
  [T.Some, RULE_NAME_FOLLOWERS],
  [T.As, RULE_NAME_FOLLOWERS],
  [T.Package, PATH_NAME_FOLLOWERS],
  [T.Import, PATH_NAME_FOLLOWERS],
  [T.Not, OPERATOR_NAME_FOLLOWERS],
  [T.LogicalAnd, OPERATOR_NAME_FOLLOWERS],
  [T.LogicalOr, OPERATOR_NAME_FOLLOWERS],
  [T.Contains, new Set<TokenType>([T.If, T.Contains])],
]);

/** Rules: heads, bodies, chained bodies and else branches. */
export abstract class RuleGrammar extends LogicalGrammar {
  /** For each opening bracket, the index after its closing one; made when first needed. */
  private afterBracket: Int32Array | undefined;

  override start(job: ParseJob): void {
    super.start(job);
    this.afterBracket = undefined;
  }

  /** One rule with its chained bodies; undefined (and nothing consumed) where the statement is no rule. */
  readonly rules: ParserMethod<[], readonly WrittenRule[] | undefined> = this.RULE(
    "rules",
    (): readonly WrittenRule[] | undefined => {
      const before = this.here();
      this.refHeadAsIdentifier();
      const first = this.LA(1);
      const isDefault = this.at(T.Default);
      if (isDefault) {
        this.CONSUME(T.Default);
        this.refHeadAsIdentifier();
        if (NAME_FOLLOWERS.has(this.LA(1).tokenType)) {
          this.failHere(`${this.LA(1).image} keyword cannot be used for rule name`);
        }
      }
      if (!this.at(T.Identifier) && !this.RECORDING_PHASE) {
        this.back(before);
        return undefined;
      }
      const head = this.SUBRULE(this.head, { ARGS: [isDefault] });
      if (head === undefined) {
        this.back(before);
        return undefined;
      }
      if (isDefault) {
        return this.ACTION(() => {
          const location = this.tree.span(first, this.LA(0));
          if (this.reported.length > before.reported) this.stop();
          checkDefaultRule(head, location);
          const finished = headFromRef(head, "default");
          const rule: Rule = {
            kind: "rule",
            default: true,
            head: finished,
            body: trueBody(this.tree.span(first, first)),
            else: undefined,
            location,
          };
          return [
            { rule, keywords: new Set<"if" | "contains">(), generatedBody: false, generatedValue: false },
          ];
        });
      }
      const hasIf = this.at(T.If);
      let body: Body;
      let generatedBody = false;
      if (hasIf) {
        this.CONSUME(T.If);
        body = this.SUBRULE(this.ifBody);
      } else if (this.at(T.LBrace)) {
        body = this.SUBRULE(this.braceBody);
      } else if (head.contains) {
        body = trueBody(this.tree.span(first, first));
        generatedBody = true;
      } else {
        // Nothing is read again where there are problems already.
        if (this.reported.length > 0) this.stop();
        this.back(before);
        return undefined;
      }
      const keywords = new Set<"if" | "contains">();
      if (hasIf) keywords.add("if");
      if (head.contains) keywords.add("contains");
      const finished = headFromRef(head, hasIf ? "if" : "plain");
      if (generatedBody) {
        const rule: Rule = {
          kind: "rule",
          default: false,
          head: finished,
          body,
          else: undefined,
          location: head.location,
        };
        return [{ rule, keywords, generatedBody, generatedValue: false }];
      }
      const generatedValue = !finished.explicitValue;
      const otherwise = this.SUBRULE(this.elseBranch, { ARGS: [finished] });
      const location = this.tree.span(first, this.LA(0));
      const rule: Rule = { kind: "rule", default: false, head: finished, body, else: otherwise, location };
      const result: WrittenRule[] = [{ rule, keywords, generatedBody, generatedValue }];
      while (this.at(T.LBrace)) {
        if (otherwise !== undefined) this.failHere("expected else keyword");
        const brace = this.LA(1);
        const next = this.SUBRULE2(this.braceBody);
        const place = this.tree.span(brace, this.LA(0));
        const copy: Rule = {
          ...rule,
          head: this.tree.chainedHead(finished, place),
          body: next,
          location: place,
        };
        result.push({ rule: copy, keywords, generatedBody, generatedValue });
      }
      return result;
    },
  );

  /** The head up to its body; undefined where the statement can only be a query. */
  readonly head: ParserMethod<[boolean], ParsedHead | undefined> = this.RULE(
    "head",
    (isDefault: boolean): ParsedHead | undefined => {
      const first = this.CONSUME(T.Identifier);
      if (BINARY_IN_HEAD.has(this.LA(1).tokenType) && this.touches()) this.fail();
      const name = this.tree?.variable(first);
      const path = this.attempt(
        () => this.SUBRULE(this.postfix, { ARGS: [name, first.startOffset, true] }),
        () => "expected rule head name",
      );
      if (path === undefined) this.stop();
      if (this.RECORDING_PHASE) return undefined;
      const isCall = path.kind === "call";
      const ref = isCall ? path.operator : path;
      if (ref.kind !== "var" && ref.kind !== "ref") return undefined;
      const parts: RefTerm["parts"] = ref.kind === "ref" ? ref.parts : [ref];
      if (parts[0].kind !== "var") return undefined;
      const shown = (): string => printRef({ kind: "ref", parts, location: ref.location });
      const args = isCall ? path.args : undefined;
      let contains = false;
      let key: Term | undefined;
      let value: Term | undefined;
      const assign = this.at(T.Assign);
      if (this.at(T.Contains)) {
        if (args) {
          this.reported.push(
            ...unexpected(
              this.LA(1),
              "the contains keyword can only be used with multi-value rule definitions" +
                ` (e.g., ${shown()} contains <VALUE> { ... })`,
            ),
          );
        }
        this.CONSUME(T.Contains);
        contains = true;
        const note = (): string => `expected rule key term (e.g., ${shown()} contains <VALUE> { ... })`;
        key = this.attempt(() => this.SUBRULE(this.infix, { ARGS: [true] }), note);
      } else if (assign) {
        this.CONSUME(T.Assign);
        const note = (): string => {
          if (args?.length) return `expected function value term (e.g., ${shown()}(...) := <VALUE> { ... })`;
          if (isDefault) return `expected default rule value term (e.g., default ${shown()} := <VALUE>)`;
          return `expected rule value term (e.g., ${shown()} := <VALUE> { ... })`;
        };
        value = this.attempt(() => this.SUBRULE2(this.infix, { ARGS: [true] }), note);
      } else if (this.at(T.Unify)) {
        this.CONSUME(T.Unify);
        const note = (): string => `expected rule value term (e.g., ${shown()}[<nil>] = <VALUE> { ... })`;
        value = this.attempt(() => this.SUBRULE3(this.infix, { ARGS: [true] }), note);
      }
      const location = this.tree.span(first, this.LA(0));
      return { parts, refLocation: ref.location, args, key, value, assign, contains, location };
    },
  );

  /** What follows `if`: one literal, or a body in braces. */
  readonly ifBody: ParserMethod<[], Body> = this.RULE("ifBody", (): Body => {
    if (!this.at(T.LBrace)) return [this.SUBRULE(this.literal)];
    if (!this.bracesMayBeValue()) return this.SUBRULE(this.braceBody);
    // A set would always be true, so braces that hold nothing but one are a body.
    const before = this.here();
    try {
      const literal = this.SUBRULE2(this.literal);
      if (literal.terms.kind !== "term" || literal.terms.term.kind !== "set") return [literal];
    } catch (fault) {
      if (isFinal(fault)) throw fault;
    }
    this.back(before);
    return this.SUBRULE2(this.braceBody);
  });

  readonly elseBranch: ParserMethod<[Rule["head"]], Rule | undefined> = this.RULE(
    "elseBranch",
    (head: Rule["head"]): Rule | undefined => {
      if (!this.at(T.Else) || this.refHeadAsIdentifier()) return undefined;
      if (!head.ref.parts.slice(1).every(isGround)) {
        this.failHere("else keyword cannot be used on rules with variables in head");
      }
      if (head.key !== undefined) this.failHere("else keyword cannot be used on multi-value rules");
      this.enter();
      const keyword = this.CONSUME(T.Else);
      let value: Term | undefined;
      const assign = this.at(T.Assign);
      if (assign || this.at(T.Unify)) {
        if (assign) this.CONSUME(T.Assign);
        else this.CONSUME(T.Unify);
        value = this.SUBRULE(this.infix, { ARGS: [true] });
      } else if (!this.at(T.LBrace) && !this.at(T.If)) {
        this.fail("expected else value term or rule body");
      }
      const headEnd = this.LA(0);
      const hasIf = this.at(T.If);
      let body: Body | undefined;
      let isBare = false;
      if (hasIf) this.CONSUME(T.If);
      if (this.at(T.LBrace)) body = this.SUBRULE(this.braceBody);
      else if (hasIf) {
        if (this.at(EOF)) this.fail("rule body expected");
        body = [this.SUBRULE(this.literal)];
        isBare = true;
      }
      const otherwise: Rule | undefined =
        body === undefined ? undefined : this.SUBRULE(this.elseBranch, { ARGS: [head] });
      this.depth--;
      return this.ACTION((): Rule => {
        const place = this.tree.span(keyword, headEnd);
        const location = this.tree.span(keyword, this.LA(0));
        const copy = this.tree.copyHead(head, place);
        return {
          kind: "rule",
          default: false,
          head: {
            ...copy,
            value: value ?? trueTerm(place),
            assign: value === undefined ? copy.assign : assign,
            hasIf,
            explicitValue: value !== undefined,
          },
          // To OPA, a body without braces stands where its branch does.
          body: body === undefined ? trueBody(location) : isBare ? relocated(body, location) : body,
          else: otherwise,
          location,
        };
      });
    },
  );

  protected refuseKeywordName(): void {
    const followers = NAME_FOLLOWERS.get(this.LA(1).tokenType);
    if (followers?.has(this.LA(2).tokenType)) {
      this.failHere(`${this.LA(1).image} keyword cannot be used for rule name`);
    }
  }

  /** False where the braces after `if` can hold nothing but a body, which is by far the most frequent case. */
  protected bracesMayBeValue(): boolean {
    const tokens = this.tokens;
    this.afterBracket ??= matchBrackets(tokens);
    const open = this.exportLexerState() + 1;
    const after = this.afterBracket[open] as number;
    if (after === -1) return true;
    const next = tokens[after];
    const close = tokens[after - 1] as IToken;
    if (next && VALUE_FOLLOWERS.has(next.tokenType)) {
      const touching = next.startOffset === (close.endOffset as number) + 1;
      if (touching || !TOUCHING.has(next.tokenType)) return true;
    }
    if (after === open + 2) return true;
    for (let i = open + 1; i < after - 1; i++) {
      const type = (tokens[i] as IToken).tokenType;
      if (type === T.Colon || type === T.Pipe) return true;
      const skip = this.afterBracket[i] as number;
      if (skip !== -1) i = skip - 1;
    }
    return false;
  }
}
