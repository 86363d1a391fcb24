import type { RegoError } from "../../errors.ts";
import type { Body, Expr, RefTerm, Term, With } from "../../syntax/ast.ts";
import { rewriteRules } from "../compilation.ts";
import { compileError, typeError } from "../error-list.ts";
import type { Compilation } from "../compilation.ts";
import type { LocalNames } from "../local-names.ts";
import { bindTo, isBuiltinRef, isRootDocument, refText } from "../nodes.ts";
import { mapExpr, mapRule, mapTerm } from "../rewrite.ts";
import type { Rewriter } from "../rewrite.ts";
import { childAt, findNode } from "../rule-tree.ts";
import { builtinOf } from "../operators.ts";
import type { TreeNode } from "../rule-tree.ts";
import { requiresEval } from "../walk.ts";

/**
 * RewriteWithValues: checks what `with` replaces, and moves values that need evaluation before the
 * expression. A value that stands for a function stays a ref.
 */
export function rewriteWithValues(c: Compilation): void {
  const rewriter = withRewriter(c, c.locals, (error) => c.errors.add(error));
  rewriteRules(c, (rule) => mapRule(rule, rewriter));
}

export function withValuesInBody(
  c: Compilation,
  body: Body,
  locals: LocalNames,
): { readonly body: Body; readonly errors: readonly RegoError[] } {
  const errors: RegoError[] = [];
  const rewriter = withRewriter(c, locals, (error) => errors.push(error));
  const rewritten = rewriter.body?.(body) ?? body;
  return { body: rewritten, errors };
}

function withRewriter(c: Compilation, locals: LocalNames, report: (error: RegoError) => void): Rewriter {
  const rewriter: Rewriter = {
    term: (term) => mapTerm(term, rewriter),
    body: (body) => {
      const result: Expr[] = [];
      // Calls taken out of an expression share its modifiers, whose values are moved once.
      const known = new Map<readonly With[], readonly With[]>();
      let failed = false;
      for (const expr of body) {
        const inner = mapExpr(expr, rewriter);
        // One error for each body is enough: calls taken out of an expression carry its `with` too.
        if (inner.with.length === 0 || failed) {
          result.push(inner);
          continue;
        }
        const before = known.get(inner.with);
        if (before) {
          result.push({ ...inner, with: before });
          continue;
        }
        const modifiers = inner.with.map((modifier) => {
          const checked = failed ? undefined : checkWith(c, modifier, report);
          if (!checked) {
            failed = true;
            return modifier;
          }
          if (!checked.evaluate) return checked.modifier;
          const local = locals.nextVar(modifier.value.location);
          result.push(bindTo(local, checked.modifier.value));
          return { ...checked.modifier, value: local };
        });
        known.set(inner.with, modifiers);
        result.push({ ...inner, with: modifiers });
      }
      return unchanged(body, result) ? body : result;
    },
  };
  return rewriter;
}

function unchanged(before: Body, after: Body): boolean {
  return before.length === after.length && before.every((expr, index) => expr === after[index]);
}

interface CheckedWith {
  readonly modifier: With;
  /** The value must be evaluated before. */
  readonly evaluate: boolean;
}

function checkWith(
  c: Compilation,
  modifier: With,
  report: (error: RegoError) => void,
): CheckedWith | undefined {
  const target = asFunctionRef(c, modifier.target);
  const value = asFunctionRef(c, modifier.value);
  const checked = { ...modifier, target, value };
  const banned = bannedFunction(c, target);
  if (banned) return fail(report, banned);

  if (startsWith(target, "data")) {
    if (replacesInsideRule(c, target)) {
      const message = "with keyword cannot partially replace virtual document(s)";
      return fail(report, compileError(message, target.location));
    }
    if (isFunction(c, target) && mayReplace(c, value)) return { modifier: checked, evaluate: false };
    if (isFunction(c, value)) return { modifier: checked, evaluate: false };
  } else if (startsWith(target, "input")) {
    // Any path below input can be replaced.
  } else if (target.kind === "ref" && builtinOf(c, target)) {
    const error = checkBuiltinTarget(c, target);
    if (error) return fail(report, error);
    const bannedValue = bannedFunction(c, value);
    if (bannedValue) return fail(report, bannedValue);
    if (mayReplace(c, value)) return { modifier: checked, evaluate: false };
  } else {
    const message = "with keyword target must reference existing input, data, or a function";
    return fail(report, typeError(message, target.location));
  }
  return { modifier: checked, evaluate: requiresEval(value) };
}

function fail(report: (error: RegoError) => void, error: RegoError): undefined {
  report(error);
  return undefined;
}

/** A builtin's bare name becomes a ref, as longer names are. */
function asFunctionRef(c: Compilation, term: Term): Term {
  if (term.kind !== "var" || !c.builtins.has(term.name)) return term;
  return { kind: "ref", parts: [term], location: term.location };
}

function startsWith(term: Term, root: "data" | "input"): boolean {
  const head = term.kind === "ref" ? term.parts[0] : term;
  return isRootDocument(head) && head.name === root;
}

function partsOf(term: Term): readonly Term[] {
  return term.kind === "ref" ? term.parts : [term];
}

/** Whether the target lies below a rule: only whole rules can be replaced. */
function replacesInsideRule(c: Compilation, target: Term): boolean {
  const parts = partsOf(target);
  let node: TreeNode | undefined = c.tree;
  for (const part of parts.slice(1, -1)) {
    node = childAt(node, part);
    if (!node) return false;
    if (node.entries.length > 0) return true;
  }
  return false;
}

function isFunction(c: Compilation, term: Term): boolean {
  if (term.kind !== "ref") return false;
  const rules = findNode(c.tree, term.parts)?.entries ?? [];
  return rules.some((entry) => (entry.rule.head.args?.length ?? 0) > 0);
}

/**
 * Whether a value that replaces a function is left as it is: a function (of the policy or a builtin), or a document of
 * rules, which then is read at each call.
 */
function mayReplace(c: Compilation, value: Term): boolean {
  if (value.kind !== "ref") return false;
  return builtinOf(c, value) !== undefined || findNode(c.tree, value.parts) !== undefined;
}

function bannedFunction(c: Compilation, term: Term): RegoError | undefined {
  if (term.kind !== "ref" || !c.options.unsafeBuiltins) return undefined;
  const name = refText(term.parts);
  if (!c.options.unsafeBuiltins.has(name)) return undefined;
  const message = `with keyword replacing built-in function: target must not be unsafe: ${JSON.stringify(name)}`;
  return compileError(message, term.location);
}

/** Functions that evaluation cannot do without, or whose calls are gone by now, cannot be replaced. */
function checkBuiltinTarget(c: Compilation, target: RefTerm): RegoError | undefined {
  const builtin = builtinOf(c, target);
  const prefix = "with keyword replacing built-in function:";
  const name = refText(target.parts);
  if (["eq", "rego.metadata.chain", "rego.metadata.rule"].some((fixed) => isBuiltinRef(target, fixed))) {
    return compileError(`${prefix} replacement of ${JSON.stringify(name)} invalid`, target.location);
  }
  const head = target.parts[0];
  if (head.kind === "var" && head.name === "internal") {
    const message = `${prefix} replacement of internal function ${JSON.stringify(name)} invalid`;
    return compileError(message, target.location);
  }
  if (builtin?.relation) return compileError(`${prefix} target must not be a relation`, target.location);
  if (builtin && !builtin.decl.result) {
    return compileError(`${prefix} target must not be a void function`, target.location);
  }
  return undefined;
}
