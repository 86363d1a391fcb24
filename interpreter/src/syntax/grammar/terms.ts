import type { IToken, ParserMethod, TokenType } from "chevrotain";
import type { Body, Expr, RefTerm, Term } from "../ast.ts";
import { setType } from "../lexer.ts";
import { isVar, operatorName, unescape } from "../build.ts";
import { hasBadCodePoint } from "../escapes.ts";
import type { Location } from "../../location.ts";
import { bindingPower, climb } from "../precedence.ts";
import * as T from "../tokens.ts";
import { kindName } from "../visit.ts";
import { Cursor, isFinal, type ParseJob, UNEXPECTED_SPACE } from "./cursor.ts";

/** OPA's limit for the exponent of a number literal. */
const MAX_EXPONENT = 100_000;

const CLOSERS: ReadonlyMap<TokenType, string> = new Map([
  [T.RBrace, "}"],
  [T.RBracket, "]"],
  [T.RParen, ")"],
]);

/** Terms and their infix operators. */
export abstract class TermGrammar extends Cursor {
  /** Given by the grammar of bodies. */
  declare readonly body: ParserMethod<[TokenType], Body>;
  declare readonly literal: ParserMethod<[], Expr>;

  /** Offsets of `|` found not to open a comprehension's body, so that nothing is tried twice. */
  private unions = new Set<number>();

  override start(job: ParseJob): void {
    super.start(job);
    this.unions.clear();
  }

  /** A term with infix operators. `keyValue` allows `k, v in xs`, which lists do not. */
  readonly infix: ParserMethod<[boolean], Term> = this.RULE("infix", (keyValue: boolean): Term => {
    const first = this.SUBRULE(this.term);
    return this.SUBRULE(this.infixTail, { ARGS: [first, keyValue] });
  });

