import type { IToken } from "chevrotain";
import { InvariantError, type RegoError } from "../errors.ts";
import { type AnnotationTarget, type ReadAnnotations, readAnnotations } from "./annotations.ts";
import type { Body, Comment, Import, Module, RegoVersion, Rule, Term } from "./ast.ts";
import { Builder } from "./build.ts";
import {
  type Problem,
  problemsOf,
  RECURSION_TEXT,
  SyntaxFault,
  toRegoError,
  withoutRepetitions,
} from "./diagnostics.ts";
import { RegoParser, type Statement } from "./grammar.ts";
import { missingHeadKeywordHint } from "./hints.ts";
import { importableKeywords, importProblem } from "./imports.ts";
import { lex, type LexedSource } from "./lexer.ts";
import { Location, type Source } from "./location.ts";
import { ruleFromBody } from "./rule-head.ts";
import { checkV1Rule } from "./v1-checks.ts";

/** The part of the capabilities that decides what parses. */
export interface SyntaxCapabilities {
  readonly future_keywords: readonly string[];
  readonly features: readonly string[];
  /** A bare function statement must not take the name of one of these. */
  readonly builtins?: readonly { readonly name: string }[];
}

export interface ModuleText {
  /** The file name that errors print. */
  readonly name: string;
  readonly source: string;
  readonly version: RegoVersion;
  /** Default: what OPA's own release allows for the version. */
  readonly capabilities?: SyntaxCapabilities;
  /** Report faulty METADATA blocks; otherwise they are left out silently. */
  readonly annotations?: boolean;
}

export type ParsedModule =
  | { readonly ok: true; readonly module: Module }
  | { readonly ok: false; readonly errors: readonly RegoError[] };

export type ParsedQuery =
  { readonly ok: true; readonly body: Body } | { readonly ok: false; readonly errors: readonly RegoError[] };

export type ParsedTerm =
  { readonly ok: true; readonly term: Term } | { readonly ok: false; readonly errors: readonly RegoError[] };

const DEFAULT_CAPABILITIES: Readonly<Record<RegoVersion, SyntaxCapabilities>> = {
  v0: {
    future_keywords: ["and", "contains", "every", "if", "in", "not", "or"],
    features: ["keywords_in_refs"],
  },
  v1: { future_keywords: ["and", "not", "or"], features: ["keywords_in_refs", "template_strings"] },
};

/** Parses one module. Faults are returned, never thrown: those of the first statement that fails, or all of v1's checks. */
export function parseModule(text: ModuleText): ParsedModule {
  const source: Source = { file: text.name, text: withoutMark(text.source) };
  const capabilities = text.capabilities ?? DEFAULT_CAPABILITIES[text.version];
  const read = readStatements(source, text.version, capabilities, false);
  if (!read.ok) return read;
  return assemble(source, text, read.statements, read.lexed);
}

/** Parses a query: literals joined by semicolons or newlines. */
export function parseQuery(
  text: string,
  version: RegoVersion = "v1",
  capabilities: SyntaxCapabilities = DEFAULT_CAPABILITIES[version],
): ParsedQuery {
  const source: Source = { file: "", text: withoutMark(text) };
  const read = readStatements(source, version, capabilities, true);
  if (!read.ok) return read;
  const body: Body[number][] = [];
  for (const { statement } of read.statements) {
    if (statement.kind === "body") body.push(...statement.body);
    else if (statement.kind !== "import")
      return failure([wholeError(source, `expected body but got *ast.${nodeName(statement)}`)]);
    else return failure([wholeError(source, "expected body but got *ast.Import")]);
  }
  return { ok: true, body };
}

/** Parses a text that is one term. */
export function parseTerm(text: string, version: RegoVersion = "v1"): ParsedTerm {
  const parsed = parseQuery(text, version);
  if (!parsed.ok) return parsed;
  const source: Source = { file: "", text };
  const [expr] = parsed.body;
  if (parsed.body.length !== 1 || expr === undefined) {
    return failure([wholeError(source, "expected exactly one term")]);
  }
  if (expr.terms.kind === "term" && !expr.negated && expr.with.length === 0)
    return { ok: true, term: expr.terms.term };
  return failure([wholeError(source, "expected term")]);
}

