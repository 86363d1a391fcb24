import { EmbeddedActionsParser, EOF, type IToken, type ParserMethod, type TokenType } from "chevrotain";
import type {
  Body,
  Every,
  Expr,
  ExprTerms,
  Import,
  Package,
  RefTerm,
  Rule,
  Term,
  VarTerm,
  With,
} from "./ast.ts";
import { Builder, isVar, operatorName, trueBody, trueTerm, unescape } from "./build.ts";
import {
  notesOnly,
  type Place,
  type Problem,
  problemsOf,
  RECURSION_TEXT,
  SyntaxFault,
  unexpected,
} from "./diagnostics.ts";
import { matchBraces, setType } from "./lexer.ts";
import type { Location } from "./location.ts";
import { climb } from "./precedence.ts";
import { checkDefaultRule, headFromRef, placeOf, type ParsedHead } from "./rule-head.ts";
import * as T from "./tokens.ts";
import { isGround, kindName } from "./visit.ts";

/** What a statement of a source turned out to be. */
export type Statement =
  | { readonly kind: "package"; readonly package: Package }
  | { readonly kind: "import"; readonly import: Import; readonly aliasPlace: Place | undefined }
  | { readonly kind: "rules"; readonly rules: readonly ParsedRule[] }
  | { readonly kind: "body"; readonly body: Body };

/** A rule, and how it was written: v1 asks for it. */
export interface ParsedRule {
  readonly rule: Rule;
  readonly keywords: ReadonlySet<"if" | "contains">;
  readonly generatedBody: boolean;
  readonly generatedValue: boolean;
}

export interface GrammarOptions {
  readonly builder: Builder;
  readonly templateStrings: boolean;
  readonly notBodies: () => boolean;
}

/** Nesting at which we give up, well before the JavaScript stack ends. */
export const MAX_DEPTH = 250;

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

/** OPA's limit for the exponent of a number literal. */
const MAX_EXPONENT = 100_000;

const CLOSERS: ReadonlyMap<TokenType, string> = new Map([
  [T.RBrace, "}"],
  [T.RBracket, "]"],
  [T.RParen, ")"],
]);

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

interface SavedState {
  readonly position: number;
  readonly depth: number;
  readonly wildcards: number;
}

/** Faults that no other reading can mend. */
function isFinal(fault: unknown): boolean {
  if (fault instanceof RangeError) return true;
  return fault instanceof SyntaxFault && fault.message === RECURSION_TEXT;
}

function isKeyword(token: IToken): boolean {
  return T.KEYWORD_TYPES.has(token.tokenType);
}

function sourceOf(term: Term): string {
  return term.location.text;
}

const BINARY_IN_HEAD = new Set<TokenType>([T.Operator, T.Minus, T.Pipe]);

/**
 * Rego's grammar. Actions build the tree at once; there is no concrete tree in between. Decisions that need no more than
 * the next token and its whitespace are plain conditions (`at` is false while the grammar is recorded); where two readings
 * are possible (a comprehension or a union, a rule or a query) the likelier one is tried first, and what is learnt is kept so
 * that nothing is tried twice.
 */
export class RegoParser extends EmbeddedActionsParser {
  // Public in the library's code, missing from its types.
  declare readonly exportLexerState: () => number;
  declare readonly importLexerState: (position: number) => void;

  #build!: Builder;
  #templateStrings = true;
  #notBodies: () => boolean = () => false;
  #depth = 0;
  /** Offsets of `|` found not to open a comprehension's body. */
  #unions = new Set<number>();
  #tokens: readonly IToken[] = [];
  #afterBrace: Int32Array | undefined;

  constructor(skipValidations = true) {
    super(T.VOCABULARY, {
      maxLookahead: 1,
      nodeLocationTracking: "none",
      recoveryEnabled: false,
      skipValidations,
      errorMessageProvider: notesOnly,
    });
    this.performSelfAnalysis();
  }

  /** Starts on another token list; call before a top rule. */
  start(tokens: readonly IToken[], options: GrammarOptions): void {
    this.input = tokens as IToken[];
    this.#tokens = tokens;
    this.#build = options.builder;
    this.#templateStrings = options.templateStrings;
    this.#notBodies = options.notBodies;
    this.#depth = 0;
    this.#unions.clear();
    this.#afterBrace = undefined;
  }

  /** True after a top rule that stopped at a fault (which is then the last of `errors`). */
  failed = false;

  /** The token that comes next. */
  next(): IToken {
    return this.LA(1);
  }

  // Statements

  /** A whole source, statement by statement. */
  readonly statements: ParserMethod<[boolean, (statement: Statement, row: number) => void], void> = this.RULE(
    "statements",
    (skipRules: boolean, accept: (statement: Statement, row: number) => void): void => {
      this.failed = true;
      do {
        if (this.at(EOF)) break;
        const row = this.LA(1).startLine as number;
        const statement = this.SUBRULE(this.statement, { ARGS: [skipRules] });
        this.ACTION(() => accept(statement, row));
      } while (!this.RECORDING_PHASE);
      this.failed = false;
    },
  );