  readonly infixTail: ParserMethod<[Term, boolean], Term> = this.RULE(
    "infixTail",
    (first: Term, keyValue: boolean): Term => {
      let left = this.SUBRULE(this.relation, { ARGS: [first] });
      for (let length = 0; ; length++) {
        this.link(length);
        if (keyValue && this.at(T.Comma)) {
          const before = this.here();
          const member = this.tried(() => this.SUBRULE(this.keyedMember, { ARGS: [left] }));
          if (member === undefined) {
            this.back(before);
            return left;
          }
          left = member;
          if (this.at(T.In)) continue;
          return left;
        }
        // `x in["a"]`: a keyword that begins a ref is none.
        this.refHeadAsIdentifier();
        if (this.at(T.In)) {
          const operator = this.CONSUME(T.In);
          const domain = this.attempt(() => {
            const head = this.SUBRULE(this.term);
            return this.SUBRULE2(this.relation, { ARGS: [head] });
          });
          if (domain === undefined) return left;
          left = this.tree.member(operator, [left, domain], this.LA(0));
          // Only what comes first may be a key.
          keyValue = false;
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
    return this.ACTION(() => this.tree.member(operator, [key, value, domain], this.LA(0)));
  });

  /** Operators above `in`, parsed flat. */
  readonly relation: ParserMethod<[Term], Term> = this.RULE("relation", (first: Term): Term => {
    let operands: Term[] | undefined;
    let operators: IToken[] | undefined;
    let ends: IToken[] | undefined;
    // After an operator without its operand, only looser ones go on.
    let limit = Infinity;
    const goesOn = (): boolean => limit === Infinity || (bindingPower(this.LA(1)) ?? 0) < limit;
    this.MANY({
      GATE: goesOn,
      DEF: () => {
        const operator = this.OR([
          { ALT: () => this.CONSUME(T.Operator) },
          { ALT: () => this.CONSUME(T.Minus) },
          { ALT: () => this.CONSUME(T.Pipe) },
        ]);
        // A missing operand is reported; what stands before the operator counts.
        const operand = this.attempt(() => this.SUBRULE(this.term));
        if (operand === undefined) {
          limit = bindingPower(operator) ?? 0;
          return;
        }
        this.ACTION(() => {
          operands ??= [first];
          operators ??= [];
          ends ??= [];
          operators.push(operator);
          this.link(operators.length);
          operands.push(operand);
          ends.push(this.LA(0));
        });
      },
    });
    if (operands === undefined || operators === undefined || ends === undefined) return first;
    return climb(operands, operators, ends, (operator, left, right, end) => {
      return this.tree.infix(this.tree.operator(operator), [left, right], end);
    });
  });

  readonly term: ParserMethod<[], Term> = this.RULE("term", (): Term => {
    this.enter();
    if (this.at(T.LogicalAnd) || this.at(T.LogicalOr)) this.callAsIdentifier();
    const first = this.LA(1);
    const head = this.OR(this.termAlternatives);
    const term = this.SUBRULE(this.postfix, { ARGS: [head, first.startOffset, false] });
    this.depth--;
    return term;
  });

  private readonly termAlternatives = [
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
    return this.ACTION(() => this.tree.variable(name));
  });

  readonly constant: ParserMethod<[], Term> = this.RULE("constant", (): Term => {
    const token = this.OR([
      { ALT: () => this.CONSUME(T.True) },
      { ALT: () => this.CONSUME(T.False) },
      { ALT: () => this.CONSUME(T.Null) },
    ]);
    return this.ACTION(() =>
      this.tree.scalar(token, token.tokenType === T.Null ? null : token.tokenType === T.True),
    );
  });

  readonly string: ParserMethod<[], Term> = this.RULE("string", (): Term => {
    return this.OR([
      {
        ALT: () => {
          this.ACTION(() => this.checkEscapes());
          const token = this.CONSUME(T.StringLiteral);
          return this.ACTION(() => this.tree.string(token));
        },
      },
      {
        ALT: () => {
          const token = this.CONSUME(T.RawString);
          return this.ACTION(() => this.tree.rawString(token));
        },
      },
    ]);
  });

  /** `1`, `.5` */
  readonly number: ParserMethod<[], Term> = this.RULE("number", (): Term => {
    const first = this.LA(1);
    this.OPTION(() => this.CONSUME(T.Dot));
    const prefix = first === this.LA(1) ? "" : ".";
    this.ACTION(() => this.wordAsKeyword());
    this.ACTION(() => this.checkNumber(prefix));
    const digits = this.CONSUME(T.NumberLiteral, { ERR_MSG: "expected number" });
    return this.ACTION(() => this.tree.number(first, digits, prefix));
  });

  /** `-1`, `-.5`, `-input.x` */
  readonly negative: ParserMethod<[], Term> = this.RULE("negative", (): Term => {
    const minus = this.CONSUME(T.Minus);
    if (this.at(T.Identifier) || this.at(T.Contains)) {
      const name = this.SUBRULE(this.variable);
      const operand = this.SUBRULE(this.postfix, { ARGS: [name, name.location.start, false] });
      return this.tree.negate(minus, operand, this.LA(0));
    }
    let prefix = "-";
    if (this.at(T.Dot)) {
      this.CONSUME(T.Dot);
      prefix = "-.";
    }
    this.ACTION(() => this.checkNumber(prefix));
    const digits = this.CONSUME(T.NumberLiteral, { ERR_MSG: "expected number" });
    return this.ACTION(() => this.tree.number(minus, digits, prefix));
  });

  /** Four hexadecimal digits must follow `\\u`; the lexer counts them only. */
  private checkEscapes(): void {
    const image = this.LA(1).image;
    if (this.at(T.StringLiteral) && hasBadCodePoint(image)) this.failHere(`illegal string literal: ${image}`);
  }

  /** A word after a dot that is no ref's may be a keyword again. */
  private wordAsKeyword(): void {
    const keyword = this.at(T.Identifier) ? T.KEYWORDS.get(this.LA(1).image) : undefined;
    if (keyword) setType(this.LA(1), keyword);
  }

  private checkNumber(prefix: string): void {
    if (!this.at(T.NumberLiteral)) return;
    const image = this.LA(1).image;
    if (prefix.endsWith(".") && image.includes(".")) this.fail("invalid float");
    if (!prefix.endsWith(".") && /^0[0-9]/.test(image)) this.fail("expected number without leading zero");
    const power = /[eE]([+-]?[0-9]+)$/.exec(image)?.[1];
    if (power !== undefined && Math.abs(Number(power)) > MAX_EXPONENT) this.failHere("number too big");
  }

  readonly parenthesis: ParserMethod<[], Term> = this.RULE("parenthesis", (): Term => {
    const open = this.CONSUME(T.LParen);
    const inner = this.SUBRULE(this.infix, { ARGS: [true] });
    if (!this.RECORDING_PHASE && !this.at(T.RParen)) this.failHere("non-terminated expression");
    const close = this.CONSUME(T.RParen);
    // The text takes the parentheses in; row and column stay those of the term.
    return this.ACTION(() => ({
      ...inner,
      location: this.tree.stretch(inner.location, open.startOffset, close),
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
      let calls = 0;
      this.MANY({
        GATE: () =>
          (free || this.touches()) && !(parts === undefined && term.kind === "call" && this.at(T.LParen)),
        DEF: () => {
          free = false;
          if (parts === undefined) this.ACTION(() => this.checkRefHead(term));
          this.OR([
            {
              ALT: () => {
                const dot = this.CONSUME(T.Dot);
                this.ACTION(() => {
                  if (!this.touches()) this.refuseSpace(dot);
                });
                const word = this.CONSUME(T.Identifier, { ERR_MSG: "expected identifier" });
                this.ACTION(() => (parts ??= [term]).push(this.tree.word(word)));
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
                const last = this.LA(0);
                this.CONSUME(T.LParen);
                const args = this.SUBRULE(this.list, { ARGS: [[], T.RParen] });
                const close = this.CONSUME(T.RParen);
                this.ACTION(() => {
                  this.link(++calls);
                  place = this.tree.stretch(head.location, start, close);
                  const callee: RefTerm = {
                    kind: "ref",
                    parts: parts ?? [term],
                    location: this.tree.stretch(head.location, start, last),
                  };
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
      // To OPA, a reference into a collection that is written out begins with the bracket that closes this.
      const from = isComposite(head) ? head.location.end - 1 : start;
      return { kind: "ref", parts, location: this.tree.stretch(head.location, from, this.LA(0)) };
    },
  );

  protected checkRefHead(head: Term): void {
    if (head.kind !== "scalar" && head.kind !== "ref" && head.kind !== "template") return;
    this.report(head.location, `illegal ref (head cannot be ${kindName(head)})`);
  }

  /** A word must follow a dot at once. */
  private refuseSpace(dot: IToken): never {
    const offset = dot.startOffset + 1;
    if (offset >= this.tree.source.text.length) this.fail("expected identifier");
    // A newline counts as column 0 of the row it opens.
    const isNewline = this.tree.source.text[offset] === "\n";
    const startLine = (dot.startLine as number) + (isNewline ? 1 : 0);
    const startColumn = isNewline ? 0 : (dot.startColumn as number) + 1;
    const place = { startOffset: offset, endOffset: offset, startLine, startColumn };
    return this.raise([{ place, message: `${UNEXPECTED_SPACE}: expected identifier` }]);
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
      return { kind: "array", items: [], location: this.tree.span(open, close) };
    }
    const leadingComma = this.at(T.Comma);
    if (leadingComma) this.CONSUME(T.Comma);
    const head = this.SUBRULE(this.term);
    if (!leadingComma && this.at(T.Pipe)) {
      const body = this.comprehensionBody(T.RBracket, false);
      if (body) {
        const close = this.CONSUME(T.RBracket);
        return { kind: "array-comprehension", head, body, location: this.tree.span(open, close) };
      }
    }
    const first = this.SUBRULE(this.infixTail, { ARGS: [head, false] });
    const items = this.SUBRULE(this.list, { ARGS: [[first], T.RBracket] });
    const close = this.CONSUME2(T.RBracket);
    return this.ACTION(() => ({ kind: "array", items, location: this.tree.span(open, close) }));
  });

  /** Whatever is written in braces: object, set, or a comprehension of either. */
  readonly braces: ParserMethod<[], Term> = this.RULE("braces", (): Term => {
    const open = this.CONSUME(T.LBrace);
    if (this.at(T.RBrace)) {
      const close = this.CONSUME(T.RBrace);
      return { kind: "object", entries: [], location: this.tree.span(open, close) };
    }
    const leadingComma = this.at(T.Comma);
    if (leadingComma) this.CONSUME(T.Comma);
    const head = this.SUBRULE(this.term);
    if (!leadingComma && this.at(T.Pipe)) {
      const body = this.comprehensionBody(T.RBrace, false);
      if (body) {
        const close = this.CONSUME(T.RBrace);
        return { kind: "set-comprehension", head, body, location: this.tree.span(open, close) };
      }
    }
    const first = this.at(T.Colon) ? head : this.SUBRULE(this.infixTail, { ARGS: [head, false] });
    if (this.at(T.Colon)) return this.SUBRULE(this.object, { ARGS: [open, first, !leadingComma] });
    if (!this.RECORDING_PHASE && !this.at(T.RBrace) && !this.at(T.Comma)) this.fail("non-terminated set");
    const items = this.SUBRULE(this.list, { ARGS: [[first], T.RBrace] });
    const close = this.CONSUME2(T.RBrace);
    return this.ACTION(() => ({ kind: "set", items, location: this.tree.span(open, close) }));
  });

  /** The rest of an object or object comprehension from its first colon. */
  readonly object: ParserMethod<[IToken, Term, boolean], Term> = this.RULE(
    "object",
    (open: IToken, key: Term, mayComprehend: boolean): Term => {
      this.CONSUME(T.Colon);
      const head = this.SUBRULE(this.term);
      if (mayComprehend && this.at(T.Pipe)) {
        const body = this.comprehensionBody(T.RBrace, true);
        if (body) {
          const close = this.CONSUME(T.RBrace);
          return {
            kind: "object-comprehension",
            key,
            value: head,
            body,
            location: this.tree.span(open, close),
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
      return this.ACTION(() => ({ kind: "object", entries, location: this.tree.span(open, close) }));
    },
  );

  /**
   * `| body` after the first term of a list: a comprehension is preferred to a union. Undefined where it is a union after
   * all, with nothing consumed.
   */
  protected comprehensionBody(closer: TokenType, onlyTry: boolean): Body | undefined {
    const at = this.LA(1).startOffset;
    if (this.unions.has(at)) return undefined;
    const before = this.here();
    try {
      this.CONSUME(T.Pipe);
      return this.SUBRULE(this.body, { ARGS: [closer] });
    } catch (fault) {
      if (isFinal(fault) || (!onlyTry && !this.at(T.Comma))) throw fault;
      this.back(before);
      this.unions.add(at);
      return undefined;
    }
  }

  /** `$"text {expression} text"` */
  readonly template: ParserMethod<[], Term> = this.RULE("template", (): Term => {
    if (!this.templateStrings) this.failHere("template strings are not supported by current capabilities");
    const open = this.OR([
      { ALT: () => this.CONSUME(T.TemplateOpen) },
      { ALT: () => this.CONSUME(T.RawTemplateOpen) },
    ]);
    if (this.RECORDING_PHASE) return undefined as never;
    const raw = open.tokenType === T.RawTemplateOpen;
    const parts: (string | Expr)[] = [];
    for (;;) {
      const next = this.LA(1);
      if (next.tokenType === T.TemplateText || next.tokenType === T.RawTemplateText) {
        this.CONSUME(next.tokenType);
        parts.push(raw ? next.image.replaceAll("\\{", "{") : unescape(next.image));
      } else if (next.tokenType === T.LBrace) {
        this.CONSUME(T.LBrace);
        parts.push(this.templateExpression());
        if (!this.at(T.RBrace)) this.failHere("expected } to end template string expression");
        this.CONSUME(T.RBrace);
      } else if (next.tokenType === T.TemplateClose || next.tokenType === T.RawTemplateClose) {
        const close = this.CONSUME(next.tokenType);
        return { kind: "template", parts, raw, location: this.tree.span(open, close) };
      } else {
        if (next.tokenType !== T.Illegal) this.endAtBrace();
        this.failHere("expected template-string part");
      }
    }
  });

  /** A template string that does not end after an expression: the brace before the missing end is what is malformed. */
  private endAtBrace(): void {
    const brace = this.LA(0);
    setType(brace, T.Illegal);
    brace.payload = "non-terminated string";
    this.importLexerState(this.exportLexerState() - 1);
  }

  protected templateExpression(): Expr {
    const expr = this.attempt(() => this.SUBRULE(this.literal));
    if (expr === undefined) return this.failHere("invalid template-string expression");
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
}

function isComposite({ kind }: Term): boolean {
  return kind === "array" || kind === "object" || kind === "set" || kind.endsWith("-comprehension");
}
