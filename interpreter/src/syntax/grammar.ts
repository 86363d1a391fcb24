import { EOF, type IToken, type ParserMethod } from "chevrotain";
import type { Body, Import, Package, RefTerm } from "./ast.ts";
import type { Place } from "./diagnostics.ts";
import { RuleGrammar } from "./grammar/rules.ts";
import * as T from "./tokens.ts";
import type { WrittenRule } from "./v1-checks.ts";
import { kindName } from "./visit.ts";

/** What a statement of a source turned out to be. */
export type Statement =
  | { readonly kind: "package"; readonly package: Package }
  | { readonly kind: "import"; readonly import: Import; readonly aliasPlace: Place | undefined }
  | { readonly kind: "rules"; readonly rules: readonly WrittenRule[] }
  | { readonly kind: "body"; readonly body: Body };

/**
 * Rego's grammar: statements here, the rest in grammar/. Actions build the tree at once; there is no concrete tree in
 * between. Decisions that need no more than the next token and its whitespace are plain conditions (`at` is false while the
 * grammar is recorded); where two readings are possible (a comprehension or a union, a rule or a query) the likelier one is
 * tried first, and what is learnt is kept so that nothing is tried twice.
 */
export class RegoParser extends RuleGrammar {
  constructor(skipValidations = true) {
    super(skipValidations);
    this.performSelfAnalysis();
  }

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
      this.stopAtIllegal();
      if (!skipRules) this.ACTION(() => this.refuseKeywordName());
      if (this.at(T.Package) && !this.isRefHead()) {
        return { kind: "package", package: this.SUBRULE(this.packageDeclaration) };
      }
      if (this.at(T.Import) && !this.isRefHead()) return this.SUBRULE(this.importDeclaration);
      if (!skipRules) {
        const rules = this.SUBRULE(this.rules);
        if (rules !== undefined) return { kind: "rules", rules };
        if (this.reported.length > 0) this.stop();
      }
      return { kind: "body", body: this.SUBRULE(this.query) };
    },
  );

  readonly packageDeclaration: ParserMethod<[], Package> = this.RULE("packageDeclaration", (): Package => {
    const keyword = this.CONSUME(T.Package);
    this.ACTION(() => this.wordAsIdentifier());
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
      const name = head.name;
      const location = head.location;
      const parts: RefTerm["parts"] = [
        { kind: "var", name: "data", location },
        { kind: "scalar", value: name, location },
        ...rest,
      ];
      return {
        path: { kind: "ref", parts, location: path.location },
        location: this.tree.span(keyword, keyword),
      };
    });
  });

  readonly importDeclaration: ParserMethod<[], Statement> = this.RULE("importDeclaration", (): Statement => {
    const keyword = this.CONSUME(T.Import);
    this.ACTION(() => this.wordAsIdentifier());
    if (!this.at(T.Identifier)) this.fail();
    const path = this.attempt(() => this.SUBRULE(this.term)) ?? this.failWhereStopped("expected path");
    let alias: IToken | undefined;
    if (this.at(T.As)) {
      this.CONSUME(T.As);
      alias = this.LA(1);
      if (!this.at(T.Identifier)) this.fail("expected var");
      const name = this.SUBRULE2(this.term);
      if (name.kind !== "var" || name.name !== alias.image) this.fail("expected var");
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
      const node: Import = { path: ref, alias: alias?.image, location: this.tree.span(keyword, keyword) };
      return { kind: "import", import: node, aliasPlace: alias };
    });
  });
}
