import type { IToken } from "chevrotain";
import { numberFromText } from "../value/number.ts";
import type {
  Body,
  CallTerm,
  Expr,
  ExprTerms,
  Head,
  RefTerm,
  ScalarTerm,
  Term,
  VarTerm,
  With,
} from "./ast.ts";
import { Location, type Source } from "../location.ts";
import { relocated } from "./relocate.ts";

/** The builtin that an infix operator calls. */
const OPERATORS: Readonly<Record<string, string>> = {
  "==": "equal",
  "!=": "neq",
  "<": "lt",
  "<=": "lte",
  ">": "gt",
  ">=": "gte",
  "|": "or",
  "&": "and",
  "+": "plus",
  "-": "minus",
  "*": "mul",
  "/": "div",
  "%": "rem",
  "=": "eq",
  ":=": "assign",
};

/** Makes the nodes of one parse: the grammar's actions are calls of its methods. */
export class Builder {
  readonly source: Source;
  /** How many wildcards there are so far; the next one is `$<n>`. */
  wildcards = 0;

  constructor(source: Source) {
    this.source = source;
  }

  /** From the start of `first` to the end of `last`. */
  span(first: IToken, last: IToken): Location {
    return new Location(
      this.source,
      first.startOffset,
      (last.endOffset as number) + 1,
      first.startLine as number,
      first.startColumn as number,
    );
  }

  /** The row and column of `place`, but the text from `start` to the end of `last` (parentheses count for the text only). */
  stretch(place: Location, start: number, last: IToken): Location {
    return new Location(this.source, start, (last.endOffset as number) + 1, place.row, place.col);
  }

  variable(token: IToken): VarTerm {
    const name = token.image === "_" ? `$${this.wildcards++}` : token.image;
    return { kind: "var", name, location: this.span(token, token) };
  }

  scalar(token: IToken, value: ScalarTerm["value"]): ScalarTerm {
    return { kind: "scalar", value, location: this.span(token, token) };
  }

  /** The word after a dot. */
  word(token: IToken): ScalarTerm {
    return this.scalar(token, token.image);
  }

  number(first: IToken, digits: IToken, prefix: string): ScalarTerm {
    const value = numberFromText(prefix + digits.image);
    // OPA takes the sign for the whole.
    return { kind: "scalar", value, location: this.span(first, first) };
  }

  string(token: IToken): ScalarTerm {
    return this.scalar(token, unescape(token.image.slice(1, -1)));
  }

  rawString(token: IToken): ScalarTerm {
    return { ...this.scalar(token, token.image.slice(1, -1)), raw: true };
  }

  /** The operator of an infix call: a ref of one var, or `internal.member_2` for `in`. */
  operator(token: IToken): RefTerm {
    return namedRef(OPERATORS[token.image] as string, this.span(token, token));
  }

  infix(operator: RefTerm, args: readonly Term[], last: IToken): CallTerm {
    const first = args[0] as Term;
    const location = this.stretch(first.location, startOf(first), last);
    return { kind: "call", operator, args, infix: true, location };
  }

  /** `-ref`, which means `0 - ref`. */
  negate(minus: IToken, term: Term, last: IToken): CallTerm {
    const location = this.span(minus, minus);
    const zero: ScalarTerm = { kind: "scalar", value: 0, location };
    return {
      kind: "call",
      operator: namedRef("minus", location),
      args: [zero, term],
      infix: true,
      location: this.span(minus, last),
    };
  }

  member(token: IToken, args: readonly Term[], last: IToken): CallTerm {
    const location = this.span(token, token);
    const operator: RefTerm = {
      kind: "ref",
      parts: [
        { kind: "var", name: "internal", location },
        { kind: "scalar", value: args.length === 2 ? "member_2" : "member_3", location },
      ],
      location,
    };
    return this.infix(operator, args, last);
  }

  /** The terms of a statement that is one term: a call becomes the statement itself. */
  termsOf(term: Term): ExprTerms {
    if (term.kind !== "call") return { kind: "term", term };
    return { kind: "call", operator: term.operator, args: term.args, infix: term.infix };
  }

  statement(terms: ExprTerms, withs: readonly With[], first: IToken, last: IToken): Expr {
    return { negated: false, terms, with: withs, generated: false, location: this.span(first, last) };
  }

  /** The head of a chained body: to OPA, all but its ref stands where the body does. */
  chainedHead(head: Head, location: Location): Head {
    return { ...relocated(this.copyHead(head, location), location), ref: head.ref };
  }

  /** A fresh copy of a head for a further body: wildcard arguments are other wildcards there. */
  copyHead(head: Head, location: Location): Head {
    const args = head.args?.map((arg): Term => {
      return arg.kind === "var" && arg.name.startsWith("$") ? { ...arg, name: `$${this.wildcards++}` } : arg;
    });
    return { ...head, args, location };
  }
}

/** Where the text of a term starts. */
function startOf(term: Term): number {
  const { start } = term.location;
  return term.kind === "ref" ? Math.min(start, term.parts[0].location.start) : start;
}

export function namedRef(name: string, location: Location): RefTerm {
  return { kind: "ref", parts: [{ kind: "var", name, location }], location };
}

export function isVar(term: Term | undefined, name: string): boolean {
  return term?.kind === "var" && term.name === name;
}

/** The name of an operator as OPA spells it: `eq`, `internal.member_2`, `io.jwt.decode`. */
export function operatorName(operator: RefTerm): string {
  if (operator.parts.length === 1) {
    const [only] = operator.parts;
    return only.kind === "var" ? only.name : "";
  }
  return operator.parts
    .map((part) => (part.kind === "var" ? part.name : part.kind === "scalar" ? String(part.value) : "?"))
    .join(".");
}

/** The body `true` of a rule that has none. */
export function trueBody(location: Location): Body {
  const term: ScalarTerm = { kind: "scalar", value: true, location };
  return [{ negated: false, terms: { kind: "term", term }, with: [], generated: true, location }];
}

export function trueTerm(location: Location): ScalarTerm {
  return { kind: "scalar", value: true, location };
}

/** Decodes the escapes of a string by JSON's rules; half a surrogate pair becomes U+FFFD. */
export function unescape(inner: string): string {
  if (!inner.includes("\\")) return inner;
  const decoded = inner.replace(
    /\\(?:u([0-9a-fA-F]{4})|(.))/gs,
    (_, hex: string | undefined, one: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      return SHORT_ESCAPES[one] ?? one;
    },
  );
  return decoded.toWellFormed();
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
