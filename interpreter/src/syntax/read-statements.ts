import type { IToken } from "chevrotain";
import type { RegoError } from "../errors.ts";
import type { Comment, Import, RegoVersion } from "./ast.ts";
import { Builder } from "./build.ts";
import { type Problem, RECURSION_TEXT, SyntaxFault, toRegoError, withoutRepetitions } from "./diagnostics.ts";
import { RegoParser, type Statement } from "./grammar.ts";
import { importableKeywords, importProblem } from "./imports.ts";
import { lex } from "./lexer.ts";
import { Location, type Source } from "../location.ts";

/** The part of the capabilities that decides what parses. */
export interface SyntaxCapabilities {
  readonly future_keywords: readonly string[];
  readonly features: readonly string[];
  /** A bare function statement must not take the name of one of these. */
  readonly builtins?: readonly { readonly name: string }[];
}

export interface ReadStatement {
  readonly statement: Statement;
  readonly row: number;
}

/** What a source holds, up to the statement that failed, if one did. */
export interface ReadStatements {
  readonly statements: readonly ReadStatement[];
  readonly comments: readonly Comment[];
  readonly errors: readonly RegoError[];
}

let parser: RegoParser | undefined;

/** The one parser of the process, made on first use. */
function theParser(): RegoParser {
  parser ??= new RegoParser();
  return parser;
}

/**
 * Reads a source statement by statement. A statement that does not parse is the last one read; an import that parses but
 * means nothing is reported, and reading goes on.
 */
export function readStatements(
  source: Source,
  version: RegoVersion,
  capabilities: SyntaxCapabilities,
  skipRules: boolean,
): ReadStatements {
  const importable = importableKeywords(version, capabilities.future_keywords);
  const lexed = lex(source, { version, importable });
  const grammar = theParser();
  const statements: ReadStatement[] = [];
  const accept = (statement: Statement, row: number): void => {
    if (statement.kind === "import") {
      const problem = importProblem(statement.import, statement.aliasPlace, version, importable);
      if (problem?.isFinal) throw new SyntaxFault([problem]);
      if (problem) grammar.reported.push(problem);
      else if (bringsNotBodies(statement.import, importable)) grammar.notBodies = true;
    }
    statements.push({ statement, row });
  };
  const problems = run(grammar, () => {
    grammar.start({
      tokens: lexed.tokens,
      builder: new Builder(source),
      // Before v1 there are none, whatever the capabilities say of v1.
      templateStrings: version === "v1" && capabilities.features.includes("template_strings"),
      logicalFrom: lexed.logicalFrom,
    });
    grammar.statements(skipRules, accept);
  });
  // What stands below the place where reading stopped was never looked at.
  const reached = [grammar.next().startOffset, ...problems.map(({ place }) => place.startOffset)];
  const end = problems.length === 0 ? NaN : Math.max(...reached);
  const seen = lexed.comments.filter(({ startOffset }) => !(startOffset > end));
  return {
    statements,
    comments: seen.map((token) => commentOf(source, token)),
    errors: problems.map((problem) => toRegoError(source, problem)),
  };
}

/** The problems of a parse. The last resort against a stack overflow is here, beyond the depth counter. */
function run(grammar: RegoParser, parse: () => void): readonly Problem[] {
  const problems = (): Problem[] => {
    try {
      parse();
      return grammar.failed ? [...(grammar.problemsOf(grammar.errors.at(-1)) ?? [])] : [];
    } catch (fault) {
      if (fault instanceof RangeError) return [{ place: grammar.next(), message: RECURSION_TEXT }];
      const found = grammar.problemsOf(fault);
      if (found === undefined) throw fault;
      return [...found];
    }
  };
  const last = problems();
  return withoutRepetitions([...grammar.reported, ...last]);
}

function bringsNotBodies(node: Import, importable: readonly string[]): boolean {
  const words = node.path.parts.map((part) =>
    part.kind === "var" ? part.name : part.kind === "scalar" ? part.value : "",
  );
  if (words[0] === "rego") return words[1] === "v2";
  return words[0] === "future" && importable.includes("not") && (words.length === 2 || words[2] === "not");
}

function commentOf(source: Source, token: IToken): Comment {
  const text = token.image.slice(1).replace(/\r+$/, "");
  const end = (token.endOffset as number) + 1;
  const location = new Location(
    source,
    token.startOffset,
    end,
    token.startLine as number,
    token.startColumn as number,
  );
  return { text, location };
}
