import { EmbeddedActionsParser, type IRecognitionException, type IToken, type TokenType } from "chevrotain";
import type { Builder } from "../build.ts";
import {
  lexicalProblem,
  notesOnly,
  type Problem,
  RECURSION_TEXT,
  SyntaxFault,
  unexpected,
} from "../diagnostics.ts";
import { setType } from "../lexer.ts";
import type { Location } from "../../location.ts";
import { placeOf } from "../rule-head.ts";
import * as T from "../tokens.ts";
import { LazyLookahead, LOOKAHEAD } from "./lazy-lookahead.ts";

/** What one parse works on. */
export interface ParseJob {
  readonly tokens: readonly IToken[];
  readonly builder: Builder;
  /** Whether the capabilities have template strings. */
  readonly templateStrings: boolean;
  /** Index of the first token from which on `and` and `or` are keywords. */
  readonly logicalFrom: number;
}

/** Nesting at which we give up, well before the JavaScript stack ends. */
export const MAX_DEPTH = 250;

/** How many operators may follow one another: each makes the tree one level deeper. */
export const MAX_CHAIN = 1000;

export const UNEXPECTED_SPACE = "unexpected whitespace token";

/** How many tokens a missing import may explain. */
const FUTURE_REACH = 256;

/** A place to come back to. */
export interface SavedState {
  readonly position: number;
  readonly depth: number;
  readonly wildcards: number;
  readonly reported: number;
  readonly hints: readonly string[];
}

/**
 * What every part of the grammar needs: looking at the next tokens and the whitespace before them, failing with OPA's
 * words, and trying one reading before another.
 */
export abstract class Cursor extends EmbeddedActionsParser {
  // Public in the library's code, missing from its types.
  declare readonly exportLexerState: () => number;
  declare readonly importLexerState: (position: number) => void;

  /** True after a top rule that stopped at a fault (which is then the last of `errors`). */
  failed = false;

  /** Problems found so far that did not stop the parse. */
  readonly reported: Problem[] = [];

  /** What the author may have meant; told with the next problem, whatever that is. */
  protected hints: readonly string[] = [];

  /** The last token at which something was missing that did not stop the parse. */
  private missedAt: IToken | undefined;

  protected tree!: Builder;
  protected tokens: readonly IToken[] = [];
  protected templateStrings = true;
  protected logicalFrom = Infinity;
  protected depth = 0;

  /** `skipValidations` saves a third of the start-up time; a test validates the grammar instead. */
  constructor(skipValidations: boolean) {
    super(T.VOCABULARY, {
      maxLookahead: LOOKAHEAD,
      lookaheadStrategy: new LazyLookahead(),
      nodeLocationTracking: "none",
      recoveryEnabled: false,
      skipValidations,
      errorMessageProvider: notesOnly,
    });
  }

  /** Starts on another source; call before a top rule. */
  start(job: ParseJob): void {
    this.input = job.tokens as IToken[];
    this.tokens = job.tokens;
    this.tree = job.builder;
    this.templateStrings = job.templateStrings;
    this.logicalFrom = job.logicalFrom;
    this.depth = 0;
    this.reported.length = 0;
    this.hints = [];
    this.missedAt = undefined;
  }

  /** The token that comes next. */
  next(): IToken {
    return this.LA(1);
  }

  // Looking around

  protected at(type: TokenType): boolean {
    return this.LA(1).tokenType === type && !this.RECORDING_PHASE;
  }

  /** No whitespace between the last token and the next. */
  protected touches(): boolean {
    return this.LA(1).startOffset === (this.LA(0).endOffset as number) + 1;
  }

  protected adjacent(type: TokenType): boolean {
    return this.at(type) && this.touches();
  }

