import { type RegoError } from "../errors.ts";
import type { PlainObject, Value } from "../value/value.ts";
import {
  AnnotationPartFault,
  author,
  checkCompileField,
  type TermReader,
  relatedResource,
  schema,
} from "./annotation-parts.ts";
import { type AnnotationFields, AnnotationYamlFault, readAnnotationFields } from "./annotation-yaml.ts";
import type { Annotations, Comment } from "./ast.ts";
import { caretLines } from "./diagnostics.ts";
import { Location } from "../location.ts";

/** A statement that a block may stand before. */
export interface AnnotationTarget {
  readonly kind: "package" | "import" | "rule";
  readonly row: number;
}

/** A METADATA block that could be read, before it is known what it stands before. */
export interface AnnotationBlock {
  readonly location: Location;
  readonly scope: string;
  readonly entrypoint: boolean;
  readonly value: PlainObject;
}

/**
 * Reads the METADATA blocks among a module's comments. A block opens with a comment in column 1 that says METADATA and goes
 * on while comments follow in column 1, row after row. Faulty blocks are left out and reported. `readTerm` reads a ref
 * written in a block.
 */
export function readAnnotations(
  comments: readonly Comment[],
  readTerm: TermReader,
): { readonly blocks: readonly AnnotationBlock[]; readonly errors: readonly RegoError[] } {
  const blocks: AnnotationBlock[] = [];
  const errors: RegoError[] = [];
  for (const block of blocksOf(comments)) {
    try {
      blocks.push(readBlock(block, readTerm));
    } catch (fault) {
      errors.push(faultOf(block, fault));
    }
  }
  return { blocks, errors };
}

/** Gives each block to the first statement below it. Blocks that do not belong there are left out and reported. */
export function placeAnnotations(
  blocks: readonly AnnotationBlock[],
  targets: readonly AnnotationTarget[],
): { readonly annotations: readonly Annotations[]; readonly errors: readonly RegoError[] } {
  const annotations: Annotations[] = [];
  const errors: RegoError[] = [];
  for (const { location, value, entrypoint, scope: given } of blocks) {
    const target = targets.find(({ row }) => row > location.row);
    const scope = given === "" ? defaultScope(target, entrypoint) : given;
    const faults = placementFaults(scope, entrypoint, target);
    for (const message of faults) errors.push(parseError(message, location));
    if (faults.length > 0) continue;
    annotations.push({
      scope: scope as Annotations["scope"],
      value: { ...value, scope },
      entrypoint,
      location,
      targetRow: target?.row,
    });
  }
  return { annotations, errors };
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

function readBlock({ start, lines, location }: Block, readTerm: TermReader): AnnotationBlock {
  const text = lines.map(({ text: line }) => `${line.startsWith(" ") ? line.slice(1) : line}\n`).join("");
  if (text.trim() === "") throw new AnnotationPartFault("expected METADATA block, found whitespace");
  const fields = readAnnotationFields(text);
  checkCompileField(fields.compile, readTerm);
  const value: Record<string, Value> = {};
  for (const [key, field] of Object.entries(shownFields(fields, readTerm))) {
    if (!isEmpty(field)) value[key] = field;
  }
  const at = new Location(
    location.source,
    location.start,
    location.end,
    start.location.row,
    start.location.col,
  );
  return { location: at, scope: fields.scope, entrypoint: fields.entrypoint, value };
}

/** The fields that `rego.metadata.*` and `inspect` show. */
function shownFields(fields: AnnotationFields, readTerm: TermReader): Readonly<Record<string, Value>> {
  return {
    title: fields.title,
    description: fields.description,
    organizations: fields.organizations.filter((name) => name !== ""),
    schemas: fields.schemas.map((item) => schema(item, readTerm)),
    related_resources: fields.related_resources.map(relatedResource),
    authors: fields.authors.map(author),
    custom: fields.custom,
    labels: fields.labels,
    entrypoint: fields.entrypoint,
  };
}

function isEmpty(field: Value): boolean {
  if (field === "" || field === false) return true;
  return typeof field === "object" && field !== null && Object.keys(field).length === 0;
}

/** YAML faults are shown in the block, others at its start. goyaml counts lines from 1, OPA takes them as counted from 0. */
function faultOf({ start, lines }: Block, fault: unknown): RegoError {
  if (fault instanceof AnnotationPartFault) return caretError(fault.message, start.location);
  if (!(fault instanceof AnnotationYamlFault)) throw fault;
  const at = lines[Math.min(fault.line ?? 0, lines.length - 1)] ?? start;
  return caretError(fault.message + spaceHint(lines), at.location);
}

/** A key is often broken by an unusual space after its colon, or by none. */
function spaceHint(lines: readonly Comment[]): string {
  const hints = lines.flatMap(({ text, location }) => {
    const after = [...text.matchAll(/^[^"'[{]*?\w:([^ \t\r\w"'[{|>:/-]|[A-Za-z])/gu)].map(
      ([, found]) => found as string,
    );
    if (after.length === 0) return [];
    const shown = after.map((found) => `'${printable(found)}'`).join(" ");
    return `\n  Hint: on line ${location.row}, symbol(s) [${shown}] immediately following a key/value separator ':' is not a legal yaml space character`;
  });
  return hints.join("");
}

function printable(character: string): string {
  const code = character.codePointAt(0) as number;
  return code > 0x20 && code < 0x7f ? character : `\\u${code.toString(16).padStart(4, "0")}`;
}

function caretError(message: string, location: Location): RegoError {
  return { ...parseError(message, location), details: caretLines(location.source.text, location.start) };
}

function parseError(message: string, location: Location): RegoError {
  return { code: "rego_parse_error", message, location };
}