  readonly statement: ParserMethod<[boolean], Statement> = this.RULE(
    "statement",
    (skipRules: boolean): Statement => {
      if (!skipRules) this.ACTION(() => this.#refuseKeywordName());
      if (this.at(T.Package) && !this.#isRefHead()) {
        return { kind: "package", package: this.SUBRULE(this.packageDeclaration) };
      }
      if (this.at(T.Import) && !this.#isRefHead()) return this.SUBRULE(this.importDeclaration);
      if (!skipRules) {
        const rules = this.SUBRULE(this.rules);
        if (rules !== undefined) return { kind: "rules", rules };
      }
      return { kind: "body", body: this.SUBRULE(this.query) };
    },
  );

  readonly packageDeclaration: ParserMethod<[], Package> = this.RULE("packageDeclaration", (): Package => {
    const keyword = this.CONSUME(T.Package);
    this.ACTION(() => this.#wordAsIdentifier());
    if (!this.at(T.Identifier)) this.fail();
    const path = this.SUBRULE(this.term);
    return this.ACTION(() => {
      if (this.at(T.Minus)) this.fail();
      const head = path.kind === "ref" ? path.parts[0] : path;
      if (path.kind !== "ref" && path.kind !== "var") this.fail();
      if (head.kind !== "var")
        this.failAt(head.location, `unexpected ${kindName(head)} token: expecting var`);
      const rest = path.kind === "ref" ? path.parts.slice(1) : [];
      for (const part of rest) {
        if (part.kind !== "scalar" || typeof part.value !== "string") {
          this.failAt(part.location, `unexpected ${kindName(part)} token: expecting string`);
        }
      }
      const name = (head as VarTerm).name;
      const location = head.location;
      const parts: RefTerm["parts"] = [
        { kind: "var", name: "data", location },
        { kind: "scalar", value: name, location },
        ...rest,
      ];
      return {
        path: { kind: "ref", parts, location: path.location },
        location: this.#build.span(keyword, keyword),
      };
    });
  });

  readonly importDeclaration: ParserMethod<[], Statement> = this.RULE("importDeclaration", (): Statement => {
    const keyword = this.CONSUME(T.Import);
    this.ACTION(() => this.#wordAsIdentifier());
    if (!this.at(T.Identifier)) this.fail();
    const path = this.SUBRULE(this.term);
    let alias: IToken | undefined;
    if (this.at(T.As)) {
      this.CONSUME(T.As);
      alias = this.CONSUME(T.Identifier, { ERR_MSG: "expected var" });
      if (
        alias.image === "_" ||
        this.#adjacent(T.Dot) ||
        this.#adjacent(T.LBracket) ||
        this.#adjacent(T.LParen)
      ) {
        this.fail("expected var");
      }
    }
    return this.ACTION((): Statement => {
      if (this.at(T.Minus)) this.fail();
      if (path.kind !== "ref" && path.kind !== "var") this.failHere("expected path");
      const parts = path.kind === "ref" ? path.parts : ([path] as const);
      for (const part of parts.slice(1)) {
        if (part.kind !== "scalar" || typeof part.value !== "string") {
          this.failAt(part.location, `unexpected ${kindName(part)} token: expecting string`);
        }
      }
      const ref: RefTerm = { kind: "ref", parts, location: path.location };
      const node: Import = { path: ref, alias: alias?.image, location: this.#build.span(keyword, keyword) };
      return { kind: "import", import: node, aliasPlace: alias };
    });
  });

  /** One rule with its chained bodies; undefined (and nothing consumed) where the statement is no rule. */
  readonly rules: ParserMethod<[], readonly ParsedRule[] | undefined> = this.RULE(
    "rules",
    (): readonly ParsedRule[] | undefined => {
      const before = this.#save();
      this.#refHeadAsIdentifier();
      const first = this.LA(1);
      const isDefault = this.at(T.Default);
      if (isDefault) {
        this.CONSUME(T.Default);
        this.#refHeadAsIdentifier();
        if (NAME_FOLLOWERS.has(this.LA(1).tokenType)) {
          this.failHere(`${this.LA(1).image} keyword cannot be used for rule name`);
        }
      }
      if (!this.at(T.Identifier) && !this.RECORDING_PHASE) {
        this.#restore(before);
        return undefined;
      }
      const head = this.SUBRULE(this.head, { ARGS: [isDefault] });
      if (head === undefined) {
        this.#restore(before);
        return undefined;
      }
      if (isDefault) {
        return this.ACTION(() => {
          const location = this.#build.span(first, this.LA(0));
          checkDefaultRule(head, location);
          const finished = headFromRef(head, "default");
          const rule: Rule = {
            kind: "rule",
            default: true,
            head: finished,
            body: trueBody(location),
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
        body = trueBody(head.location);
        generatedBody = true;
      } else {
        this.#restore(before);
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
      const otherwise = this.SUBRULE(this.elseBranch, { ARGS: [finished, head] });
      const location = this.#build.span(first, this.LA(0));
      const rule: Rule = { kind: "rule", default: false, head: finished, body, else: otherwise, location };
      const result: ParsedRule[] = [{ rule, keywords, generatedBody, generatedValue }];
      while (this.at(T.LBrace)) {
        if (otherwise !== undefined) this.failHere("expected else keyword");
        const brace = this.LA(1);
        const next = this.SUBRULE2(this.braceBody);
        const place = this.#build.span(brace, this.LA(0));
        const copy: Rule = {
          ...rule,
          head: this.#build.copyHead(finished, place),
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
      if (BINARY_IN_HEAD.has(this.LA(1).tokenType)) this.fail();
      const name = this.#build?.variable(first);
      const path = this.SUBRULE(this.postfix, { ARGS: [name, first.startOffset, true] });
      if (this.RECORDING_PHASE) return undefined;
      const isCall = path.kind === "call";
      const ref = isCall ? path.operator : path;
      if (ref.kind !== "var" && ref.kind !== "ref") return undefined;
      const parts: RefTerm["parts"] = ref.kind === "ref" ? ref.parts : [ref];
      if (parts[0].kind !== "var") return undefined;
      const args = isCall ? path.args : undefined;
      let contains = false;
      let key: Term | undefined;
      let value: Term | undefined;
      const assign = this.at(T.Assign);
      if (this.at(T.Contains)) {
        const name = sourceOf(ref);
        if (args) {
          this.fail(
            `the contains keyword can only be used with multi-value rule definitions (e.g., ${name} contains <VALUE> { ... })`,
          );
        }
        this.CONSUME(T.Contains);
        contains = true;
        key = this.#noted(
          () => this.SUBRULE(this.infix, { ARGS: [true] }),
          () => {
            return `expected rule key term (e.g., ${name} contains <VALUE> { ... })`;
          },
        );
      } else if (this.at(T.Unify)) {
        this.CONSUME(T.Unify);
        value = this.#noted(
          () => this.SUBRULE2(this.infix, { ARGS: [true] }),
          () => {
            return `expected rule value term (e.g., ${sourceOf(ref)}[%!s(*ast.Term=<nil>)] = <VALUE> { ... })`;
          },
        );
      } else if (assign) {
        this.CONSUME(T.Assign);
        value = this.#noted(
          () => this.SUBRULE3(this.infix, { ARGS: [true] }),
          () => {
            const shown = sourceOf(ref);
            if (args?.length) return `expected function value term (e.g., ${shown}(...) := <VALUE> { ... })`;
            if (isDefault) return `expected default rule value term (e.g., default ${shown} := <VALUE>)`;
            return `expected rule value term (e.g., ${shown} := <VALUE> { ... })`;
          },
        );
      }
      const location = this.#build.span(first, this.LA(0));
      return { parts, refLocation: ref.location, args, key, value, assign, contains, location };
    },
  );

  /** What follows `if`: one literal, or a body in braces. */
  readonly ifBody: ParserMethod<[], Body> = this.RULE("ifBody", (): Body => {
    if (!this.at(T.LBrace)) return [this.SUBRULE(this.literal)];
    if (!this.#bracesMayBeValue()) return this.SUBRULE(this.braceBody);
    // A set would always be true, so braces that hold nothing but one are a body.
    const before = this.#save();
    try {
      const literal = this.SUBRULE2(this.literal);
      if (literal.terms.kind !== "term" || literal.terms.term.kind !== "set") return [literal];
    } catch (fault) {
      if (isFinal(fault)) throw fault;
    }
    this.#restore(before);
    return this.SUBRULE2(this.braceBody);
  });

  readonly braceBody: ParserMethod<[], Body> = this.RULE("braceBody", (): Body => {
    this.CONSUME(T.LBrace);
    const body = this.SUBRULE(this.body, { ARGS: [T.RBrace] });
    this.CONSUME(T.RBrace);
    return body;
  });

  readonly elseBranch: ParserMethod<[Rule["head"], ParsedHead], Rule | undefined> = this.RULE(
    "elseBranch",
    (head: Rule["head"], written: ParsedHead): Rule | undefined => {
      if (!this.at(T.Else) || this.#refHeadAsIdentifier()) return undefined;
      if (written.parts.length > 1 && !written.parts.slice(1).every(isGround)) {
        this.failHere("else keyword cannot be used on rules with variables in head");
      }
      if (head.key !== undefined) this.failHere("else keyword cannot be used on multi-value rules");
      this.#enter();
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
      if (hasIf) this.CONSUME(T.If);
      if (this.at(T.LBrace)) body = this.SUBRULE(this.braceBody);
      else if (hasIf) {
        if (this.at(EOF)) this.fail("rule body expected");
        body = [this.SUBRULE(this.literal)];
      }
      const otherwise: Rule | undefined =
        body === undefined ? undefined : this.SUBRULE(this.elseBranch, { ARGS: [head, written] });
      this.#depth--;
      return this.ACTION((): Rule => {
        const place = this.#build.span(keyword, headEnd);
        const location = this.#build.span(keyword, this.LA(0));
        const copy = this.#build.copyHead(head, place);
        return {
          kind: "rule",
          default: false,
          head: {
            ...copy,
            value: value ?? trueTerm(place),
            assign,
            hasIf,
            explicitValue: value !== undefined,
          },
          body: body ?? trueBody(location),
          else: otherwise,
          location,
        };
      });
    },
  );

  // Bodies

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
  readonly body: ParserMethod<[TokenType], Body> = this.RULE("body", (closer: TokenType): Body => {
    this.#enter();
    if (this.LA(1).tokenType === closer) this.failHere("found empty body");
    const body: Expr[] = [this.SUBRULE(this.literal)];
    while (!this.RECORDING_PHASE && this.LA(1).tokenType !== closer) {
      if (this.at(T.Semicolon)) this.CONSUME(T.Semicolon);
      else if (!this.#onNewLine()) {
        this.fail(`expected \\n or ; or ${closer === T.RBrace ? "}" : "]"}`);
      }
      body.push(this.SUBRULE2(this.literal));
    }
    this.#depth--;
    return body;
  });

  readonly literal: ParserMethod<[], Expr> = this.RULE("literal", (): Expr => {
    this.#enter();
    const isRef = this.#refHeadAsIdentifier();
    let literal: Expr;
    if (!isRef && this.at(T.Some)) literal = this.SUBRULE(this.some);
    else if (!isRef && this.at(T.Every)) literal = this.SUBRULE(this.every);
    else literal = this.SUBRULE(this.operand);
    this.#depth--;
    return literal;
  });

  readonly operand: ParserMethod<[], Expr> = this.RULE("operand", (): Expr => {
    const first = this.LA(1);
    const negated = this.at(T.Not);
    if (negated) {
      this.CONSUME(T.Not);
      if (this.at(T.Some)) this.fail("illegal negation of 'some'");
      if (this.at(T.Every)) this.fail("illegal negation of 'every'");
      if (this.#notBodies() && this.at(T.LBrace)) {
        const body = this.SUBRULE(this.braceBody);
        const withs = this.SUBRULE(this.withs);
        const terms: ExprTerms = { kind: "not", body, explicit: true };
        return {
          negated: false,
          terms,
          with: withs,
          generated: false,
          location: this.#build.span(first, this.LA(0)),
        };
      }
    }
    const left = this.SUBRULE(this.infix, { ARGS: [true] });
    const operator = this.LA(1);
    let terms: ExprTerms | undefined;
    if (operator.tokenType === T.Assign || operator.tokenType === T.Unify) {
      this.CONSUME2(operator.tokenType);
      const right = this.SUBRULE2(this.infix, { ARGS: [true] });
      terms = { kind: "call", operator: this.#build.operator(operator), args: [left, right], infix: true };
    }
    const withs = this.SUBRULE2(this.withs);
    return this.ACTION((): Expr => {
      const location = this.#build.span(first, this.LA(0));
      if (!negated || !this.#notBodies()) {
        if (terms) return { negated, terms, with: withs, generated: false, location };
        return this.#build.expression(left, location, negated, withs);
      }
      const inner: Expr = terms
        ? { negated: false, terms, with: [], generated: false, location }
        : this.#build.expression(left, location, false, []);
      return {
        negated: false,
        terms: { kind: "not", body: [inner], explicit: false },
        with: withs,
        generated: false,
        location,
      };
    });
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
      withs.push({ target, value, location: this.#build.span(keyword, this.LA(0)) });
    }
    return withs;
  });

  readonly some: ParserMethod<[], Expr> = this.RULE("some", (): Expr => {
    const keyword = this.CONSUME(T.Some);
    const before = this.#save();
    const member = this.#tried(() => this.SUBRULE(this.infix, { ARGS: [true] }));
    if (member?.kind === "call") {
      if (!operatorName(member.operator).startsWith("internal.member_")) {
        this.fail("expected `x in xs` or `x, y in xs` expression");
      }
      const location = this.#build.span(keyword, this.LA(0));
      const withs = this.SUBRULE(this.withs);
      return {
        negated: false,
        terms: { kind: "some", symbols: [member] },
        with: withs,
        generated: false,
        location,
      };
    }
    this.#restore(before);
    const symbols: Term[] = [];
    do {
      if (symbols.length > 0) this.CONSUME(T.Comma);
      const name = this.CONSUME(T.Identifier, { ERR_MSG: "expected var" });
      this.ACTION(() => symbols.push(this.#build.variable(name)));
    } while (this.at(T.Comma));
    return this.ACTION((): Expr => {
      const location = this.#build.span(keyword, this.LA(0));
      return { negated: false, terms: { kind: "some", symbols }, with: [], generated: false, location };
    });
  });

  readonly every: ParserMethod<[], Expr> = this.RULE("every", (): Expr => {
    const keyword = this.CONSUME(T.Every);
    const member = this.SUBRULE(this.infix, { ARGS: [true] });
    const [key, value, domain] = this.ACTION(() => this.#everyParts(member)) ?? [];
    if (!this.at(T.LBrace)) this.fail("missing body");
    const body = this.SUBRULE(this.braceBody);
    const end = this.LA(0);
    const withs = this.SUBRULE(this.withs);
    return this.ACTION((): Expr => {
      const location = this.#build.span(keyword, end);
      const terms: Every = { kind: "every", key, value: value as VarTerm, domain: domain as Term, body };
      return { negated: false, terms, with: withs, generated: false, location };
    });
  });

  #everyParts(member: Term): [VarTerm | undefined, VarTerm, Term] {
    const name = member.kind === "call" ? operatorName(member.operator) : "";
    if (member.kind !== "call" || !name.startsWith("internal.member_")) {
      this.fail("expected `x[, y] in xs { ... }` expression");
    }
    const args = member.args;
    const [key, value, domain] = args.length === 2 ? [undefined, args[0], args[1]] : args;
    if (key && key.kind !== "var") this.fail("expected key to be a variable");
    if (value?.kind !== "var") this.fail("expected value to be a variable");
    return [key as VarTerm | undefined, value, domain as Term];
  }

  // Terms

  /** A term with infix operators. `keyValue` allows `k, v in xs`, which lists do not. */
  readonly infix: ParserMethod<[boolean], Term> = this.RULE("infix", (keyValue: boolean): Term => {
    const first = this.SUBRULE(this.term);
    return this.SUBRULE(this.infixTail, { ARGS: [first, keyValue] });
  });

  readonly infixTail: ParserMethod<[Term, boolean], Term> = this.RULE(
    "infixTail",
    (first: Term, keyValue: boolean): Term => {
      let left = this.SUBRULE(this.relation, { ARGS: [first] });
      for (;;) {
        if (keyValue && this.at(T.Comma)) {
          const before = this.#save();
          const member = this.#tried(() => this.SUBRULE(this.keyedMember, { ARGS: [left] }));
          if (member === undefined) {
            this.#restore(before);
            return left;
          }
          left = member;
        } else if (this.at(T.In) && !this.#isRefHead()) {
          const operator = this.CONSUME(T.In);
          const domainHead = this.SUBRULE(this.term);
          const domain = this.SUBRULE2(this.relation, { ARGS: [domainHead] });
          left = this.#build.member(operator, [left, domain], this.LA(0));
        } else return left;
      }
    },
  );

  /** `, v in xs` after the key. */
  readonly keyedMember: ParserMethod<[Term], Term> = this.RULE("keyedMember", (key: Term): Term => {
    this.CONSUME(T.Comma);
    const valueHead = this.SUBRULE(this.term);
    const value = this.SUBRULE(this.relation, { ARGS: [valueHead] });
    const operator = this.CONSUME(T.In);
    const domainHead = this.SUBRULE2(this.term);
    const domain = this.SUBRULE2(this.relation, { ARGS: [domainHead] });
    return this.ACTION(() => this.#build.member(operator, [key, value, domain], this.LA(0)));
  });

  /** Operators above `in`, parsed flat. */
  readonly relation: ParserMethod<[Term], Term> = this.RULE("relation", (first: Term): Term => {
    let operands: Term[] | undefined;
    let operators: IToken[] | undefined;
    let ends: IToken[] | undefined;
    this.MANY(() => {
      const operator = this.OR([
        { ALT: () => this.CONSUME(T.Operator) },
        { ALT: () => this.CONSUME(T.Minus) },
        { ALT: () => this.CONSUME(T.Pipe) },
      ]);
      const operand = this.SUBRULE(this.term);
      this.ACTION(() => {
        operands ??= [first];
        operators ??= [];
        ends ??= [];
        operators.push(operator);
        operands.push(operand);
        ends.push(this.LA(0));
      });
    });
    if (operands === undefined || operators === undefined || ends === undefined) return first;
    return climb(operands, operators, ends, (operator, left, right, end) => {
      return this.#build.infix(this.#build.operator(operator), [left, right], end);
    });
  });

  readonly term: ParserMethod<[], Term> = this.RULE("term", (): Term => {
    this.#enter();
    if (this.at(T.LogicalAnd) || this.at(T.LogicalOr)) this.#callAsIdentifier();
    const first = this.LA(1);
    const head = this.OR(this.#termAlternatives);
    const term = this.SUBRULE(this.postfix, { ARGS: [head, first.startOffset, false] });
    this.#depth--;
    return term;
  });

  readonly #termAlternatives = [
    { ALT: () => this.SUBRULE(this.variable) },
    { ALT: () => this.SUBRULE(this.string) },
    { ALT: () => this.SUBRULE(this.number) },
    { ALT: () => this.SUBRULE(this.negative) },
    { ALT: () => this.SUBRULE(this.array) },
    { ALT: () => this.SUBRULE(this.braces) },
    { ALT: () => this.SUBRULE(this.constant) },
    { ALT: () => this.SUBRULE(this.parenthesis) },
    { ALT: () => this.SUBRULE(this.template) },
  ];

  readonly variable: ParserMethod<[], Term> = this.RULE("variable", (): Term => {
    // `contains` is a keyword in rule heads only.
    const name = this.OR([
      { ALT: () => this.CONSUME(T.Identifier) },
      { ALT: () => this.CONSUME(T.Contains) },
    ]);
    return this.ACTION(() => this.#build.variable(name));
  });

  readonly constant: ParserMethod<[], Term> = this.RULE("constant", (): Term => {
    const token = this.OR([
      { ALT: () => this.CONSUME(T.True) },
      { ALT: () => this.CONSUME(T.False) },
      { ALT: () => this.CONSUME(T.Null) },
    ]);
    return this.ACTION(() =>
      this.#build.scalar(token, token.tokenType === T.Null ? null : token.tokenType === T.True),
    );
  });

  readonly string: ParserMethod<[], Term> = this.RULE("string", (): Term => {
    return this.OR([
      {
        ALT: () => {
          const token = this.CONSUME(T.StringLiteral);
          return this.ACTION(() => this.#build.string(token));
        },
      },
      {
        ALT: () => {
          const token = this.CONSUME(T.RawString);
          return this.ACTION(() => this.#build.rawString(token));
        },
      },
    ]);
  });

  /** `1`, `.5` */
  readonly number: ParserMethod<[], Term> = this.RULE("number", (): Term => {
    const first = this.LA(1);
    this.OPTION(() => this.CONSUME(T.Dot));
    const digits = this.CONSUME(T.NumberLiteral, { ERR_MSG: "expected number" });
    return this.ACTION(() => this.#number(first, digits, first === digits ? "" : "."));
  });

  /** `-1`, `-.5`, `-input.x` */
  readonly negative: ParserMethod<[], Term> = this.RULE("negative", (): Term => {
    const minus = this.CONSUME(T.Minus);
    if (this.at(T.Identifier) || this.at(T.Contains)) {
      const name = this.SUBRULE(this.variable);
      const operand = this.SUBRULE(this.postfix, { ARGS: [name, name.location.start, false] });
      return this.#build.negate(minus, operand, this.LA(0));
    }
    let prefix = "-";
    if (this.at(T.Dot)) {
      this.CONSUME(T.Dot);
      prefix = "-.";
    }
    const digits = this.CONSUME(T.NumberLiteral, { ERR_MSG: "expected number" });
    return this.ACTION(() => this.#number(minus, digits, prefix));
  });

  #number(first: IToken, digits: IToken, prefix: string): Term {
    const image = digits.image;
    if (!prefix.endsWith(".") && /^0[0-9]/.test(image)) {
      this.fail("expected number without leading zero", digits);
    }
    const power = /[eE]([+-]?[0-9]+)$/.exec(image)?.[1];
    if (power !== undefined && Math.abs(Number(power)) > MAX_EXPONENT)
      this.failAtToken(digits, "number too big");
    return this.#build.number(first, digits, prefix);
  }

  readonly parenthesis: ParserMethod<[], Term> = this.RULE("parenthesis", (): Term => {
    const open = this.CONSUME(T.LParen);
    const inner = this.SUBRULE(this.infix, { ARGS: [true] });
    if (!this.RECORDING_PHASE && !this.at(T.RParen)) this.failHere("non-terminated expression");
    const close = this.CONSUME(T.RParen);
    // The text takes the parentheses in; row and column stay those of the term.
    return this.ACTION(() => ({
      ...inner,
      location: this.#build.stretch(inner.location, open.startOffset, close),
    }));
  });

  /** What may follow a term without whitespace: `.word`, `[key]`, `(arguments)`. In a rule's head the first may stand apart. */
  readonly postfix: ParserMethod<[Term, number, boolean], Term> = this.RULE(
    "postfix",
    (head: Term, start: number, isRuleHead: boolean): Term => {
      let term = head;
      let parts: [Term, ...Term[]] | undefined;
      let place: Location | undefined;
      let free = isRuleHead;
      this.MANY({
        GATE: () =>
          (free || this.#touches()) && !(parts === undefined && term.kind === "call" && this.at(T.LParen)),
        DEF: () => {
          free = false;
          if (parts === undefined) this.ACTION(() => this.#checkRefHead(term));
          this.OR([
            {
              ALT: () => {
                const dot = this.CONSUME(T.Dot);
                const word = this.CONSUME(T.Identifier, { ERR_MSG: "expected identifier" });
                this.ACTION(() => {
                  if (word.startOffset !== dot.startOffset + 1) {
                    this.failAtToken(dot, "unexpected whitespace token: expected identifier");
                  }
                  (parts ??= [term]).push(this.#build.word(word));
                });
              },
            },
            {
              ALT: () => {
                this.CONSUME(T.LBracket);
                const key = this.SUBRULE(this.infix, { ARGS: [true] });
                this.CONSUME(T.RBracket, { ERR_MSG: "expected [" });
                this.ACTION(() => (parts ??= [term]).push(key));
              },
            },
            {
              ALT: () => {
                this.CONSUME(T.LParen);
                const args = this.SUBRULE(this.list, { ARGS: [[], T.RParen] });
                const close = this.CONSUME(T.RParen);
                this.ACTION(() => {
                  place = this.#build.stretch(head.location, start, close);
                  const callee: RefTerm = { kind: "ref", parts: parts ?? [term], location: place };
                  term =
                    args.length === 0 && callee.parts.length === 1 && isVar(callee.parts[0], "set")
                      ? { kind: "set", items: [], location: place }
                      : { kind: "call", operator: callee, args, infix: false, location: place };
                  parts = undefined;
                });
              },
            },
          ]);
        },
      });
      if (parts === undefined) return term;
      return { kind: "ref", parts, location: this.#build.stretch(head.location, start, this.LA(0)) };
    },
  );

  #checkRefHead(head: Term): void {
    if (head.kind !== "scalar" && head.kind !== "ref" && head.kind !== "template") return;
    this.failAt(head.location, `illegal ref (head cannot be ${kindName(head)})`);
  }

  /** Items up to `closer`, which stays; `items` holds those read before. */
  readonly list: ParserMethod<[Term[], TokenType], Term[]> = this.RULE(
    "list",
    (items: Term[], closer: TokenType): Term[] => {
      if (this.at(closer)) return items;
      if (this.RECORDING_PHASE || items.length === 0) {
        const item = this.SUBRULE(this.infix, { ARGS: [false] });
        this.ACTION(() => items.push(item));
      }
      while (!this.RECORDING_PHASE && !this.at(closer)) {
        this.CONSUME(T.Comma, { ERR_MSG: `expected "," or "${CLOSERS.get(closer)}"` });
        if (this.at(closer)) break;
        items.push(this.SUBRULE2(this.infix, { ARGS: [false] }));
      }
      return items;
    },
  );

  readonly array: ParserMethod<[], Term> = this.RULE("array", (): Term => {
    const open = this.CONSUME(T.LBracket);
    if (this.at(T.RBracket)) {
      const close = this.CONSUME(T.RBracket);
      return { kind: "array", items: [], location: this.#build.span(open, close) };
    }
    const leadingComma = this.at(T.Comma);
    if (leadingComma) this.CONSUME(T.Comma);
    const head = this.SUBRULE(this.term);
    if (!leadingComma && this.at(T.Pipe)) {
      const body = this.#comprehensionBody(T.RBracket, false);
      if (body) {
        const close = this.CONSUME(T.RBracket);
        return { kind: "array-comprehension", head, body, location: this.#build.span(open, close) };
      }
    }
    const first = this.SUBRULE(this.infixTail, { ARGS: [head, false] });
    const items = this.SUBRULE(this.list, { ARGS: [[first], T.RBracket] });
    const close = this.CONSUME2(T.RBracket);
    return this.ACTION(() => ({ kind: "array", items, location: this.#build.span(open, close) }));
  });

  /** Whatever is written in braces: object, set, or a comprehension of either. */
  readonly braces: ParserMethod<[], Term> = this.RULE("braces", (): Term => {
    const open = this.CONSUME(T.LBrace);
    if (this.at(T.RBrace)) {
      const close = this.CONSUME(T.RBrace);
      return { kind: "object", entries: [], location: this.#build.span(open, close) };
    }
    const leadingComma = this.at(T.Comma);
    if (leadingComma) this.CONSUME(T.Comma);
    const head = this.SUBRULE(this.term);
    if (!leadingComma && this.at(T.Pipe)) {
      const body = this.#comprehensionBody(T.RBrace, false);
      if (body) {
        const close = this.CONSUME(T.RBrace);
        return { kind: "set-comprehension", head, body, location: this.#build.span(open, close) };
      }
    }
    const first = this.at(T.Colon) ? head : this.SUBRULE(this.infixTail, { ARGS: [head, false] });
    if (this.at(T.Colon)) return this.SUBRULE(this.object, { ARGS: [open, first, !leadingComma] });
    if (!this.RECORDING_PHASE && !this.at(T.RBrace) && !this.at(T.Comma)) this.fail("non-terminated set");
    const items = this.SUBRULE(this.list, { ARGS: [[first], T.RBrace] });
    const close = this.CONSUME2(T.RBrace);
    return this.ACTION(() => ({ kind: "set", items, location: this.#build.span(open, close) }));
  });

  /** The rest of an object or object comprehension from its first colon. */
  readonly object: ParserMethod<[IToken, Term, boolean], Term> = this.RULE(
    "object",
    (open: IToken, key: Term, mayComprehend: boolean): Term => {
      this.CONSUME(T.Colon);
      const head = this.SUBRULE(this.term);
      if (mayComprehend && this.at(T.Pipe)) {
        const body = this.#comprehensionBody(T.RBrace, true);
        if (body) {
          const close = this.CONSUME(T.RBrace);
          return {
            kind: "object-comprehension",
            key,
            value: head,
            body,
            location: this.#build.span(open, close),
          };
        }
      }
      const value = this.SUBRULE(this.infixTail, { ARGS: [head, false] });
      if (!this.RECORDING_PHASE && !this.at(T.RBrace) && !this.at(T.Comma))
        this.fail("non-terminated object");
      const entries: [Term, Term][] = [[key, value]];
      while (this.at(T.Comma)) {
        this.CONSUME(T.Comma);
        if (this.at(T.RBrace)) break;
        const nextKey = this.SUBRULE(this.infix, { ARGS: [false] });
        this.CONSUME2(T.Colon, { ERR_MSG: 'expected ":"' });
        entries.push([nextKey, this.SUBRULE2(this.infix, { ARGS: [false] })]);
        if (!this.at(T.RBrace) && !this.at(T.Comma)) this.fail('expected "," or "}"');
      }
      const close = this.CONSUME2(T.RBrace);
      return this.ACTION(() => ({ kind: "object", entries, location: this.#build.span(open, close) }));
    },
  );

  /**
   * `| body` after the first term of a list: a comprehension is preferred to a union. Undefined where it is a union after
   * all, with nothing consumed.
   */
  #comprehensionBody(closer: TokenType, onlyTry: boolean): Body | undefined {
    const at = this.LA(1).startOffset;
    if (this.#unions.has(at)) return undefined;
    const before = this.#save();
    try {
      this.CONSUME(T.Pipe);
      return this.SUBRULE(this.body, { ARGS: [closer] });
    } catch (fault) {
      if (isFinal(fault) || (!onlyTry && !this.at(T.Comma))) throw fault;
      this.#restore(before);
      this.#unions.add(at);
      return undefined;
    }
  }

  /** `$"text {expression} text"` */
  readonly template: ParserMethod<[], Term> = this.RULE("template", (): Term => {
    const open = this.OR([
      { ALT: () => this.CONSUME(T.TemplateOpen) },
      { ALT: () => this.CONSUME(T.RawTemplateOpen) },
    ]);
    if (this.RECORDING_PHASE) return undefined as never;
    if (!this.#templateStrings) {
      this.failAtToken(open, "template strings are not supported by current capabilities");
    }
    const raw = open.tokenType === T.RawTemplateOpen;
    const parts: (string | Expr)[] = [];
    for (;;) {
      const next = this.LA(1);
      if (next.tokenType === T.TemplateText || next.tokenType === T.RawTemplateText) {
        this.CONSUME(next.tokenType);
        parts.push(raw ? next.image.replaceAll("\\{", "{") : unescape(next.image));
      } else if (next.tokenType === T.LBrace) {
        this.CONSUME(T.LBrace);
        parts.push(this.#templateExpression());
        if (!this.at(T.RBrace)) this.failHere("expected } to end template string expression");
        this.CONSUME(T.RBrace);
      } else if (next.tokenType === T.TemplateClose || next.tokenType === T.RawTemplateClose) {
        const close = this.CONSUME(next.tokenType);
        return { kind: "template", parts, raw, location: this.#build.span(open, close) };
      } else if (next.tokenType === T.Illegal) this.fail();
      else this.failAtToken(open, "non-terminated string");
    }
  });

  #templateExpression(): Expr {
    const expr = this.SUBRULE(this.literal);
    const place = expr.location;
    if (expr.negated) this.failAt(place, "unexpected negation ('not') in template-string expression");
    if (expr.terms.kind === "call" && expr.terms.infix) {
      const operator = operatorName(expr.terms.operator);
      if (operator === "eq") this.failAt(place, "unexpected unification ('=') in template-string expression");
      if (operator === "assign")
        this.failAt(place, "unexpected assignment (':=') in template-string expression");
    }
    if (expr.terms.kind === "every" || expr.terms.kind === "some") {
      this.failAt(place, `unexpected '${expr.terms.kind}' in template-string expression`);
    }
    return expr;
  }

  // Looking around

  private at(type: TokenType): boolean {
    return this.LA(1).tokenType === type && !this.RECORDING_PHASE;
  }

  /** No whitespace between the last token and the next. */
  #touches(): boolean {
    return this.LA(1).startOffset === (this.LA(0).endOffset as number) + 1;
  }

  #adjacent(type: TokenType): boolean {
    return this.at(type) && this.#touches();
  }

  #onNewLine(): boolean {
    const next = this.LA(1);
    const end = next.startOffset < 0 ? this.#build.source.text.length : next.startOffset;
    return this.#build.source.text.slice((this.LA(0).endOffset as number) + 1, end).includes("\n");
  }

  /** True for a word that `.` or `[` follows at once: the start of a ref even where the word is a keyword. */
  #isRefHead(): boolean {
    const next = this.LA(2);
    if (next.tokenType !== T.Dot && next.tokenType !== T.LBracket) return false;
    const word = this.LA(1);
    return next.startOffset === (word.endOffset as number) + 1;
  }

  /** Makes the keyword of `if.x` or `in["y"]` an identifier. True if it did. */
  #refHeadAsIdentifier(): boolean {
    if (this.RECORDING_PHASE) return false;
    const word = this.LA(1);
    if (!isKeyword(word) || !this.#isRefHead()) return false;
    setType(word, T.Identifier);
    return true;
  }

  /** `and(x, y)` where a term must stand is a call of the builtin. */
  #callAsIdentifier(): void {
    const next = this.LA(2);
    if (next.tokenType === T.LParen && next.startOffset === (this.LA(1).endOffset as number) + 1) {
      setType(this.LA(1), T.Identifier);
    }
  }

  /** The first word of a package or import path may be a keyword. */
  #wordAsIdentifier(): void {
    if (isKeyword(this.LA(1))) setType(this.LA(1), T.Identifier);
  }

  #refuseKeywordName(): void {
    const followers = NAME_FOLLOWERS.get(this.LA(1).tokenType);
    if (followers?.has(this.LA(2).tokenType)) {
      this.failHere(`${this.LA(1).image} keyword cannot be used for rule name`);
    }
  }

  /** False where the braces after `if` can hold nothing but a body, which is by far the most frequent case. */
  #bracesMayBeValue(): boolean {
    const tokens = this.#tokens;
    this.#afterBrace ??= matchBraces(tokens);
    const open = this.exportLexerState() + 1;
    const after = this.#afterBrace[open] as number;
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
      if (type === T.LBrace) {
        const skip = this.#afterBrace[i] as number;
        if (skip !== -1) i = skip - 1;
      }
    }
    return false;
  }

  // Failing and trying

  #enter(): void {
    if (++this.#depth > MAX_DEPTH) this.failHere(RECURSION_TEXT);
  }

  #save(): SavedState {
    if (this.RECORDING_PHASE) return { position: 0, depth: 0, wildcards: 0 };
    return { position: this.exportLexerState(), depth: this.#depth, wildcards: this.#build.wildcards };
  }

  #restore(state: SavedState): void {
    if (this.RECORDING_PHASE) return;
    this.importLexerState(state.position);
    this.#depth = state.depth;
    this.#build.wildcards = state.wildcards;
  }

  /** The result of `parse`, or undefined where it fails. */
  #tried<Result>(parse: () => Result): Result | undefined {
    if (this.RECORDING_PHASE) return parse();
    try {
      return parse();
    } catch (fault) {
      if (isFinal(fault)) throw fault;
      return undefined;
    }
  }

  /** Adds a second problem to the one that stopped `parse`. */
  #noted<Result>(parse: () => Result, note: () => string): Result {
    try {
      return parse();
    } catch (fault) {
      if (isFinal(fault)) throw fault;
      const problems = problemsOf(fault);
      if (problems === undefined) throw fault;
      throw new SyntaxFault([...problems, ...unexpected(this.LA(1), note())]);
    }
  }

  /** `unexpected X token: note` at the next token. */
  private fail(note = "", token = this.LA(1)): never {
    return this.#throw(unexpected(token, note));
  }

  private failHere(message: string): never {
    return this.#throw([{ place: this.LA(1), message }]);
  }

  private failAtToken(token: IToken, message: string): never {
    return this.#throw([{ place: token, message }]);
  }

  private failAt(location: Location, message: string): never {
    return this.#throw([{ place: placeOf(location), message }]);
  }

  /** While the grammar is recorded there is no input, so nothing can be wrong with it. */
  #throw(problems: readonly Problem[]): never {
    if (this.RECORDING_PHASE) return undefined as never;
    throw new SyntaxFault(problems);
  }
}