  protected onNewLine(): boolean {
    const next = this.LA(1);
    // Where a term was missing before, the newline counts as read.
    if (next === this.missedAt) return false;
    const end = next.startOffset < 0 ? this.tree.source.text.length : next.startOffset;
    return this.tree.source.text.slice((this.LA(0).endOffset as number) + 1, end).includes("\n");
  }

  /** True for a word that `.` or `[` follows at once: the start of a ref even where the word is a keyword. */
  protected isRefHead(): boolean {
    const next = this.LA(2);
    if (next.tokenType !== T.Dot && next.tokenType !== T.LBracket) return false;
    const word = this.LA(1);
    return next.startOffset === (word.endOffset as number) + 1;
  }

  /** Makes the keyword of `if.x` or `in["y"]` an identifier. True if it did. */
  protected refHeadAsIdentifier(): boolean {
    if (this.RECORDING_PHASE) return false;
    const word = this.LA(1);
    if (!isKeyword(word) || !this.isRefHead()) return false;
    setType(word, T.Identifier);
    return true;
  }

  /** `and(x, y)` where a term must stand is a call of the builtin. */
  protected callAsIdentifier(): void {
    const next = this.LA(2);
    if (next.tokenType === T.LParen && next.startOffset === (this.LA(1).endOffset as number) + 1) {
      setType(this.LA(1), T.Identifier);
    }
  }

  /** The first word of a package or import path may be a keyword. */
  protected wordAsIdentifier(): void {
    if (isKeyword(this.LA(1))) setType(this.LA(1), T.Identifier);
  }

  // Failing and trying

  protected enter(): void {
    if (++this.depth > MAX_DEPTH) this.failHere(RECURSION_TEXT);
  }

  /** Bounds a chain of operators, calls or branches, which nest without nesting in the text. */
  protected link(length: number): void {
    if (length > MAX_CHAIN) this.failHere(RECURSION_TEXT);
  }

  protected here(): SavedState {
    if (this.RECORDING_PHASE) return { position: 0, depth: 0, wildcards: 0, reported: 0, hints: [] };
    return {
      position: this.exportLexerState(),
      depth: this.depth,
      wildcards: this.tree.wildcards,
      reported: this.reported.length,
      hints: this.hints,
    };
  }

  protected back(state: SavedState): void {
    if (this.RECORDING_PHASE) return;
    this.importLexerState(state.position);
    this.depth = state.depth;
    this.tree.wildcards = state.wildcards;
    // What an attempt within has taken back is gone.
    this.reported.length = Math.min(state.reported, this.reported.length);
    this.hints = state.hints;
  }

  /** The result of `parse`, or undefined where it fails; for readings that may be given up. */
  protected tried<Result>(parse: () => Result): Result | undefined {
    if (this.RECORDING_PHASE) return parse();
    try {
      return parse();
    } catch (fault) {
      if (isFinal(fault) || !(fault instanceof SyntaxFault || isRecognition(fault))) throw fault;
      return undefined;
    }
  }

  /**
   * What `parse` would find if `in` and `every` were keywords among the next tokens; undefined where that is no help.
   * Nothing is consumed.
   */
  protected withFutureKeywords<Result>(parse: () => Result): Result | undefined {
    if (this.RECORDING_PHASE) return undefined;
    const start = this.exportLexerState() + 1;
    const words = this.tokens.slice(start, start + FUTURE_REACH).filter((token, i) => {
      const isWord = token.tokenType === T.Identifier && (token.image === "in" || token.image === "every");
      return isWord && this.tokens[start + i - 1]?.tokenType !== T.Dot;
    });
    const isThere = this.tokens
      .slice(start, start + FUTURE_REACH)
      .some(({ tokenType }) => tokenType === T.In);
    if (!isThere && !words.some(({ image }) => image === "in")) return undefined;
    const before = this.here();
    for (const token of words) setType(token, token.image === "in" ? T.In : T.Every);
    const result = this.tried(parse);
    for (const token of words) setType(token, T.Identifier);
    this.back(before);
    return result;
  }

