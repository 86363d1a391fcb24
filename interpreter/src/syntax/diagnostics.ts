import type { IToken } from "chevrotain";
import type { RegoError } from "../errors.ts";
import { Location, type Source } from "../location.ts";
import { Illegal, KEYWORDS, RawTemplateOpen, TemplateOpen } from "./tokens.ts";

/** Where something is wrong: a token, or the place a node starts. */
export type Place = Pick<IToken, "startOffset" | "startLine" | "startColumn" | "endOffset">;

export interface Problem {
  readonly place: Place;
  readonly message: string;
  /** Found by the lexer: which of the token's problems it is. */
  readonly lexical?: number;
  /** What was probably meant; no part of OPA's text. */
  readonly hint?: string | undefined;
}

/** Stops a parse. Thrown by the grammar, caught by the doors (and where the grammar tries one reading before another). */
export class SyntaxFault extends Error {
  override readonly name = "SyntaxFault";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems[0]?.message ?? "syntax fault");
    this.problems = problems;
  }
}

export const RECURSION_TEXT = "max parsing recursion depth exceeded";

/** What OPA calls a token in its messages. */
const NAMES: Readonly<Record<string, string>> = {
  Identifier: "identifier",
  EOF: "eof",
  NumberLiteral: "number",
  StringLiteral: "string",
  RawString: "string",
  Assign: "assign",
  Unify: "eq",
  Minus: "minus",
  Pipe: "or",
  LogicalAnd: "and",
  LogicalOr: "or",
};

const OPERATOR_NAMES: Readonly<Record<string, string>> = {
  "+": "plus",
  "*": "mul",
  "/": "div",
  "%": "rem",
  "&": "and",
  "==": "equal",
  "!=": "neq",
  ">": "gt",
  "<": "lt",
  ">=": "gte",
  "<=": "lte",
};

const FUTURE = new Set(["If", "Contains", "In", "Every", "LogicalAnd", "LogicalOr"]);

/** `unexpected X token: note`, preceded by the lexer's own message where the token is malformed. */
export function unexpected(token: IToken, note = ""): Problem[] {
  if (token.tokenType === Illegal)
    return [...lexicalProblem(token), { place: token, message: "illegal token" }];
  const type = token.tokenType.name;
  const name = NAMES[type] ?? templateName(token) ?? OPERATOR_NAMES[token.image] ?? token.image;
  const isKeyword = (KEYWORDS.has(token.image) && type !== "Identifier") || FUTURE.has(type);
  const noun = isKeyword ? "keyword" : "token";
  return [{ place: token, message: `unexpected ${name} ${noun}${note === "" ? "" : `: ${note}`}` }];
}

/** A template string is named after its first piece, which is its last where it has no expression. */
function templateName(token: IToken): string | undefined {
  const piece = token.payload === "end" ? "string-end" : "string-part";
  if (token.tokenType === TemplateOpen) return `template-${piece}`;
  return token.tokenType === RawTemplateOpen ? `raw-template-${piece}` : undefined;
}

/** What the lexer has to say about a token, if anything. */
export function lexicalProblem(token: IToken): Problem[] {
  if (token.tokenType !== Illegal || token.payload === undefined) return [];
  const messages = Array.isArray(token.payload) ? (token.payload as string[]) : [token.payload as string];
  return messages.map((message, lexical) => ({ place: token, message, lexical }));
}

/** Leaves the repetitions of the lexer's messages out: a token is scanned once. */
export function withoutRepetitions(problems: readonly Problem[]): Problem[] {
  return problems.filter((problem, i) => {
    const { lexical, place } = problem;
    if (lexical === undefined) return true;
    const isSame = (other: Problem): boolean =>
      other.lexical === lexical && other.place.startOffset === place.startOffset;
    return problems.findIndex(isSame) === i;
  });
}

/** Messages of the parsing library are notes only: the caller's `ERR_MSG`, or nothing. */
export const notesOnly = {
  buildMismatchTokenMessage: (): string => "",
  buildNotAllInputParsedMessage: (): string => "",
  buildNoViableAltMessage: (options: { customUserDescription?: string }): string =>
    options.customUserDescription ?? "",
  buildEarlyExitMessage: (options: { customUserDescription?: string }): string =>
    options.customUserDescription ?? "",
};

/** A problem as OPA reports it: with the source line and a caret below. */
export function toRegoError(source: Source, problem: Problem): RegoError {
  const place = placeInText(source, problem.place);
  return {
    code: "rego_parse_error",
    message: problem.message,
    location: place,
    details: caretLines(source.text, place.start),
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
  };
}

/** The end of input has no place of its own: it is where the text ends, in the column of the last character. */
function placeInText(source: Source, place: Place): Location {
  if (place.startOffset >= 0) {
    const end = (place.endOffset ?? place.startOffset) + 1;
    return new Location(source, place.startOffset, end, place.startLine ?? 1, place.startColumn ?? 1);
  }
  const text = source.text;
  let row = 1;
  let lineStart = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", lineStart)) {
    row++;
    lineStart = at + 1;
  }
  const col = Array.from(text.slice(lineStart)).length;
  return new Location(source, text.length, text.length, row, col);
}

/** The line that an offset is on, without its leading tabs, and a caret under the offset (counted in bytes, as OPA does). */
export function caretLines(text: string, offset: number): string[] {
  let at = Math.max(0, Math.min(offset, text.length - 1));
  while (at > 0 && isSpace(text.charCodeAt(at))) at--;
  let begin = at;
  while (begin > 0 && !isNewline(text.charCodeAt(begin))) begin--;
  if (isNewline(text.charCodeAt(begin))) begin++;
  let end = at;
  while (end < text.length && !isNewline(text.charCodeAt(end))) end++;
  if (begin > end) begin = end;
  const line = text.slice(begin, end);
  const shown = line.replace(/^\t+/, "");
  const tabs = line.length - shown.length;
  const indent = Math.max(byteLength(text.slice(begin, at)) - tabs, 0);
  return [shown, `${" ".repeat(indent)}^`];
}

function byteLength(text: string): number {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

function isNewline(unit: number): boolean {
  return unit === 10 || unit === 13;
}

function isSpace(unit: number): boolean {
  return unit === 32 || (unit >= 9 && unit <= 13) || unit === 0x85 || unit === 0xa0;
}
