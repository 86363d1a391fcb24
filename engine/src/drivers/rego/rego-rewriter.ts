import {
  formatError,
  formatErrors,
  parseModule,
  quoteText,
  walkRule,
  walkTerm,
} from "@portcullis/interpreter";
import type {
  Builtin,
  Import,
  Location,
  Module,
  RefTerm,
  RegoError,
  RegoVersion,
  Term,
} from "@portcullis/interpreter";
import type { TemplateHint } from "../../client.ts";
import { refuse, succeed } from "../../errors.ts";
import type { Outcome } from "../../errors.ts";
import type { RegoSource } from "../../templates/template.ts";
import { dependenceOf } from "./dependence.ts";
import type { Dependences } from "./dependence.ts";
import { inputHints } from "./input-hints.ts";

/** A module of a template as it is compiled. */
export interface RewrittenModule {
  /** `template`, or `libs["lib_0"]`: the file name in messages. */
  readonly name: string;
  readonly source: string;
  readonly version: RegoVersion;
}

export interface Rewritten extends Dependences {
  readonly modules: readonly RewrittenModule[];
  readonly hints: readonly TemplateHint[];
  /** Where the first `violation` rule stands. */
  readonly violation: Location | undefined;
}

export interface RewriteOptions {
  /** Whether `data.inventory` may be read. */
  readonly referentialRules: boolean;
  /** Those that may be called. */
  readonly builtins: ReadonlyMap<string, Builtin>;
}

/** The package of every template's own module: its name in the source is free text and nobody may refer to it. */
export const TEMPLATE_PACKAGE = ["template"] as const;

const INVALID = "invalid ConstraintTemplate";

/**
 * Parses the modules of a template and checks what they may contain: a `violation` rule, libs below `lib`, allowed imports
 * and references (contract 3.3). The template's package gets a name of its own; rows and columns of all else stay as
 * they are.
 */
export function rewriteTemplate(source: RegoSource, options: RewriteOptions): Outcome<Rewritten> {
  const template = parse("template", source.rego, source.version);
  if (!template.ok) return template;
  const violation = template.value.module.rules.find((rule) => headName(rule.head.ref) === "violation");
  if (!violation) return refused("invalid rego: invalid module: missing required rules: [violation]");
  const libs: ParsedModule[] = [];
  for (const [index, text] of source.libs.entries()) {
    const lib = parse(`libs["lib_${index}"]`, text, source.version);
    if (!lib.ok) return lib;
    libs.push(lib.value);
  }
  const roots = options.referentialRules ? ["lib", "inventory"] : ["lib"];
  const modules = [...libs, template.value];
  const fault =
    firstFault(libs, ({ module }) => packageFault(module)) ??
    firstFault(modules, ({ module }) => importFault(module)) ??
    firstFault(modules, ({ name, module }) => referenceFault(name, module, roots));
  if (fault !== undefined) return refused(fault);
  const { version } = source;
  const { name, text, module } = template.value;
  return succeed({
    modules: [
      { name, source: withPackage(text, module), version },
      ...libs.map((lib) => ({ name: lib.name, source: lib.text, version })),
    ],
    hints: [template.value, ...libs].flatMap((each) => inputHints(each.module)),
    ...dependenceOf(
      modules.map(({ module }) => module),
      options.builtins,
    ),
    violation: violation.location,
  });
}

interface ParsedModule {
  readonly name: string;
  readonly text: string;
  readonly module: Module;
}

function parse(name: string, text: string, version: RegoVersion): Outcome<ParsedModule> {
  const parsed = parseModule({ name, source: text, version });
  if (parsed.ok) return succeed({ name, text, module: parsed.module });
  return refuseRego(`${INVALID}: ${parseFailure(parsed.errors)}`, parsed.errors);
}

/** OPA reports an empty module by itself, not as a list of one. */
function parseFailure(errors: readonly RegoError[]): string {
  const [first] = errors;
  return first?.message === "empty module" ? formatError(first) : formatErrors(errors);
}

