import type { Compilation } from "./compilation.ts";
import { checkDeprecatedBuiltins, checkUnsafeBuiltins } from "./stages/check-builtins.ts";
import { checkDuplicateImports, checkUnusedImports, removeImports } from "./stages/check-imports.ts";
import { checkKeywordOverrides } from "./stages/check-keyword-overrides.ts";
import { checkRecursion, setGraph } from "./stages/check-recursion.ts";
import { checkRuleConflicts } from "./stages/check-rule-conflicts.ts";
import { checkSafetyRuleBodies, checkSafetyRuleHeads } from "./stages/check-safety.ts";
import { checkTypes } from "./stages/check-types.ts";
import { checkUndefinedFuncs } from "./stages/check-undefined-funcs.ts";
import { checkVoidCalls } from "./stages/check-void-calls.ts";
import { injectTestCases } from "./stages/inject-test-cases.ts";
import { initLocalNames } from "./stages/init-local-names.ts";
import { parseMetadataBlocks } from "./stages/parse-metadata-blocks.ts";
import { resolveRefs } from "./stages/resolve-refs.ts";
import { rewriteComprehensionTerms } from "./stages/rewrite-comprehension-terms.ts";
import { rewriteDynamicTerms } from "./stages/rewrite-dynamic-terms.ts";
import { rewriteEquals } from "./stages/rewrite-equals.ts";
import { rewriteExprTerms } from "./stages/rewrite-expr-terms.ts";
import { rewriteLocalVars } from "./stages/rewrite-local-vars.ts";
import { rewritePrintCalls } from "./stages/rewrite-print-calls.ts";
import { rewriteRefsInHead } from "./stages/rewrite-refs-in-head.ts";
import { rewriteRegoMetadataCalls } from "./stages/rewrite-rego-metadata-calls.ts";
import { rewriteRuleHeadRefs } from "./stages/rewrite-rule-head-refs.ts";
import { rewriteTemplateStrings } from "./stages/rewrite-template-strings.ts";
import { rewriteWithValues } from "./stages/rewrite-with-values.ts";
import { setAnnotationSet } from "./stages/set-annotation-set.ts";

export interface Stage {
  /** OPA's name of the stage. */
  readonly name: string;
  readonly run: (c: Compilation) => void;
  /** Why it stands where it stands. */
  readonly reason: string;
}

/** The stages in OPA's order: which error a policy with several gets depends on it. */
export const STAGES: readonly Stage[] = [
  { name: "ResolveRefs", run: resolveRefs, reason: "names of rules and imports mean nothing later" },
  { name: "CheckUnusedImports", run: checkUnusedImports, reason: "resolving shows which imports are used" },
  {
    name: "InitLocalVarGen",
    run: initLocalNames,
    reason: "generated names must differ from all of the sources",
  },
  {
    name: "RewriteRuleHeadRefs",
    run: rewriteRuleHeadRefs,
    reason: "the rule tree holds scalars and vars only",
  },
  {
    name: "CheckKeywordOverrides",
    run: checkKeywordOverrides,
    reason: "looks for `:=`, which local rewriting removes",
  },
  { name: "CheckDuplicateImports", run: checkDuplicateImports, reason: "needs the imports" },
  { name: "RemoveImports", run: removeImports, reason: "nothing after this may depend on a file's imports" },
  {
    name: "RewriteLocalVars",
    run: rewriteLocalVars,
    reason: "from here on vars are unique and scopes are gone",
  },
  {
    name: "RewriteTemplateStrings",
    run: rewriteTemplateStrings,
    reason: "templates hold calls that later stages move",
  },
  { name: "CheckVoidCalls", run: checkVoidCalls, reason: "sees calls as they were written" },
  {
    name: "RewritePrintCalls",
    run: rewritePrintCalls,
    reason: "before calls in operands move out of the print",
  },
  { name: "RewriteExprTerms", run: rewriteExprTerms, reason: "calls become statements" },
  {
    name: "ParseMetadataBlocks",
    run: parseMetadataBlocks,
    reason: "calls of rego.metadata are statements by now",
  },
  { name: "SetAnnotationSet", run: setAnnotationSet, reason: "needs the blocks of all modules" },
  {
    name: "RewriteRegoMetadataCalls",
    run: rewriteRegoMetadataCalls,
    reason: "its builtins do not exist at run time",
  },
  { name: "SetGraph", run: setGraph, reason: "refs are still where the source has them" },
  {
    name: "RewriteComprehensionTerms",
    run: rewriteComprehensionTerms,
    reason: "after calls left the heads of comprehensions",
  },
  { name: "RewriteRefsInHead", run: rewriteRefsInHead, reason: "after calls left the heads of rules" },
  { name: "RewriteWithValues", run: rewriteWithValues, reason: "after calls left the values" },
  { name: "CheckRuleConflicts", run: checkRuleConflicts, reason: "arity is only defined without conflicts" },
  { name: "CheckUndefinedFuncs", run: checkUndefinedFuncs, reason: "safety asks for the arity of calls" },
  {
    name: "CheckSafetyRuleHeads",
    run: checkSafetyRuleHeads,
    reason: "a head's var without body is the clearer error",
  },
  {
    name: "CheckSafetyRuleBodies",
    run: checkSafetyRuleBodies,
    reason: "before moved terms add vars of their own",
  },
  {
    name: "InjectTestCaseFunc",
    run: injectTestCases,
    reason: "after safety: a case is known once the vars of its key are bound",
  },
  { name: "RewriteEquals", run: rewriteEquals, reason: "after safety: `==` binds nothing, `=` would" },
  {
    name: "RewriteDynamicTerms",
    run: rewriteDynamicTerms,
    reason: "after safety has put expressions in order",
  },
  { name: "CheckRecursion", run: checkRecursion, reason: "inference of types would not end otherwise" },
  { name: "CheckTypes", run: checkTypes, reason: "rules have their final form, and recursion is excluded" },
  { name: "CheckUnsafeBuiltins", run: checkUnsafeBuiltins, reason: "calls have their final form" },
  { name: "CheckDeprecatedBuiltins", run: checkDeprecatedBuiltins, reason: "calls have their final form" },
];
