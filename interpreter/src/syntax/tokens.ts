import { createToken, Lexer, type ITokenConfig, type TokenType } from "chevrotain";
import { quotedEnd, rawTemplateTextEnd, templateTextEnd } from "./escapes.ts";

/**
 * Rego's tokens. Words are lexed as {@link Identifier} and turned into keywords afterwards (lexer.ts), because which words
 * are keywords depends on the version and on the imports above.
 */

interface TokenOptions extends Partial<Omit<ITokenConfig, "name" | "pattern">> {
  readonly first?: readonly (string | number)[];
}

/**
 * A token with what Chevrotain would otherwise find out by parsing the expressions, each time a process starts: the
 * characters that it may begin with (`first`), and that most tokens hold no line break.
 */
const token = (name: string, pattern: RegExp | string, { first, ...more }: TokenOptions = {}): TokenType =>
  createToken({
    name,
    // The flag changes nothing (no pattern has `^` or `$`), but an expression with flags is not taken apart.
    pattern: typeof pattern === "string" ? pattern : new RegExp(pattern.source, "m"),
    line_breaks: false,
    ...(first ? { start_chars_hint: [...first] } : {}),
    ...more,
  });
/** A token that a function scans: it tells where the token ends, or where it was asked for none. */
function scanned(name: string, end: (text: string, offset: number) => number, more: object = {}): TokenType {
  const pattern = (text: string, offset: number): [string] | null => {
    const until = end(text, offset);
    return until === offset ? null : [text.slice(offset, until)];
  };
  return createToken({ name, pattern, line_breaks: true, ...more });
}
const word = (name: string): TokenType => createToken({ name, pattern: Lexer.NA });

/** Decimal digits outside ASCII that may follow the first character of an identifier (general category Nd, BMP). */
const DIGIT_BLOCKS = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
  0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
  0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
];
const DIGITS = DIGIT_BLOCKS.map((start) => `${char(start)}-${char(start + 9)}`).join("");

function char(code: number): string {
  return `\\u${code.toString(16).padStart(4, "0")}`;
}

const DECIMAL = Array.from("0123456789");
const LETTERS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");

export const Whitespace = token("Whitespace", /[ \t\r\n]+/, {
  group: Lexer.SKIPPED,
  line_breaks: true,
  first: Array.from(" \t\r\n"),
});
export const Comment = token("Comment", /#[^\n]*/, { group: "comments", first: ["#"] });
export const Identifier = token("Identifier", new RegExp(`[A-Za-z_][A-Za-z0-9_${DIGITS}]*`), {
  first: LETTERS,
});
/** Wider than a number: `1.`, `1e` and `0a2b` are one token each, which the lexer then rejects as a whole. */
export const NumberLiteral = token("NumberLiteral", /[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]*)?[A-Za-z0-9_]*/, {
  first: DECIMAL,
});
/** The closing quote may be missing; the lexer then rejects the token. */
export const StringLiteral = scanned(
  "StringLiteral",
  (text, offset) => (text[offset] === '"' ? quotedEnd(text, offset) : offset),
  { start_chars_hint: ['"'] },
);
export const RawString = token("RawString", /`[^`]*`?/, { line_breaks: true, first: ["`"] });

export const LBracket = token("LBracket", "[");
export const RBracket = token("RBracket", "]");
/** Braces switch the lexer's mode, so that the `}` that ends an expression of a template string is told from others. */
export const LBrace = token("LBrace", "{", { push_mode: "main" });
export const RBrace = token("RBrace", "}", { pop_mode: true });
export const LParen = token("LParen", "(");
export const RParen = token("RParen", ")");
export const Comma = token("Comma", ",");
export const Assign = token("Assign", ":=");
export const Colon = token("Colon", ":");
export const Semicolon = token("Semicolon", ";");
export const Dot = token("Dot", ".");
export const Minus = token("Minus", "-");
export const Pipe = token("Pipe", "|");
/** Every other infix operator; the image tells which. */
export const Operator = token("Operator", /==|!=|<=|>=|[<>+*/%&]/, {
  first: Array.from("=!<>+*/%&"),
});
export const Unify = token("Unify", "=");

export const TemplateOpen = token("TemplateOpen", '$"', { push_mode: "template" });
export const TemplateText = scanned("TemplateText", templateTextEnd);
export const TemplateClose = token("TemplateClose", '"', { pop_mode: true });
export const RawTemplateOpen = token("RawTemplateOpen", "$`", { push_mode: "rawTemplate" });
export const RawTemplateText = scanned("RawTemplateText", rawTemplateTextEnd);
export const RawTemplateClose = token("RawTemplateClose", "`", { pop_mode: true });

export const Package = word("Package");
export const Import = word("Import");
export const As = word("As");
export const Default = word("Default");
export const Else = word("Else");
export const Not = word("Not");
export const Some = word("Some");
export const With = word("With");
export const Null = word("Null");
export const True = word("True");
export const False = word("False");
export const If = word("If");
export const Contains = word("Contains");
export const In = word("In");
export const Every = word("Every");
export const LogicalAnd = word("LogicalAnd");
export const LogicalOr = word("LogicalOr");

/** What no other token matches; its payload says what is wrong with it. */
export const Illegal = word("Illegal");

const main = [
  Whitespace,
  Identifier,
  Dot,
  StringLiteral,
  LBracket,
  RBracket,
  LParen,
  RParen,
  Comma,
  Assign,
  Colon,
  LBrace,
  RBrace,
  Operator,
  Unify,
  NumberLiteral,
  Comment,
  Minus,
  Pipe,
  Semicolon,
  RawString,
  TemplateOpen,
  RawTemplateOpen,
];
const words = [
  Package,
  Import,
  As,
  Default,
  Else,
  Not,
  Some,
  With,
  Null,
  True,
  False,
  If,
  Contains,
  In,
  Every,
  LogicalAnd,
  LogicalOr,
  Illegal,
];

export const LEXER_MODES = {
  defaultMode: "main",
  modes: {
    main,
    template: [TemplateClose, LBrace, TemplateText],
    rawTemplate: [RawTemplateClose, LBrace, RawTemplateText],
  },
};

/** Everything that a parser may meet. */
export const VOCABULARY: TokenType[] = [
  ...main.filter((type) => type !== Whitespace && type !== Comment),
  TemplateText,
  TemplateClose,
  RawTemplateText,
  RawTemplateClose,
  ...words,
];

/** Words that are keywords in every version. */
export const KEYWORDS: ReadonlyMap<string, TokenType> = new Map([
  ["package", Package],
  ["import", Import],
  ["as", As],
  ["default", Default],
  ["else", Else],
  ["not", Not],
  ["some", Some],
  ["with", With],
  ["null", Null],
  ["true", True],
  ["false", False],
]);

/** Words that v1 has as keywords and that a v0 module imports. */
export const V1_KEYWORDS: ReadonlyMap<string, TokenType> = new Map([
  ["contains", Contains],
  ["every", Every],
  ["if", If],
  ["in", In],
]);

/** Words that any module must import: `and`, `or`, and `not`, a keyword already, for its bodies. */
export const FUTURE_KEYWORDS: ReadonlyMap<string, TokenType> = new Map([
  ["and", LogicalAnd],
  ["not", Not],
  ["or", LogicalOr],
]);

export const KEYWORD_TYPES: ReadonlySet<TokenType> = new Set([
  ...KEYWORDS.values(),
  ...V1_KEYWORDS.values(),
  ...FUTURE_KEYWORDS.values(),
]);