interface ReadStatement {
  readonly statement: Statement;
  readonly row: number;
}

type ReadStatements =
  | { readonly ok: true; readonly statements: readonly ReadStatement[]; readonly lexed: LexedSource }
  | { readonly ok: false; readonly errors: readonly RegoError[] };

let parser: RegoParser | undefined;

/** The one parser of the process, made on first use. */
function theParser(): RegoParser {
  parser ??= new RegoParser();
  return parser;
}

function readStatements(
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
      if (problem) throw new SyntaxFault([problem]);
      if (bringsNotBodies(statement.import, importable)) grammar.notBodies = true;
    }
    statements.push({ statement, row });
  };
  const fault = run(grammar, () => {
    grammar.start({
      tokens: lexed.tokens,
      builder: new Builder(source),
      // Before v1 there are none, whatever the capabilities say of v1.
      templateStrings: version === "v1" && capabilities.features.includes("template_strings"),
      logicalFrom: lexed.logicalFrom,
    });
    grammar.statements(skipRules, accept);
  });
  if (fault === undefined) return { ok: true, statements, lexed };
  return failure(fault.map((problem) => toRegoError(source, problem)));
}

/** The problems of a parse, if any. The last resort against a stack overflow is here, beyond the depth counter. */
function run(grammar: RegoParser, parse: () => void): readonly Problem[] | undefined {
  const problems = (): Problem[] => {
    try {
      parse();
      return grammar.failed ? [...(problemsOf(grammar.errors.at(-1)) ?? [])] : [];
    } catch (fault) {
      if (fault instanceof RangeError) return [{ place: grammar.next(), message: RECURSION_TEXT }];
      const found = problemsOf(fault);
      if (found === undefined) throw fault;
      return [...found];
    }
  };
  const last = problems();
  const all = withoutRepetitions([...grammar.reported, ...last]);
  return all.length === 0 ? undefined : all;
}

function bringsNotBodies(node: Import, importable: readonly string[]): boolean {
  const words = node.path.parts.map((part) =>
    part.kind === "var" ? part.name : part.kind === "scalar" ? part.value : "",
  );
  if (words[0] === "rego") return words[1] === "v2";
  return words[0] === "future" && importable.includes("not") && (words.length === 2 || words[2] === "not");
}

/** Puts statements together as a module, and checks what only the whole can tell. */
function assemble(
  source: Source,
  text: ModuleText,
  statements: readonly ReadStatement[],
  lexed: LexedSource,
): ParsedModule {
  const errors: RegoError[] = [];
  const imports: Import[] = [];
  const rules: Rule[] = [];
  const first = statements[0]?.statement;
  if (first === undefined)
    return failure([{ code: "rego_parse_error", message: "empty module", location: atStart(source) }]);
  if (first.kind !== "package") errors.push(parseError("package expected", statementLocation(first)));
  let strictV1 = text.version === "v1";
  const checks: RegoError[] = [];
  const isBuiltin = (name: string): boolean =>
    text.capabilities?.builtins?.some((builtin) => builtin.name === name) ?? false;
  const written: Parameters<typeof checkV1Rule>[0][] = [];
  for (const [i, { statement }] of statements.entries()) {
    if (i === 0) continue;
    switch (statement.kind) {
      case "package":
        errors.push(parseError("unexpected package", statement.package.location));
        break;
      case "import":
        imports.push(statement.import);
        if (statement.import.path.parts[0].kind === "var" && statement.import.path.parts[0].name === "rego")
          strictV1 = true;
        break;
      case "rules":
        for (const parsed of statement.rules) {
          rules.push(parsed.rule);
          written.push(parsed);
        }
        break;
      case "body": {
        const made = ruleFromBody(statement.body, isBuiltin);
        if ("message" in made) {
          const hint = strictV1 ? "" : missingHeadKeywordHint(headKeyword(statements, i));
          errors.push(parseError(made.message + hint, statementLocation(statement)));
        } else {
          rules.push(made.rule);
          written.push({
            rule: made.rule,
            keywords: new Set(),
            generatedBody: true,
            generatedValue: made.generatedValue,
          });
        }
        break;
      }
    }
  }
  if (strictV1) for (const rule of written) checks.push(...checkV1Rule(rule));
  errors.push(...checks);
  if (errors.length > 0 || first.kind !== "package") return failure(errors);
  const comments = lexed.comments.map((token) => commentOf(source, token));
  const read = hasMetadata(comments)
    ? readAnnotations(comments, targetsOf(statements), refOf)
    : NO_ANNOTATIONS;
  if (text.annotations === true && read.errors.length > 0) return failure(read.errors);
  const module: Module = {
    kind: "module",
    package: first.package,
    imports,
    rules,
    comments,
    annotations: read.annotations,
    version: text.version,
    strictV1,
    location: first.package.location,
  };
  return { ok: true, module };
}

