import { Lexer, type IToken, type TokenType } from "chevrotain";
import type { RegoVersion } from "./ast.ts";
import { escapeFaults, templateEscapeFaults } from "./escapes.ts";
import type { Source } from "../location.ts";
import {
  Dot,
  FUTURE_KEYWORDS,
  Identifier,
  Illegal,
  Import,
  KEYWORDS,
  LBrace,
  LBracket,
  LEXER_MODES,
  LParen,
  NumberLiteral,
  Package,
  RawString,
  RBrace,
  RBracket,
  RParen,
  RawTemplateClose,
  RawTemplateOpen,
  RawTemplateText,
  StringLiteral,
  TemplateClose,
  TemplateOpen,
  TemplateText,
  V1_KEYWORDS,
} from "./tokens.ts";

/** Which words beyond the fixed ones may become keywords. */
export interface KeywordRules {
  readonly version: RegoVersion;
  /** The words that `import future.keywords.x` accepts, sorted. */
  readonly importable: readonly string[];
}

export interface LexedSource {
  /** In source order; `startLine` and `startColumn` are set, the column in code points. */
  readonly tokens: readonly IToken[];
  readonly comments: readonly IToken[];
  /** Index of the first token from which on `and` or `or` is a keyword. */
  readonly logicalFrom: number;
}

let lexer: Lexer | undefined;

/** The one lexer of the process, made on first use. */
function theLexer(): Lexer {
  lexer ??= new Lexer(LEXER_MODES, {
    positionTracking: "onlyOffset",
    skipValidations: true,
    recoveryEnabled: true,
  });
  return lexer;
}

/**
 * Splits a source into tokens. Never fails: what is no token becomes an {@link Illegal} one, with the reason as payload, so
 * that an earlier syntax error is the one reported.
 */
export function lex(source: Source, rules: KeywordRules): LexedSource {
  const { tokens: raw, groups, errors } = theLexer().tokenize(source.text);
  const [comments, badComments] = separate(groups["comments"] ?? []);
  const illegal = errors
    // Unbalanced braces also count as lexing errors; the grammar tells those better.
    .filter(
      (error) => error.length > 0 && source.text[error.offset] !== "}" && source.text[error.offset] !== '"',
    )
    .map((error) => illegalToken(source.text, error.offset, error.length))
    .concat(badComments);
  const tokens =
    illegal.length === 0 ? raw : [...raw, ...illegal].sort((a, b) => a.startOffset - b.startOffset);
  placeTokens(source.text, tokens);
  placeTokens(source.text, comments);
  const logicalFrom = markKeywords(tokens, rules);
  for (let i = 0; i < tokens.length; i++) {
    rejectBadLiteral(tokens[i] as IToken);
    markTemplate(tokens, i);
  }
  return { tokens, comments, logicalFrom };
}

/** Comments, and those with a character that must not stand anywhere, as illegal tokens. */
function separate(comments: readonly IToken[]): readonly [readonly IToken[], readonly IToken[]] {
  const bad = comments.filter(({ image }) => FORBIDDEN.test(image));
  if (bad.length === 0) return [comments, []];
  for (const token of bad) {
    setType(token, Illegal);
    token.payload = forbiddenCharacters(token.image);
  }
  return [comments.filter(({ tokenType }) => tokenType !== Illegal), bad];
}

function illegalToken(text: string, offset: number, length: number): IToken {
  return {
    image: text.slice(offset, offset + length),
    startOffset: offset,
    endOffset: offset + length - 1,
    startLine: 1,
    startColumn: 1,
    tokenType: Illegal,
    tokenTypeIdx: Illegal.tokenTypeIdx as number,
    payload: illegalCharacter(text.codePointAt(offset) as number),
  };
}

/** What is wrong with a character that starts no token; undefined where there is nothing more to say than that. */
function illegalCharacter(code: number): string | undefined {
  switch (code) {
    case 0:
      return "illegal null character";
    case 0x21:
      return "illegal ! character";
    case 0x22:
      return "non-terminated string";
    case 0x24:
      return "illegal $ character";
    case 0xa0:
      return "illegal non-breaking space character, use a regular space instead";
    case 0xfeff:
      return "illegal byte-order mark";
    default:
      return code >= 0xd800 && code <= 0xdfff ? "illegal utf-8 character" : undefined;
  }
}

/** Sets end, row and column (the lexer gives the start alone), walking the text once. */
function placeTokens(text: string, tokens: readonly IToken[]): void {
  let row = 1;
  let lineStart = 0;
  let nextLine = text.indexOf("\n");
  // Astral characters before the token on its line, each of which is two units and one column.
  let pairs = 0;
  let counted = 0;
  for (const token of tokens) {
    const offset = token.startOffset;
    while (nextLine !== -1 && nextLine < offset) {
      row++;
      lineStart = nextLine + 1;
      nextLine = text.indexOf("\n", lineStart);
      pairs = 0;
      counted = lineStart;
    }
    for (; counted < offset; counted++) {
      const unit = text.charCodeAt(counted);
      if (unit >= 0xdc00 && unit <= 0xdfff) pairs++;
    }
    token.endOffset = offset + token.image.length - 1;
    token.startLine = row;
    token.startColumn = offset - lineStart - pairs + 1;
  }
}