  /**
   * The result of `parse`; where it fails, its problems are reported, the one of `note` after them, and parsing goes on
   * with what there is.
   */
  protected attempt<Result>(parse: () => Result, note?: () => string): Result | undefined {
    if (this.RECORDING_PHASE) return parse();
    const depth = this.depth;
    try {
      return parse();
    } catch (fault) {
      const problems = this.problemsOf(fault);
      if (isFinal(fault) || problems === undefined) throw fault;
      this.depth = depth;
      this.missedAt = this.LA(1);
      this.reported.push(...problems);
      if (note) this.reported.push(...this.noteAt(problems.at(-1), note()));
      return undefined;
    }
  }

  /** The problems of whatever stopped a parse; undefined for a bug of ours. */
  problemsOf(fault: unknown): readonly Problem[] | undefined {
    if (fault instanceof SyntaxFault) return fault.problems;
    return isRecognition(fault) ? this.withHints(unexpected(fault.token, fault.message)) : undefined;
  }

  /** The hints go with the first problem after them. */
  private withHints(problems: readonly Problem[]): readonly Problem[] {
    const [first, ...rest] = problems;
    if (first === undefined || this.hints.length === 0) return problems;
    const message = `${first.message} (${this.hints.length === 1 ? "hint" : "hints"}: ${this.hints.join(", ")})`;
    this.hints = [];
    return [{ ...first, message }, ...rest];
  }

  /** A second problem where the first one stopped the parse: at the next token, or at the whitespace before it. */
  private noteAt(first: Problem | undefined, note: string): Problem[] {
    if (first?.message.startsWith(UNEXPECTED_SPACE))
      return [{ place: first.place, message: `${UNEXPECTED_SPACE}: ${note}` }];
    return unexpected(this.LA(1), note);
  }

  /** `unexpected X token: note` at the next token. */
  protected fail(note = "", token = this.LA(1)): never {
    return this.raise(unexpected(token, note));
  }

  /** Between literals and statements, a malformed token needs no further comment than the lexer's. */
  protected stopAtIllegal(): void {
    const problems = this.RECORDING_PHASE ? [] : lexicalProblem(this.LA(1));
    if (problems.length > 0) this.raise(problems);
  }

  protected failHere(message: string): never {
    const place = this.LA(1);
    return this.raise([...lexicalProblem(place), { place, message }]);
  }

  /** At the next token, or at the whitespace that was the last problem. */
  protected failWhereStopped(message: string): never {
    const last = this.reported.at(-1);
    const place = last?.message.startsWith(UNEXPECTED_SPACE) ? last.place : this.LA(1);
    return this.raise([{ place, message }]);
  }

  protected failAtToken(token: IToken, message: string): never {
    return this.raise([{ place: token, message }]);
  }

  protected failAt(location: Location, message: string): never {
    return this.raise([{ place: placeOf(location), message }]);
  }

  /** Reports a problem that does not stop the parse. */
  protected report(location: Location, message: string): void {
    this.reported.push(...this.withHints([{ place: placeOf(location), message }]));
  }

  /** Gives up because of what was reported before. */
  protected stop(): never {
    return this.raise([]);
  }

  /** While the grammar is recorded there is no input, so nothing can be wrong with it. */
  protected raise(problems: readonly Problem[]): never {
    if (this.RECORDING_PHASE) return undefined as never;
    throw new SyntaxFault(this.withHints(problems));
  }
}

function isRecognition(fault: unknown): fault is IRecognitionException {
  return fault instanceof Error && "token" in fault && "context" in fault;
}

/** Faults that no other reading can mend. */
export function isFinal(fault: unknown): boolean {
  if (fault instanceof RangeError) return true;
  return fault instanceof SyntaxFault && fault.message === RECURSION_TEXT;
}

export function isKeyword(token: IToken): boolean {
  return T.KEYWORD_TYPES.has(token.tokenType);
}