const NO_ANNOTATIONS: ReadAnnotations = { annotations: [], errors: [] };

function hasMetadata(comments: readonly Comment[]): boolean {
  return comments.some(({ text }) => text.includes("METADATA"));
}

function targetsOf(statements: readonly ReadStatement[]): AnnotationTarget[] {
  return statements.flatMap(({ statement, row }): AnnotationTarget[] => {
    if (statement.kind === "rules") {
      return statement.rules.map(({ rule }) => ({ kind: "rule", row: rule.location.row }));
    }
    return [{ kind: statement.kind === "body" ? "rule" : statement.kind, row }];
  });
}

/** Reads a ref that stands in a METADATA block. */
function refOf(text: string): Term | undefined {
  const parsed = parseTerm(text);
  return parsed.ok ? parsed.term : undefined;
}

/** The word around which a statement may have been misread: its own, or that of the next one on its row. */
function headKeyword(statements: readonly ReadStatement[], at: number): string | undefined {
  const own = soleWord(statements[at]?.statement);
  if (own === "if" || own === "contains") return own;
  const isBeside = statements[at + 1]?.row === statements[at]?.row;
  return isBeside ? soleWord(statements[at + 1]?.statement) : undefined;
}

/** The name of a rule, or the var that a statement consists of. */
function soleWord(statement: Statement | undefined): string | undefined {
  if (statement?.kind === "rules") {
    const [name] = statement.rules[0]?.rule.head.ref.parts ?? [];
    return name?.kind === "var" ? name.name : undefined;
  }
  if (statement?.kind !== "body" || statement.body.length !== 1) return undefined;
  const terms = statement.body[0]?.terms;
  return terms?.kind === "term" && terms.term.kind === "var" ? terms.term.name : undefined;
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

function statementLocation(statement: Statement): Location {
  switch (statement.kind) {
    case "package":
      return statement.package.location;
    case "import":
      return statement.import.location;
    case "rules":
      return statement.rules[0]?.rule.location as Location;
    case "body":
      return statement.body[0]?.location as Location;
    default:
      throw new InvariantError("no such statement");
  }
}

function nodeName(statement: Statement): string {
  return statement.kind === "package" ? "Package" : "Rule";
}

function parseError(message: string, location: Location): RegoError {
  return { code: "rego_parse_error", message, location };
}

function wholeError(source: Source, message: string): RegoError {
  return parseError(message, new Location(source, 0, source.text.length, 1, 1));
}

function atStart(source: Source): Location {
  return new Location(source, 0, 0, 0, 0);
}

function failure(errors: readonly RegoError[]): {
  readonly ok: false;
  readonly errors: readonly RegoError[];
} {
  return { ok: false, errors };
}

/** A byte-order mark at the start is no part of the text. */
function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
