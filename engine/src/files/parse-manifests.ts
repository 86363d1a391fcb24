import type { Chunk } from "./chunk.ts";
import { parseJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { weakly } from "./document-tree.ts";
import type { DocumentTree } from "./document-tree.ts";
import { jsonTexts, looksLikeJson } from "./json-texts.ts";
import { jsonTree } from "./json-tree.ts";
import { parseLooseYaml } from "./loose-quotes.ts";
import type { ParsedYaml } from "./loose-quotes.ts";
import type { FieldPath, FileProblem, Manifest, Manifests } from "./manifest.ts";
import { problemAt, sourcedManifest } from "./sourced-manifest.ts";
import type { DocumentSource } from "./sourced-manifest.ts";
import { TextLines } from "./text-lines.ts";
import { HELM_HINT, yamlHint } from "./yaml-hint.ts";
import { YamlRefusal, yamlValue } from "./yaml-value.ts";
import type { YamlRules } from "./yaml-value.ts";
import { yamlTree } from "./yaml-tree.ts";

export interface ParseOptions extends YamlRules {
  /**
   * Take every mapping as it is: lists are not taken apart and no kind is asked for. So gator reads its files, whose
   * objects are judged later. Default false.
   */
  readonly asGiven?: boolean;
}

/**
 * Reads the Kubernetes objects of one YAML or JSON text: several documents, `List` objects taken apart, values by
 * Kubernetes' rules, integers exact. A broken document or item is reported and the others are still read. Never throws.
 */
export function parseManifests(file: string, text: string, options: ParseOptions = {}): Manifests {
  const asGiven = options.asGiven === true;
  const lines = new TextLines(file, text.startsWith("\uFEFF") ? text.slice(1) : text);
  const manifests: Manifest[] = [];
  const problems: FileProblem[] = [];
  const chunks = looksLikeJson(lines.text) ? jsonTexts(lines.text) : yamlTexts(lines.text);
  for (const chunk of chunks) {
    const read = chunk.isJson ? readJsonText(lines, chunk) : readYamlText(lines, chunk, options);
    problems.push(...read.problems);
    for (const { value, source } of read.documents)
      addObjects(value, [], source, { manifests, problems, asGiven });
  }
  return { manifests, problems };
}

interface ReadDocument {
  readonly value: Value;
  readonly source: DocumentSource;
}

interface ReadChunk {
  readonly documents: readonly ReadDocument[];
  readonly problems: readonly FileProblem[];
}

// `---` at the start of a line ends a document wherever it stands, even inside a block scalar.
const SEPARATOR = /^---(?=[ \t\r\n]|$)/gm;

function yamlTexts(text: string): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let start = 0;
  for (const match of text.matchAll(SEPARATOR)) {
    if (match.index > start && text.slice(start, match.index).trim() !== "") {
      chunks.push({ start, end: match.index, isJson: false });
    }
    start = match.index;
  }
  if (text.slice(start).trim() !== "") chunks.push({ start, end: text.length, isJson: false });
  return chunks;
}

function readJsonText(lines: TextLines, chunk: Chunk): ReadChunk {
  const { start, end } = chunk;
  const text = lines.text.slice(start, end);
  const read = parseJson(text);
  if (!read.ok) {
    const place = lines.place(start + read.error.offset);
    return { documents: [], problems: [problemAt(lines, place, `invalid JSON: ${read.error.message}`)] };
  }
  const tree = weakly(undefined, () => jsonTree(lines.text.slice(start, end)));
  return { documents: [{ value: read.value, source: { lines, start, tree } }], problems: [] };
}

