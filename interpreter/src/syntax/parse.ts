import { formatErrors, type RegoError } from "../errors.ts";
import type { TermReader } from "./annotation-parts.ts";
import { placeAnnotations, readAnnotations } from "./annotations.ts";
import { annotationTargets, assembleModule } from "./assemble-module.ts";
import type { Body, Module, RegoVersion, Term } from "./ast.ts";
import type { Statement } from "./grammar.ts";
import { Location, type Source } from "../location.ts";
import { printBody } from "./print.ts";
import { readStatements, type SyntaxCapabilities } from "./read-statements.ts";

export interface ModuleText {
  /** The file name that errors print. */
  readonly name: string;
  readonly source: string;
  readonly version: RegoVersion;
  /** Default: what OPA allows for the version; experimental keywords only come with capabilities that name them. */
  readonly capabilities?: SyntaxCapabilities;
  /** Report faulty METADATA blocks; otherwise they are reported by compiling only, and only if some rule asks for them. */
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
    future_keywords: ["contains", "every", "if", "in", "not"],
    features: ["keywords_in_refs"],
  },
  v1: { future_keywords: ["not"], features: ["keywords_in_refs", "template_strings"] },
};

/**
 * Parses one module. Faults are returned, never thrown: those of METADATA blocks (where they are asked for) with those of
 * imports and of the first statement that fails, else all that only the whole module shows.
 */
export function parseModule(text: ModuleText): ParsedModule {
  const source: Source = { file: text.name, text: withoutMark(text.source) };
  const capabilities = text.capabilities ?? DEFAULT_CAPABILITIES[text.version];
  const read = readStatements(source, text.version, capabilities, false);
  const blocks = readAnnotations(read.comments, readTerm);
  const isAsked = text.annotations === true;
  const misread = isAsked ? [...read.errors, ...blocks.errors] : read.errors;
  if (misread.length > 0) return failure(misread);
  const isBuiltin = (name: string): boolean =>
    capabilities.builtins?.some((builtin) => builtin.name === name) ?? false;
  const { module, errors } = assembleModule(source, text.version, read, isBuiltin);
  if (module === undefined) return failure(errors);
  const placed = placeAnnotations(blocks.blocks, annotationTargets(read));
  if (isAsked && placed.errors.length > 0) return failure(placed.errors);
  return {
    ok: true,
    module: {
      ...module,
      annotations: placed.annotations,
      hasReadAnnotations: isAsked,
      annotationErrors: [...blocks.errors, ...placed.errors],
    },
  };
}

/** Parses a query: literals joined by semicolons or newlines. */
export function parseQuery(
  text: string,
  version: RegoVersion = "v1",
  capabilities: SyntaxCapabilities = DEFAULT_CAPABILITIES[version],
): ParsedQuery {
  const source: Source = { file: "", text: withoutMark(text) };
  const read = readStatements(source, version, capabilities, true);
  if (read.errors.length > 0) return failure(read.errors);
  const body: Body[number][] = [];
  for (const { statement } of read.statements) {
    if (statement.kind === "body") body.push(...statement.body);
    else return failure([wholeError(source, `expected body but got *ast.${NODE_NAMES[statement.kind]}`)]);
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

/** Reads a term that stands in a METADATA block. */
function readTerm(text: string): ReturnType<TermReader> {
  const query = parseQuery(text);
  if (!query.ok) return { ok: false, reason: `failed to parse term: ${formatErrors(query.errors)}` };
  if (query.body.length !== 1)
    return { ok: false, reason: `expected exactly one term but got: ${printBody(query.body)}` };
  const parsed = parseTerm(text);
  return parsed.ok ? parsed : { ok: false, reason: formatErrors(parsed.errors) };
}

const NODE_NAMES: Readonly<Record<Exclude<Statement["kind"], "body">, string>> = {
  package: "Package",
  import: "Import",
  rules: "Rule",
};

function wholeError(source: Source, message: string): RegoError {
  return {
    code: "rego_parse_error",
    message,
    location: new Location(source, 0, source.text.length, 1, 1),
  };
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
