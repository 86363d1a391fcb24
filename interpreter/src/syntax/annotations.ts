import { isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { RegoError } from "../errors.ts";
import { numberFromText } from "../value/number.ts";
import { setOwn } from "../value/plain-object.ts";
import type { PlainObject, Value } from "../value/value.ts";
import type { Annotations, Comment, Term } from "./ast.ts";
import { caretLines } from "./diagnostics.ts";
import { Location } from "./location.ts";

/** A statement that a block may stand before. */
export interface AnnotationTarget {
  readonly kind: "package" | "import" | "rule";
  readonly row: number;
}

export interface ReadAnnotations {
  readonly annotations: readonly Annotations[];
  readonly errors: readonly RegoError[];
}

/**
 * Reads the METADATA blocks among a module's comments. A block opens with a comment in column 1 that says METADATA and goes
 * on while comments follow in column 1, row after row; it belongs to the first statement below. Faulty blocks are left out
 * and reported. `parseRef` reads a ref written in a block.
 */
export function readAnnotations(
  comments: readonly Comment[],
  targets: readonly AnnotationTarget[],
  parseRef: (text: string) => Term | undefined,
): ReadAnnotations {
  const annotations: Annotations[] = [];
  const broken: RegoError[] = [];
  const misplaced: RegoError[] = [];
  for (const block of blocksOf(comments)) {
    try {
      const fields = readFields(block, parseRef);
      const target = targets.find(({ row }) => row > block.start.location.row);
      const scope = fields.scope ?? defaultScope(target, fields.entrypoint);
      const faults = placementFaults(scope, fields.entrypoint, target);
      for (const message of faults) misplaced.push(parseError(message, block.start.location));
      if (faults.length > 0) continue;
      annotations.push({
        scope: scope as Annotations["scope"],
        value: { ...fields.value, scope },
        entrypoint: fields.entrypoint,
        location: block.location,
        targetRow: target?.row,
      });
    } catch (fault) {
      if (!(fault instanceof BlockFault)) throw fault;
      const { location } = fault;
      broken.push({
        ...parseError(fault.message, location),
        details: caretLines(location.source.text, location.start),
      });
    }
  }
  return { annotations, errors: broken.length > 0 ? broken : misplaced };
}

/** Why a block cannot be read. */
class BlockFault extends Error {
  override readonly name = "BlockFault";
  readonly location: Location;

  constructor(message: string, location: Location) {
    super(message);
    this.location = location;
  }
}

interface Block {
  readonly start: Comment;
  /** The comments after the first. */
  readonly lines: readonly Comment[];
  readonly location: Location;
}

function blocksOf(comments: readonly Comment[]): Block[] {
  const blocks: Block[] = [];
  for (let i = 0; i < comments.length; i++) {
    const start = comments[i] as Comment;
    if (!opensBlock(start)) continue;
    let end = i + 1;
    while (end < comments.length && continues(comments[end] as Comment, comments[end - 1] as Comment)) end++;
    const last = comments[end - 1] as Comment;
    const { source, row, col } = start.location;
    const location = new Location(source, start.location.start, last.location.end, row, col);
    blocks.push({ start, lines: comments.slice(i + 1, end), location });
    i = end - 1;
  }
  return blocks;
}

function opensBlock(comment: Comment): boolean {
  return comment.location.col === 1 && comment.text.trim().startsWith("METADATA");
}

function continues(comment: Comment, previous: Comment): boolean {
  return (
    comment.location.col === 1 && comment.location.row - 1 === previous.location.row && !opensBlock(comment)
  );
}

function defaultScope(target: AnnotationTarget | undefined, entrypoint: boolean): string {
  if (target === undefined) return "";
  if (target.kind === "rule") return entrypoint ? "document" : "rule";
  return target.kind;
}

function placementFaults(scope: string, entrypoint: boolean, target: AnnotationTarget | undefined): string[] {
  const faults: string[] = [];
  const have = target ? ` (have ${target.kind})` : "";
  if (scope === "rule" || scope === "document") {
    if (target?.kind !== "rule") faults.push(`annotation scope '${scope}' must be applied to rule${have}`);
  } else if (scope === "package" || scope === "subpackages") {
    if (target?.kind !== "package")
      faults.push(`annotation scope '${scope}' must be applied to package${have}`);
  } else {
    faults.push(
      `invalid annotation scope '${scope}'. Use one of 'rule', 'document', 'package', or 'subpackages'`,
    );
  }
  if (entrypoint && scope !== "document" && scope !== "package") {
    faults.push(`annotation entrypoint applied to non-document or package scope '${scope}'`);
  }
  return faults;
}

interface Fields {
  readonly scope: string | undefined;
  readonly entrypoint: boolean;
  readonly value: PlainObject;
}

function readFields(block: Block, parseRef: (text: string) => Term | undefined): Fields {
  const raw = readYaml(block);
  const first = block.lines[0]?.location ?? block.start.location;
  const fail = (message: string): never => {
    throw new BlockFault(message, first);
  };
  const value: Record<string, Value> = {};
  const keep = (key: string, field: Value | undefined): void => {
    if (field === undefined || field === "" || (Array.isArray(field) && field.length === 0)) return;
    if (typeof field === "object" && field !== null && Object.keys(field).length === 0) return;
    value[key] = field;
  };
  const list = (key: string): readonly Value[] => {
    const field = raw[key] ?? null;
    if (field === null) return [];
    return Array.isArray(field) ? (field as readonly Value[]) : fail(wrongType(key, "a list"));
  };
  const text = (key: string): string => {
    const field = raw[key] ?? null;
    if (field === null) return "";
    return typeof field === "object" ? fail(wrongType(key, "a string")) : String(field);
  };
  const map = (key: string): PlainObject => {
    const field = raw[key] ?? null;
    if (field === null) return {};
    return isRecord(field) ? field : fail(wrongType(key, "a map"));
  };
  const entrypoint = raw["entrypoint"] ?? false;
  if (typeof entrypoint !== "boolean") fail(wrongType("entrypoint", "a boolean"));
  for (const key of ["title", "description"]) keep(key, text(key));
  keep("organizations", list("organizations").map(String));
  keep(
    "related_resources",
    list("related_resources").map((item) => relatedResource(item, fail)),
  );
  keep(
    "authors",
    list("authors").map((item) => author(item, fail)),
  );
  keep(
    "schemas",
    list("schemas").map((item) => schema(item, parseRef, fail)),
  );
  for (const key of ["custom", "labels"]) keep(key, map(key));
  if (entrypoint === true) value["entrypoint"] = true;
  return { scope: text("scope") || undefined, entrypoint: entrypoint === true, value };
}

function wrongType(key: string, wanted: string): string {
  return `invalid ${key} annotation: ${wanted} is wanted`;
}

function readYaml(block: Block): PlainObject {
  const text = block.lines.map(({ text: line }) => (line.startsWith(" ") ? line.slice(1) : line)).join("\n");
  if (text.trim() === "")
    throw new BlockFault("expected METADATA block, found whitespace", block.start.location);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [error] = document.errors;
  if (error) {
    const line = lines.linePos(error.pos[0]).line;
    const at = block.lines[Math.min(line, block.lines.length) - 1] ?? block.start;
    throw new BlockFault(
      `yaml: line ${line}: ${error.message.toLowerCase()}${spaceHint(block.lines)}`,
      at.location,
    );
  }
  const value = valueOfNode(document.contents);
  if (isRecord(value)) return value;
  const first = block.lines[0] as Comment;
  throw new BlockFault("yaml: a METADATA block must be a map", first.location);
}

/** A key is often broken by an unusual space after its colon, which nobody sees. */
function spaceHint(lines: readonly Comment[]): string {
  for (const { text, location } of lines) {
    const after = /:([^\s\w"'[{|>:/-])/u.exec(text)?.[1];
    if (after !== undefined && /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/u.test(after)) {
      const code = (after.codePointAt(0) as number).toString(16).padStart(4, "0");
      return (
        `\n  Hint: on line ${location.row}, symbol(s) ['\\u${code}'] immediately following a` +
        " key/value separator ':' is not a legal yaml space character"
      );
    }
  }
  return "";
}

function valueOfNode(node: unknown): Value {
  if (isMap(node)) {
    const object: Record<string, Value> = {};
    for (const pair of node.items) setOwn(object, String(valueOfNode(pair.key)), valueOfNode(pair.value));
    return object;
  }
  if (isSeq(node)) return node.items.map(valueOfNode);
  if (!isScalar(node)) return null;
  const { value, source } = node;
  if (typeof value === "number") {
    const isJson = source !== undefined && /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/.test(source);
    return Number.isFinite(value) ? numberFromText(isJson ? source : String(value)) : String(source);
  }
  return typeof value === "string" || typeof value === "boolean"
    ? value
    : value === null
      ? null
      : String(value);
}

type Fail = (message: string) => never;

function relatedResource(item: Value, fail: Fail): Value {
  const invalid = (reason: string): never =>
    fail(`invalid related-resource definition ${show(item)}: ${reason}`);
  if (typeof item === "string") {
    return item === "" ? invalid("ref URL may not be empty string") : { ref: item };
  }
  if (!isRecord(item)) return invalid("invalid value type, must be string or map");
  const ref = trimmed(item["ref"]);
  if (ref === "") return invalid("'ref' value required in object");
  const description = trimmed(item["description"]);
  return description === "" ? { ref } : { description, ref };
}

/** `Name <mail>`, or a map of name and email. */
function author(item: Value, fail: Fail): Value {
  const invalid = (reason: string): never => fail(`invalid author definition ${show(item)}: ${reason}`);
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
function schema(item: Value, parseRef: (text: string) => Term | undefined, fail: Fail): Value {
  if (!isRecord(item)) return fail("invalid schema definition");
  const [path = ""] = Object.keys(item);
  const at = pathOf(parseRef(path));
  if (at === undefined) return fail("invalid document reference");
  const definition = item[path] ?? null;
  if (typeof definition === "string") {
    const ref = pathOf(parseRef(definition));
    if (ref?.[0] !== "schema") return fail("invalid schema reference");
    return { path: at, schema: ref };
  }
  if (!isRecord(definition)) return fail(`invalid schema declaration for path "${path}"`);
  return { definition, path: at };
}

function pathOf(term: Term | undefined): readonly string[] | undefined {
  if (term?.kind === "var") return [term.name];
  if (term?.kind !== "ref") return undefined;
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

function show(value: Value): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function parseError(message: string, location: Location): RegoError {
  return { code: "rego_parse_error", message, location };
}