function readYamlText(lines: TextLines, chunk: Chunk, rules: YamlRules): ReadChunk {
  const { start } = chunk;
  const documents: ReadDocument[] = [];
  const problems: FileProblem[] = [];
  const parsed = parseYaml(lines, chunk);
  if (!parsed) {
    return { documents, problems: [problemAt(lines, lines.place(start), TOO_DEEP)] };
  }
  parsed.documents.forEach((document, index) => {
    const error = document.errors[0];
    if (error) {
      const place = lines.place(start + parsed.placeOf(error));
      const message = `invalid YAML: ${yamlMessage(error.message)}`;
      problems.push(problemAt(lines, place, message, yamlHint(error.code, lines.line(place.line))));
      return;
    }
    if (document.contents === null) return;
    const tree = weakly(treeOf(lines, chunk, parsed, index), () =>
      treeOf(lines, chunk, parseYaml(lines, chunk) as ParsedYaml, index),
    );
    try {
      documents.push({ value: yamlValue(document.contents, rules), source: { lines, start, tree } });
    } catch (refusal) {
      if (!(refusal instanceof YamlRefusal)) throw refusal;
      const place = lines.place(start + parsed.toOriginal(refusal.offset));
      // A template expression reads as a mapping with a mapping for its key.
      const hint = lines.line(place.line).includes("{{") ? HELM_HINT : refusal.hint;
      problems.push(problemAt(lines, place, refusal.message, hint));
    }
  });
  return { documents, problems };
}

function treeOf(lines: TextLines, { start, end }: Chunk, parsed: ParsedYaml, index: number): DocumentTree {
  return yamlTree(lines.text.slice(start, end), parsed, parsed.documents[index]);
}

/** The documents of a chunk; undefined when it is nested deeper than the parser's own recursion can go. */
function parseYaml(lines: TextLines, chunk: Chunk): ParsedYaml | undefined {
  try {
    return parseLooseYaml(lines.text.slice(chunk.start, chunk.end));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

interface Found {
  readonly manifests: Manifest[];
  readonly problems: FileProblem[];
  readonly asGiven: boolean;
}

/** Adds an object, or each item of a list object; what is no object becomes a problem. */
function addObjects(value: Value, path: FieldPath, source: DocumentSource, found: Found): void {
  if (value === null) return;
  const refuse = (message: string, hint: string): void => {
    const place = source.lines.place(source.start + source.tree().offsetOf(path));
    found.problems.push(problemAt(source.lines, place, `not a Kubernetes object${message}`, hint));
  };
  if (typeof value !== "object" || Array.isArray(value)) {
    refuse("", "each document must be a mapping with apiVersion, kind and metadata");
    return;
  }
  const object = value as PlainObject;
  if (found.asGiven) {
    if (Object.keys(object).length > 0) found.manifests.push(sourcedManifest(object, path, source));
    return;
  }
  const { apiVersion, kind, items } = object;
  for (const [name, text] of Object.entries({ apiVersion, kind })) {
    if (typeof text === "string" && text !== "") continue;
    refuse(`: ${name} is missing`, "other YAML and JSON files belong outside of the folder");
    return;
  }
  const kindName = kind as string;
  if (!kindName.endsWith("List") || !Array.isArray(items)) {
    found.manifests.push(sourcedManifest(object, path, source));
    return;
  }
  const itemKind = kindName === "List" ? undefined : kindName.slice(0, -"List".length);
  for (const [index, item] of (items as readonly Value[]).entries()) {
    addObjects(withKind(item, apiVersion as string, itemKind), [...path, "items", index], source, found);
  }
}

// The items of a PodList that comes straight from the API carry neither kind nor apiVersion.
function withKind(item: Value, apiVersion: string, kind: string | undefined): Value {
  if (kind === undefined || typeof item !== "object" || item === null || Array.isArray(item)) return item;
  const object = item as PlainObject;
  return object.kind === undefined && object.apiVersion === undefined
    ? { apiVersion, kind, ...object }
    : item;
}

/** The first line of the parser's message, as the middle of a sentence. */
function yamlMessage(message: string): string {
  if (/call stack/.test(message)) return TOO_DEEP;
  const line = message.split("\n", 1)[0] as string;
  return line.charAt(0).toLowerCase() + line.slice(1);
}

const TOO_DEEP = "nested too deeply";
