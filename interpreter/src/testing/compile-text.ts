import { defaultCapabilities } from "../builtins/capabilities.ts";
import { builtins } from "../builtins/index.ts";
import { formatErrors } from "../errors.ts";
import type { Module, Rule, RegoVersion } from "../syntax/ast.ts";
import { parseModule, parseQuery } from "../syntax/parse.ts";
import { printExpr, printTerm } from "../syntax/print.ts";
import { compile } from "../compiler/compile.ts";
import type { CompileResult } from "../compiler/compile.ts";
import type { CompileOptions } from "../compiler/compile-options.ts";
import type { CompiledModules } from "../compiler/compiled.ts";
import { compileQuery } from "../compiler/query.ts";

/** Builders for tests of the compiler: sources in, text out. */

export const CAPABILITIES = defaultCapabilities(builtins);

type Options = Partial<CompileOptions> & { readonly version?: RegoVersion };

/** Compiles sources named `a.rego`, `b.rego`, …. Throws where one does not parse. */
export function compileText(sources: string | readonly string[], options: Options = {}): CompileResult {
  const modules = new Map<string, Module>();
  for (const [index, source] of [sources].flat().entries()) {
    const name = `${String.fromCharCode(97 + index)}.rego`;
    const parsed = parseModule({ name, source, version: options.version ?? "v1" });
    if (!parsed.ok) throw new Error(formatErrors(parsed.errors));
    modules.set(name, parsed.module);
  }
  return compile(modules, { capabilities: CAPABILITIES, ...options });
}

export function compiled(sources: string | readonly string[], options: Options = {}): CompiledModules {
  const result = compileText(sources, options);
  if (!result.ok) throw new Error(formatErrors(result.errors));
  return result.compiled;
}

/** The errors as text, without the file's name; empty for none. */
export function errorsOf(sources: string | readonly string[], options: Options = {}): readonly string[] {
  const result = compileText(sources, options);
  if (result.ok) return [];
  return result.errors.map(({ location, message }) => `${location?.row}:${location?.col} ${message}`);
}

/** The rules of `package test` as they leave the compiler: `head: expr; expr`, else branches after them. */
export function rewritten(rules: string, options: Options = {}): readonly string[] {
  const { modules } = compiled(`package test\n${rules}\n`, options);
  return [...modules.values()].flatMap((module) => module.rules.flatMap(branchTexts));
}

function branchTexts(rule: Rule): readonly string[] {
  const texts: string[] = [];
  for (let branch: Rule | undefined = rule; branch; branch = branch.else) {
    const { ref, args, key, value } = branch.head;
    const name = printTerm(ref.parts.length === 1 ? ref.parts[0] : ref, raw);
    const list = args ? `(${args.map((arg) => printTerm(arg, raw)).join(", ")})` : "";
    const result = key ? ` contains ${printTerm(key, raw)}` : value ? ` := ${printTerm(value, raw)}` : "";
    texts.push(`${name}${list}${result}: ${branch.body.map((expr) => printExpr(expr, raw)).join("; ")}`);
  }
  return texts;
}

/** The body of a query as it leaves the compiler. */
export function rewrittenQuery(query: string, modules: CompiledModules = compiled("package test")): string {
  const parsed = parseQuery(query);
  if (!parsed.ok) throw new Error(formatErrors(parsed.errors));
  const result = compileQuery(parsed.body, modules, { capabilities: CAPABILITIES });
  if (!result.ok) return formatErrors(result.errors);
  return result.query.body.map((expr) => printExpr(expr, raw)).join("; ");
}

/** Shows generated names in short: `__local3__` as `l3`, `__localq3__` as `q3`. */
function raw(name: string): string {
  return name.replace(
    /^__local(q?)(\d+)__$/,
    (_, query: string, number: string) => `${query === "" ? "l" : "q"}${number}`,
  );
}
