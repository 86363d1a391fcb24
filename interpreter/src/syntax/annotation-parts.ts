import type { PlainObject, Value } from "../value/value.ts";
import type { Term } from "./ast.ts";
import { printTerm } from "./print.ts";

/** Reads a term that stands in a METADATA block, or tells in OPA's words why it is none. */
export type TermReader = (
  text: string,
) => { readonly ok: true; readonly term: Term } | { readonly ok: false; readonly reason: string };

/** Thrown where a field has the right type but no sense; the message is OPA's. */
export class AnnotationPartFault extends Error {
  override readonly name = "AnnotationPartFault";
}

/** A URL, or a map of `ref` and `description`. */
export function relatedResource(item: Value): Value {
  const invalid = (reason: string): never => {
    throw new AnnotationPartFault(`invalid related-resource definition ${goText(item)}: ${reason}`);
  };
  const url = (text: string): string => {
    const problem = urlProblem(text);
    return problem === undefined ? text : invalid(`parse ${JSON.stringify(text)}: ${problem}`);
  };
  if (typeof item === "string") {
    return item === "" ? invalid("ref URL may not be empty string") : { ref: url(item) };
  }
  if (!isRecord(item)) return invalid("invalid value type, must be string or map");
  const ref = trimmed(item["ref"]);
  if (ref === "") return invalid("'ref' value required in object");
  const description = trimmed(item["description"]);
  return description === "" ? { ref: url(ref) } : { description, ref: url(ref) };
}

/** What Go's parser of URLs refuses, in its words. */
function urlProblem(text: string): string | undefined {
  const escape = /%(?![0-9a-fA-F]{2})(?:.{0,2})/su.exec(text);
  if (escape) return `invalid URL escape ${JSON.stringify(escape[0])}`;
  if (text.startsWith(":")) return "missing protocol scheme";
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(text)) return "net/url: invalid control character in URL";
  const host = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)/.exec(text)?.[1];
  if (host === undefined) {
    const isScheme = /^[A-Za-z][A-Za-z0-9+.-]*:/.test(text);
    const isColonFirst = /^[^/?#]*:/.test(text);
    return isColonFirst && !isScheme ? "first path segment in URL cannot contain colon" : undefined;
  }
  if (host.startsWith("[") && !host.includes("]")) return "missing ']' in host";
  const odd = /[\s<>"\\^`{|}]/u.exec(host)?.[0];
  if (odd !== undefined) return `invalid character ${JSON.stringify(odd)} in host name`;
  const port = /:([^\]]*)$/.exec(host)?.[1];
  return port !== undefined && /[^0-9]/.test(port) ? `invalid port ":${port}" after host` : undefined;
}

/** `Name <mail>`, or a map of name and email. */
export function author(item: Value): Value {
  const invalid = (reason: string): never => {
    throw new AnnotationPartFault(`invalid author definition ${goText(item)}: ${reason}`);
  };
  if (typeof item === "string") {
    const words = item.split(/\s+/).filter((word) => word !== "");
    if (words.length === 0) return invalid("author is an empty string");
    const last = words.at(-1) as string;
    const email = last.startsWith("<") && last.endsWith(">") && last.length >= 2 ? last.slice(1, -1) : "";
    const name = (email === "" && !last.startsWith("<") ? words : words.slice(0, -1)).join(" ");
    return person(name, email);
  }
  if (!isRecord(item)) return invalid("invalid value type, must be string or map");
  const name = trimmed(item["name"]);
  const email = trimmed(item["email"]);
  return name === "" && email === ""
    ? invalid("'name' and/or 'email' values required in object")
    : person(name, email);
}

function person(name: string, email: string): Value {
  return { ...(email === "" ? {} : { email }), ...(name === "" ? {} : { name }) };
}

/** `input.x: schema.y`, or an inline definition. */
export function schema(item: PlainObject, readTerm: TermReader): Value {
  const [path = ""] = Object.keys(item);
  const at = documentPath(path, readTerm);
  if (at?.[0] !== "input" && at?.[0] !== "data") throw new AnnotationPartFault("invalid document reference");
  const definition = item[path] ?? null;
  if (typeof definition === "string") {
    const ref = documentPath(definition, readTerm);
    if (ref?.[0] !== "schema") throw new AnnotationPartFault("invalid schema reference");
    return { path: at, schema: ref };
  }
  if (!isRecord(definition))
    throw new AnnotationPartFault(`invalid schema declaration for path ${JSON.stringify(path)}`);
  return { definition, path: at };
}

/** The refs that `compile` names are checked, and mean nothing to an evaluation. */
export function checkCompileField(compile: PlainObject, readTerm: TermReader): void {
  const { unknowns, mask_rule: mask } = compile;
  for (const unknown of Array.isArray(unknowns) ? (unknowns as readonly Value[]) : []) {
    if (typeof unknown !== "string") continue;
    const invalid = (reason: string): never => {
      throw new AnnotationPartFault(`invalid unknowns element ${JSON.stringify(unknown)}: ${reason}`);
    };
    const read = readTerm(unknown);
    if (!read.ok) invalid(`failed to parse ref: ${read.reason}`);
    else if (!isRef(read.term)) invalid(`expected ref but got ${printTerm(read.term)}`);
  }
  if (typeof mask !== "string") return;
  const read = readTerm(mask);
  if (!read.ok)
    throw new AnnotationPartFault(`invalid mask_rule annotation ${JSON.stringify(mask)}: ${read.reason}`);
  if (!isRef(read.term))
    throw new AnnotationPartFault(`invalid mask_rule annotation type ${JSON.stringify(mask)}: string`);
}

function isRef({ kind }: Term): boolean {
  return kind === "ref" || kind === "var";
}

function documentPath(text: string, readTerm: TermReader): readonly string[] | undefined {
  const read = readTerm(text);
  if (!read.ok) return undefined;
  const { term } = read;
  if (term.kind === "var") return [term.name];
  if (term.kind !== "ref") return undefined;
  return term.parts.map((part) =>
    part.kind === "var" ? part.name : part.kind === "scalar" ? String(part.value) : "?",
  );
}

function isRecord(value: Value): value is PlainObject {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function trimmed(value: Value | undefined): string {
  return typeof value === "string" ? value.trim() : "";
}

/** A value as Go's `%s` prints it: only strings are what the verb expects. */
function goText(value: Value): string {
  if (typeof value === "string") return value;
  if (value === null) return "%!s(<nil>)";
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(goText).join(" ")}]`;
  if (isRecord(value)) {
    const entries = Object.keys(value).sort();
    return `map[${entries.map((key) => `${key}:${goText(value[key] as Value)}`).join(" ")}]`;
  }
  if (typeof value === "boolean") return `%!s(bool=${value})`;
  return `%!s(${Number.isInteger(Number(value)) ? "int" : "float64"}=${String(value)})`;
}