/** Turns words into keywords; returns from which token on `and` or `or` is one. A word after a dot never is one (`input.if`), wherever it stands. */
function markKeywords(tokens: readonly IToken[], rules: KeywordRules): number {
  let logicalFrom = Infinity;
  const active = new Map<string, TokenType>(KEYWORDS);
  if (rules.version === "v1") for (const [name, type] of V1_KEYWORDS) active.set(name, type);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as IToken;
    if (token.tokenType !== Identifier || tokens[i - 1]?.tokenType === Dot) continue;
    const keyword = active.get(token.image);
    if (keyword === undefined) continue;
    setType(token, keyword);
    // After `package` the word is the package's name.
    if (keyword !== Import || tokens[i - 1]?.tokenType === Package) continue;
    activateImported(tokens, i + 1, active, rules);
    if (logicalFrom === Infinity && (active.has("and") || active.has("or"))) logicalFrom = i;
  }
  return logicalFrom;
}

export function setType(token: IToken, type: TokenType): void {
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx as number;
}

/** `import future.keywords…` and `import rego.v1` change what the words after them mean. */
function activateImported(
  tokens: readonly IToken[],
  start: number,
  active: Map<string, TokenType>,
  rules: KeywordRules,
): void {
  const path: string[] = [];
  for (let i = start; i < start + 5; i += 2) {
    path.push(tokens[i]?.image ?? "");
    if (tokens[i + 1]?.tokenType !== Dot) break;
  }
  const activate = (name: string): void => {
    const type = V1_KEYWORDS.get(name) ?? FUTURE_KEYWORDS.get(name);
    if (type) active.set(name, type);
    if (name === "every") activate("in");
  };
  if (path[0] === "rego" && path.length === 2) {
    if (path[1] === "v1" || path[1] === "v2") for (const name of V1_KEYWORDS.keys()) activate(name);
    if (path[1] === "v2") for (const name of FUTURE_KEYWORDS.keys()) activate(name);
  }
  if (path[0] !== "future" || path[1] !== "keywords") return;
  const named = path[2];
  for (const name of rules.importable) if (named === undefined || named === name) activate(name);
}

/** Makes a malformed string or number illegal; the patterns accept a little more than the language does. */
function rejectBadLiteral(token: IToken): void {
  const reason = faultOf(token);
  if (reason === undefined) return;
  setType(token, Illegal);
  token.payload = reason;
}

/** Tells of a template string whether it ends without an expression, or never ends at all. */
function markTemplate(tokens: readonly IToken[], at: number): void {
  const open = tokens[at] as IToken;
  if (open.tokenType !== TemplateOpen && open.tokenType !== RawTemplateOpen) return;
  const text = tokens[at + 1];
  const hasText = text?.tokenType === TemplateText || text?.tokenType === RawTemplateText;
  const fault = hasText ? faultOf(text) : undefined;
  if (fault !== undefined) {
    // The text up to the first expression is one token with the opening quote.
    setType(open, Illegal);
    open.payload = fault;
    return;
  }
  const next = hasText ? tokens[at + 2] : text;
  if (next?.tokenType === TemplateClose || next?.tokenType === RawTemplateClose) open.payload = "end";
  else if (next?.tokenType !== LBrace) {
    setType(open, Illegal);
    open.payload = "non-terminated string";
  }
}

function faultOf(token: IToken): readonly string[] | undefined {
  const image = token.image;
  switch (token.tokenType) {
    case StringLiteral: {
      const isOpen = image.length < 2 || !image.endsWith('"') || endsEscaped(image);
      return faults(escapeFaults(image), forbiddenCharacters(image), isOpen ? ["non-terminated string"] : []);
    }
    case RawString:
      return faults(
        forbiddenCharacters(image),
        image.length < 2 || !image.endsWith("`") ? ["non-terminated string"] : [],
      );
    case TemplateText:
      return faults(templateEscapeFaults(image), forbiddenCharacters(image));
    case RawTemplateText:
      return faults(forbiddenCharacters(image));
    case NumberLiteral:
      return numberFault(image);
    default:
      return undefined;
  }
}

function faults(...found: readonly (readonly string[])[]): readonly string[] | undefined {
  const all = found.flat();
  return all.length === 0 ? undefined : all;
}

/** What must not stand even in strings and comments. A lone surrogate stands for a byte that is no UTF-8. */
const FORBIDDEN = /[\0\ufeff]|\p{Cs}/u;
const EACH_FORBIDDEN = new RegExp(FORBIDDEN, "gu");

/** One message for each forbidden character. */
function forbiddenCharacters(image: string): readonly string[] {
  if (!FORBIDDEN.test(image)) return [];
  return [...image.matchAll(EACH_FORBIDDEN)].map(
    ([found]) => illegalCharacter(found.codePointAt(0) as number) as string,
  );
}

function endsEscaped(image: string): boolean {
  let slashes = 0;
  while (image[image.length - 2 - slashes] === "\\") slashes++;
  return slashes % 2 === 1;
}

function numberFault(image: string): readonly string[] | undefined {
  if (/^[0-9]+$/.test(image)) return undefined;
  const [, fraction, exponent, rest] = /^[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]*)?(.*)$/.exec(image) ?? [];
  const faults: string[] = [];
  if (fraction === ".") faults.push("expected fraction");
  if (exponent !== undefined && !/[0-9]$/.test(exponent)) faults.push("expected exponent");
  if (rest !== "") faults.push("illegal number format");
  return faults.length === 0 ? undefined : faults;
}

/** For each opening bracket, brace or parenthesis, the index of the token after its closing one; -1 where there is none. */
export function matchBrackets(tokens: readonly IToken[]): Int32Array {
  const after = new Int32Array(tokens.length).fill(-1);
  const open: number[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const type = (tokens[i] as IToken).tokenType;
    if (type === LBrace || type === LBracket || type === LParen) open.push(i);
    else if (type === RBrace || type === RBracket || type === RParen) {
      const start = open.pop();
      if (start !== undefined) after[start] = i + 1;
    }
  }
  return after;
}
