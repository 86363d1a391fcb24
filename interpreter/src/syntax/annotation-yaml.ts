import { isAlias, isMap, isScalar, isSeq, parseDocument, visit } from "yaml";
import type { Document, Node, YAMLError } from "yaml";
import { printValue } from "../value/print.ts";
import { setOwn } from "../value/plain-object.ts";
import type { PlainObject, Value } from "../value/value.ts";
import { goYamlText } from "../value/yaml-fault.ts";
import { jsonFloat, resolveYamlScalar } from "../value/yaml-scalar.ts";
import { numberFromText } from "../value/number.ts";

/** What a METADATA block may say, and of which Go type OPA reads it: other types are errors, other keys are ignored. */
const FIELDS = {
  scope: "string",
  title: "string",
  entrypoint: "bool",
  description: "string",
  organizations: "[]string",
  related_resources: "[]interface {}",
  authors: "[]interface {}",
  schemas: "[]map[string]interface {}",
  compile: "map[string]interface {}",
  labels: "map[string]interface {}",
  custom: "map[string]interface {}",
} as const;

/** The fields of a METADATA block; a field that is absent or null has the empty value of its type. */
export interface AnnotationFields {
  readonly scope: string;
  readonly title: string;
  readonly entrypoint: boolean;
  readonly description: string;
  readonly organizations: readonly string[];
  readonly related_resources: readonly Value[];
  readonly authors: readonly Value[];
  readonly schemas: readonly PlainObject[];
  readonly compile: PlainObject;
  readonly labels: PlainObject;
  readonly custom: PlainObject;
}

/** Why a block is no YAML or has a field of the wrong type; `line` is the one goyaml names, if it names one. */
export class AnnotationYamlFault extends Error {
  override readonly name = "AnnotationYamlFault";
  readonly line: number | undefined;

  constructor(message: string, line: number | undefined) {
    super(message);
    this.line = line;
  }
}

/** Reads the YAML of a METADATA block. Throws an {@link AnnotationYamlFault} in goyaml's words where it is faulty. */
export function readAnnotationFields(text: string): AnnotationFields {
  if (CONTROL.test(text))
    throw new AnnotationYamlFault("yaml: control characters are not allowed", undefined);
  const document = parseDocument(text, { schema: "failsafe", prettyErrors: false, uniqueKeys: false });
  const error = document.errors.find(({ code }) => code !== "MULTIPLE_DOCS");
  if (error) throw yamlFault(text, document, error);
  return new FieldReader(text, document).fields();
}

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/** How many nodes a block may have once its aliases are written out. */
const MAX_NODES = 100_000;

/** Reads fields by their types; what does not fit is collected, and thrown at the end. */
class FieldReader {
  readonly #text: string;
  readonly #document: Document;
  readonly #mismatches: { readonly line: number; readonly message: string }[] = [];
  #nodes = 0;

  constructor(text: string, document: Document) {
    this.#text = text;
    this.#document = document;
  }