function refused(fault: string): Outcome<never> {
  return refuse("ingest_error", `${INVALID}: ${fault}`);
}

function firstFault(
  modules: readonly ParsedModule[],
  fault: (module: ParsedModule) => string | undefined,
): string | undefined {
  for (const module of modules) {
    const found = fault(module);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Libs are strictly below `lib`. */
function packageFault(module: Module): string | undefined {
  const path = refPath(module.package.path);
  if (path.length > 2 && path[1] === "lib") return undefined;
  return `invalid lib prefix: path ${refText(module.package.path)} not found in lib prefixes`;
}

export function refuseRego(message: string, errors: readonly RegoError[]): Outcome<never> {
  return refuse("ingest_error", message, errors);
}

/** Puts the template's package name in place of the one in the source. */
function withPackage(text: string, module: Module): string {
  const { location } = module.package.path;
  // The parser leaves a byte order mark out of its offsets.
  const shift = text.length - location.source.text.length;
  const name = TEMPLATE_PACKAGE.join(".");
  return text.slice(0, shift + location.start) + name + text.slice(shift + location.end);
}

function importFault(module: Module): string | undefined {
  for (const { path } of module.imports) {
    const fault = oneImportFault(path);
    if (fault !== undefined) return `invalid import: ${fault}`;
  }
  return undefined;
}

function oneImportFault(path: Import["path"]): string | undefined {
  const [root, first] = refPath(path);
  if (root === "input") return `cannot import input: ${quoteText(refText(path))}`;
  if (root === "future" || (root === "data" && first === "lib")) return undefined;
  return `bad import: ${quoteText(refText(path))}`;
}

/** Every reference into `data` must go through one of the allowed roots; `data` itself is none. */
function referenceFault(name: string, module: Module, roots: readonly string[]): string | undefined {
  const disallowed: string[] = [];
  const visit = (term: Term): boolean | void => {
    if (term.kind === "var" && term.name === "data") disallowed.push("data");
    if (term.kind !== "ref" || headName(term) !== "data") return;
    if (!isAllowed(term, roots)) disallowed.push(refText(term));
    // The head is judged; what stands in brackets is judged on its own.
    for (const part of term.parts.slice(1)) walkTerm(part, { term: visit });
    return true;
  };
  for (const rule of module.rules) walkRule(rule, { term: visit });
  if (disallowed.length === 0) return undefined;
  const list = disallowed.map((ref) => `disallowed ref ${ref}`).join("\n");
  return `invalid data references: check refs failed on module {${name}}: errors (${disallowed.length}):\n${list}\n`;
}

function isAllowed(ref: RefTerm, roots: readonly string[]): boolean {
  const first = ref.parts[1];
  return first?.kind === "scalar" && typeof first.value === "string" && roots.includes(first.value);
}

function headName(ref: RefTerm): string | undefined {
  const head = ref.parts[0];
  return head.kind === "var" ? head.name : undefined;
}

/** The parts of a ground ref as texts: `data`, `lib`, `foo`. */
function refPath(ref: RefTerm): readonly string[] {
  return ref.parts.map((part) => {
    if (part.kind === "var") return part.name;
    return part.kind === "scalar" && typeof part.value === "string" ? part.value : part.location.text;
  });
}

/** A ref as OPA prints it: string keys that are names after a dot, all else in brackets. */
function refText(ref: RefTerm): string {
  const [head, ...rest] = ref.parts;
  const start = head.kind === "var" ? head.name : head.location.text;
  return rest.reduce((text, part) => {
    if (part.kind === "scalar" && typeof part.value === "string") {
      return /^[A-Za-z_][A-Za-z0-9_]*$/.test(part.value)
        ? `${text}.${part.value}`
        : `${text}[${quoteText(part.value)}]`;
    }
    const key = part.kind === "var" && part.name.startsWith("$") ? "_" : part.location.text;
    return `${text}[${key}]`;
  }, start);
}
