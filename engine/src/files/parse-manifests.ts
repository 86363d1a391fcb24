import { parseJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { isMap, isSeq } from "yaml";
import type { ParsedNode } from "yaml";
import { jsonTexts, looksLikeJson } from "./json-texts.ts";
import { parseLooseYaml } from "./loose-quotes.ts";
import type { ParsedYaml } from "./loose-quotes.ts";
import type { FieldPath, FileProblem, Manifest, Manifests, Place } from "./manifest.ts";
import { nodeAt, offsetInScalar } from "./node-at.ts";
import { TextLines } from "./text-lines.ts";
import { HELM_HINT, yamlHint } from "./yaml-hint.ts";
import { YamlRefusal, yamlValue } from "./yaml-value.ts";

/**
 * Reads the Kubernetes objects of one YAML or JSON text: several documents, `List` objects taken apart, values by
 * Kubernetes' rules, integers exact. A broken document is reported and the others are still read. Never throws.
 */
export function parseManifests(file: string, text: string): Manifests {
  const lines = new TextLines(file, text.startsWith("\uFEFF") ? text.slice(1) : text);
  const manifests: Manifest[] = [];
  const problems: FileProblem[] = [];
  const chunks = looksLikeJson(lines.text) ? jsonTexts(lines.text) : yamlTexts(lines.text);
  for (const chunk of chunks) {
    const read = chunk.isJson ? readJsonText(lines, chunk) : readYamlText(lines, chunk);
    problems.push(...read.problems);
    for (const { value, path, document } of read.documents) {
      const source = new ManifestSource(lines, chunk, document);
      const refusal = addObjects(value, path, source, manifests);
      if (refusal) problems.push(problemAt(lines, source.locate([]), refusal.message, refusal.hint));
    }
  }
  return { manifests, problems };
}

/** A part of a file that is parsed on its own, so that an error in it leaves the rest readable. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
  readonly isJson: boolean;
}

interface ReadDocument {
  readonly value: Value;
  readonly path: FieldPath;
  /** Which document of the chunk it is: after `...` a chunk can hold several. */
  readonly document: number;
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
  const read = parseJson(lines.text.slice(chunk.start, chunk.end));
  if (read.ok) return { documents: [{ value: read.value, path: [], document: 0 }], problems: [] };
  const place = lines.place(chunk.start + read.error.offset);
  return { documents: [], problems: [problemAt(lines, place, `invalid JSON: ${read.error.message}`)] };
}