  fields(): AnnotationFields {
    const fields: Record<string, unknown> = {};
    for (const [name, type] of Object.entries(FIELDS)) fields[name] = this.#read(null, type);
    const root = this.#document.contents;
    this.#refuseUnknownAnchors();
    if (isMap(root)) {
      this.#refuseRepetitions(root.items.map(({ key }) => key as Node));
      for (const { key, value } of root.items) {
        const name = isScalar(key) ? String(key.value) : "";
        if (Object.hasOwn(FIELDS, name))
          fields[name] = this.#read(value as Node | null, FIELDS[name as keyof typeof FIELDS]);
      }
    } else if (root !== null && !this.#isNull(root)) this.#mismatch(root, "ast.rawAnnotation");
    if (this.#mismatches.length > 0) {
      const lines = this.#mismatches.map(({ line, message }) => `\n  line ${line}: ${message}`);
      throw new AnnotationYamlFault(`yaml: unmarshal errors:${lines.join("")}`, this.#mismatches[0]?.line);
    }
    return fields as unknown as AnnotationFields;
  }

  #refuseUnknownAnchors(): void {
    visit(this.#document, { Alias: (_, alias) => void this.#resolved(alias) });
  }

  /** A value of a Go type; the type's empty value for nothing, and for what does not fit. */
  #read(given: Node | null, type: string): unknown {
    const node = given && this.#resolved(given);
    const isEmpty = node === null || this.#isNull(node);
    if (type === "interface {}") return node === null ? null : this.#value(node);
    if (type.startsWith("[]")) {
      if (isEmpty) return [];
      if (!isSeq(node)) return this.#mismatch(node, type, []);
      return node.items.map((item) => this.#read(item as Node | null, type.slice(2)));
    }
    if (type.startsWith("map")) {
      if (isEmpty) return {};
      return isMap(node) ? this.#value(node) : this.#mismatch(node, type, {});
    }
    if (type === "string") {
      if (isEmpty) return "";
      return isScalar(node) ? String(node.value) : this.#mismatch(node, type, "");
    }
    if (isEmpty) return false;
    const word = isScalar(node) && node.type === "PLAIN" ? String(node.value) : undefined;
    const scalar = word === undefined ? undefined : resolveYamlScalar(word, "kubernetes");
    // A field that must be true or false also takes the words of YAML 1.1.
    return scalar?.kind === "bool" && word !== undefined ? scalar.value : this.#mismatch(node, type, false);
  }

  #value(given: Node): Value {
    if (++this.#nodes > MAX_NODES)
      throw new AnnotationYamlFault("yaml: document contains excessive aliasing", undefined);
    const node = this.#resolved(given);
    if (isMap(node)) {
      this.#refuseRepetitions(node.items.map(({ key }) => key as Node));
      const object: Record<string, Value> = {};
      for (const { key, value } of node.items) {
        const read = key === null ? null : this.#value(key as Node);
        setOwn(object, typeof read === "string" ? read : printValue(read), this.#item(value));
      }
      return object;
    }
    if (isSeq(node)) return node.items.map((item) => this.#item(item));
    if (!isScalar(node)) return null;
    const text = String(node.value ?? "");
    if (node.type !== "PLAIN") return text;
    const scalar = resolveYamlScalar(text, "opa");
    switch (scalar.kind) {
      case "null":
        return null;
      case "int":
        return numberFromText(String(scalar.value));
      case "float":
        return jsonFloat(scalar.value) ?? text;
      case "merge":
        return text;
      default:
        return scalar.value;
    }
  }

  #item(node: unknown): Value {
    return node === null || node === undefined ? null : this.#value(node as Node);
  }

  #resolved(node: Node): Node {
    if (!isAlias(node)) return node;
    const target = node.resolve(this.#document);
    if (target === undefined)
      throw new AnnotationYamlFault(`yaml: unknown anchor '${node.source}' referenced`, undefined);
    return target;
  }

  #isNull(node: Node): boolean {
    return (
      isScalar(node) &&
      node.type === "PLAIN" &&
      resolveYamlScalar(String(node.value ?? ""), "opa").kind === "null"
    );
  }

  #mismatch<Empty>(node: Node, type: string, empty?: Empty): Empty | undefined {
    this.#mismatches.push({
      line: lineOf(this.#text, node.range?.[0] ?? 0) + 1,
      message: `cannot unmarshal ${describe(node)} into ${type}`,
    });
    return empty;
  }

  #refuseRepetitions(keys: readonly (Node | null)[]): void {
    const seen = new Map<string, number>();
    for (const key of keys) {
      if (!isScalar(key)) continue;
      const name = String(key.value);
      const line = lineOf(this.#text, key.range?.[0] ?? 0) + 1;
      const before = seen.get(name);
      if (before !== undefined) {
        const message = `mapping key ${JSON.stringify(name)} already defined at line ${before}`;
        throw new AnnotationYamlFault(`yaml: unmarshal errors:\n  line ${line}: ${message}`, line);
      }
      seen.set(name, line);
    }
  }
}

/** A node as goyaml names it: its tag, and a scalar's text, cut. */
function describe(node: Node): string {
  if (isSeq(node)) return "!!seq";
  if (!isScalar(node)) return "!!map";
  const text = String(node.value);
  const kind = node.type === "PLAIN" ? resolveYamlScalar(text, "opa").kind : "str";
  return `!!${kind} \`${text.length > 10 ? `${text.slice(0, 7)}...` : text}\``;
}

