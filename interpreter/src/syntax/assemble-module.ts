import { InvariantError, type RegoError } from "../errors.ts";
import type { AnnotationTarget } from "./annotations.ts";
import type { Annotations, Import, Module, RegoVersion, Rule } from "./ast.ts";
import type { Statement } from "./grammar.ts";
import { missingHeadKeywordHint } from "./hints.ts";
import { Location, type Source } from "../location.ts";
import type { ReadStatement, ReadStatements } from "./read-statements.ts";
import { ruleFromBody } from "./rule-head.ts";
import { checkV1Rule, type WrittenRule } from "./v1-checks.ts";

export interface AssembledModule {
  /** Undefined where there are errors. The METADATA blocks are still to be attached. */
  readonly module: Module | undefined;
  readonly errors: readonly RegoError[];
}

/** Puts statements together as a module, and checks what only the whole can tell. */
export function assembleModule(
  source: Source,
  version: RegoVersion,
  { statements, comments }: ReadStatements,
  isBuiltin: (name: string) => boolean,
): AssembledModule {
  const first = statements[0]?.statement;
  if (first === undefined) return refused([parseError("empty module", new Location(source, 0, 0, 0, 0))]);
  const errors: RegoError[] = [];
  if (first.kind !== "package") errors.push(parseError("package expected", statementLocation(first)));
  const imports: Import[] = [];
  const rules: WrittenRule[] = [];
  let strictV1 = version === "v1";
  for (const [i, { statement }] of statements.entries()) {
    if (i === 0) continue;
    switch (statement.kind) {
      case "package":
        errors.push(parseError("unexpected package", statement.package.location));
        break;
      case "import":
        imports.push(statement.import);
        if (isRegoImport(statement.import)) strictV1 = true;
        break;
      case "rules":
        rules.push(...statement.rules);
        break;
      case "body": {
        const made = ruleFromBody(statement.body, isBuiltin);
        if ("message" in made) {
          const hint = strictV1 ? "" : missingHeadKeywordHint(headKeyword(statements, i));
          errors.push(parseError(made.message + hint, statementLocation(statement)));
        } else rules.push({ ...made, keywords: NO_KEYWORDS, generatedBody: true });
        break;
      }
    }
  }
  if (strictV1) {
    const found = rules.flatMap(checkV1Rule);
    errors.push(...(version === "v1" ? found.map((error) => ({ ...error, hint: V0_HINT })) : found));
  }
  if (errors.length > 0 || first.kind !== "package") return refused(errors);
  const module: Module = {
    kind: "module",
    package: first.package,
    imports,
    rules: rules.map(({ rule }): Rule => rule),
    comments,
    annotations: NO_ANNOTATIONS,
    hasReadAnnotations: false,
    annotationErrors: [],
    version,
    strictV1,
    location: first.package.location,
  };
  return { module, errors };
}

/** What v1 forbids is most often a policy written for v0. */
const V0_HINT = "if this policy is written in Rego v0, read it as such: --v0-compatible";

const NO_KEYWORDS: WrittenRule["keywords"] = new Set();
const NO_ANNOTATIONS: readonly Annotations[] = [];

function refused(errors: readonly RegoError[]): AssembledModule {
  return { module: undefined, errors };
}

function isRegoImport({ path }: Import): boolean {
  const [root] = path.parts;
  return root.kind === "var" && root.name === "rego";
}

/** What METADATA blocks may stand before, in source order. */
export function annotationTargets({ statements }: ReadStatements): readonly AnnotationTarget[] {
  return statements.flatMap(({ statement, row }): AnnotationTarget[] => {
    if (statement.kind === "rules") {
      return statement.rules.map(({ rule }) => ({ kind: "rule", row: rule.location.row }));
    }
    return [{ kind: statement.kind === "body" ? "rule" : statement.kind, row }];
  });
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

function parseError(message: string, location: Location): RegoError {
  return { code: "rego_parse_error", message, location };
}