function readYamlText(lines: TextLines, chunk: Chunk): ReadChunk {
  const documents: ReadDocument[] = [];
  const problems: FileProblem[] = [];
  const parsed = parseYaml(lines, chunk);
  if (!parsed) {
    return { documents, problems: [problemAt(lines, lines.place(chunk.start), "nested too deeply")] };
  }
  parsed.documents.forEach((document, index) => {
    const error = document.errors[0];
    if (error) {
      const place = lines.place(chunk.start + parsed.placeOf(error));
      const message = `invalid YAML: ${lowerFirst(error.message.split("\n", 1)[0] as string)}`;
      problems.push(problemAt(lines, place, message, yamlHint(error.code, lines.line(place.line))));
      return;
    }
    if (document.contents === null) return;
    try {
      documents.push({ value: yamlValue(document.contents), path: [], document: index });
    } catch (refusal) {
      if (!(refusal instanceof YamlRefusal)) throw refusal;
      const place = lines.place(chunk.start + parsed.toOriginal(refusal.offset));
      // A template expression reads as a mapping with a mapping for its key.
      const hint = lines.line(place.line).includes("{{") ? HELM_HINT : refusal.hint;
      problems.push(problemAt(lines, place, refusal.message, hint));
    }
  });
  return { documents, problems };
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

interface Refusal {
  readonly message: string;
  readonly hint?: string;
}

/** Adds an object, or the items of a list object; answers what is wrong when it is none. */
function addObjects(
  value: Value,
  path: FieldPath,
  source: ManifestSource,
  into: Manifest[],
): Refusal | undefined {
  if (value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) {
    return {
      message: "not a Kubernetes object",
      hint: "each document must be a mapping with apiVersion, kind and metadata",
    };
  }
  const object = value as PlainObject;
  const { apiVersion, kind, items } = object;
  if (typeof apiVersion !== "string" || apiVersion === "") return missing("apiVersion");
  if (typeof kind !== "string" || kind === "") return missing("kind");
  if (!kind.endsWith("List") || !Array.isArray(items)) {
    into.push(new SourcedManifest(object, path, source));
    return undefined;
  }
  const itemKind = kind === "List" ? undefined : kind.slice(0, -"List".length);
  for (const [index, item] of (items as readonly Value[]).entries()) {
    const refusal = addObjects(withKind(item, apiVersion, itemKind), [...path, "items", index], source, into);
    if (refusal) return { ...refusal, message: `item ${index}: ${refusal.message}` };
  }
  return undefined;
}

// The items of a PodList that comes straight from the API carry neither kind nor apiVersion.
function withKind(item: Value, apiVersion: string, kind: string | undefined): Value {
  if (kind === undefined || typeof item !== "object" || item === null || Array.isArray(item)) return item;
  const object = item as PlainObject;
  return object.kind === undefined && object.apiVersion === undefined
    ? { apiVersion, kind, ...object }
    : item;
}

function missing(field: string): Refusal {
  return {
    message: `not a Kubernetes object: ${field} is missing`,
    hint: "other YAML and JSON files belong outside of the folder",
  };
}

/** One document of a chunk with its text, parsed again when a place in it is asked for (an error, a violation). */
class ManifestSource {
  readonly lines: TextLines;
  readonly #chunk: Chunk;
  readonly #document: number;
  #parsed: ParsedYaml | undefined;

  constructor(lines: TextLines, chunk: Chunk, document: number) {
    this.lines = lines;
    this.#chunk = chunk;
    this.#document = document;
  }

  locate(path: FieldPath): Place {
    const node = nodeAt(this.#tree(), path);
    const offset = node?.range[0] ?? 0;
    return this.lines.place(this.#chunk.start + (this.#parsed?.toOriginal(offset) ?? offset));
  }

  locateInText(path: FieldPath, row: number, column: number): Place {
    const node = nodeAt(this.#tree(), path);
    const text = this.lines.text.slice(this.#chunk.start, this.#chunk.end);
    const original = this.#parsed?.toOriginal;
    const offset = node === null || !original ? undefined : offsetInScalar(text, node, row, column, original);
    return offset === undefined ? this.locate(path) : this.lines.place(this.#chunk.start + offset);
  }

  #tree(): ParsedNode | null {
    this.#parsed ??= parseYaml(this.lines, this.#chunk);
    const root = this.#parsed?.documents[this.#document]?.contents ?? null;
    return root && (isMap(root) || isSeq(root)) ? root : null;
  }
}

class SourcedManifest implements Manifest {
  readonly object: PlainObject;
  readonly #path: FieldPath;
  readonly #source: ManifestSource;
  #place: Place | undefined;

  constructor(object: PlainObject, path: FieldPath, source: ManifestSource) {
    this.object = object;
    this.#path = path;
    this.#source = source;
  }

  get place(): Place {
    this.#place ??= this.locate([]);
    return this.#place;
  }

  locate(path: FieldPath): Place {
    return this.#source.locate([...this.#path, ...path]);
  }

  locateInText(path: FieldPath, row: number, column: number): Place {
    return this.#source.locateInText([...this.#path, ...path], row, column);
  }

  problem(place: Place, message: string, hint?: string): FileProblem {
    return problemAt(this.#source.lines, place, message, hint);
  }
}

/** A problem with the line it stands on. */
function problemAt(lines: TextLines, place: Place, message: string, hint?: string): FileProblem {
  return { ...place, message, ...(hint === undefined ? {} : { hint }), excerpt: lines.excerpt(place) };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