/** Which of goyaml's two stages finds a fault decides how it counts lines. */
type Stage = "scanner" | "parser";

/** The library's faults in goyaml's words. `at` is the text from the fault on, `before` the line up to it. */
function yamlFault(text: string, document: Document, { code, message, pos }: YAMLError): AnnotationYamlFault {
  const [start, end] = pos;
  const before = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  const at = text.slice(start);
  const context = flowStart(text, document, start);
  const said = (stage: Stage, words: string, offset = start, from = context): AnnotationYamlFault => {
    // The start of what is being read is named rather than the place of the fault, unless it is in the first line.
    const row = (from === undefined ? 0 : lineOf(text, from)) || lineOf(text, offset);
    // The parser counts lines from 0, and the first one is not named at all.
    const line = row === 0 ? undefined : stage === "scanner" ? row + 1 : row;
    return new AnnotationYamlFault(`yaml: ${line === undefined ? "" : `line ${line}: `}${words}`, line);
  };
  const isFlowEnd = at.startsWith("]") || at.startsWith("}");
  if (/end with a [\]}]|BLOCK_IN_FLOW/.test(`${code} ${message}`) && context !== undefined) {
    // An empty list that ends with the text still waits for its first item.
    if (text.slice(context + 1).trim() === "")
      return said("parser", "did not find expected node content", text.length, undefined);
    const offset = at.trim() === "" ? text.length : start;
    const expected = text[context] === "[" ? "',' or ']'" : "',' or '}'";
    return said("parser", `did not find expected ${expected}`, offset);
  }
  if (before === "" && at.startsWith("%")) return said("scanner", "found unknown directive name");
  if (code === "BLOCK_AS_IMPLICIT_KEY") {
    const colon = /:\s/.exec(at)?.index ?? 0;
    return said("scanner", "mapping values are not allowed in this context", start + colon);
  }
  if (code === "TAB_AS_INDENT" && start > 0)
    return said("scanner", "found a tab character that violates indentation");
  if (code === "TAG_RESOLVE_FAILED") return said("scanner", "did not find expected tag URI");
  if (message.startsWith("Block scalar header"))
    return said("scanner", "did not find expected comment or line break");
  if (code === "UNEXPECTED_TOKEN" && at.startsWith("-") && before.trim() !== "")
    return said("scanner", "block sequence entries are not allowed in this context");
  if (code === "MULTILINE_IMPLICIT_KEY" && !at.startsWith("-"))
    return said("scanner", "mapping values are not allowed in this context", end);
  if (isFlowEnd && /: *$/.test(before)) return said("parser", "did not find expected node content");
  if (/^(?:UNEXPECTED_TOKEN|MULTILINE_IMPLICIT_KEY|BAD_COLLECTION_TYPE)$/.test(code)) {
    const indicator = isSeq(document.contents) ? "'-' indicator" : "key";
    return said("parser", `did not find expected ${indicator}`);
  }
  if (code === "MISSING_CHAR" && message.includes("quote"))
    return said("scanner", goYamlText(code, message), text.length, quoteStart(text, start));
  const words = goYamlText(code, message);
  return said(words === "did not find expected key" ? "parser" : "scanner", words);
}

/** Where the innermost list or map in brackets around a place begins. */
function flowStart(text: string, document: Document, offset: number): number | undefined {
  let start: number | undefined;
  visit(document, {
    Collection: (_, node) => {
      const from = node.range?.[0];
      if (node.flow && from !== undefined && from <= offset && /[[{]/.test(text[from] ?? "")) start = from;
    },
  });
  return start;
}

/** Where the string begins whose closing quote is missing at the end. */
function quoteStart(text: string, end: number): number | undefined {
  const found = Math.max(text.lastIndexOf('"', end - 1), text.lastIndexOf("'", end - 1));
  return found === -1 ? undefined : found;
}

/** The line of an offset, from 0. */
function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length - 1;
}
