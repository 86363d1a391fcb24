import { equals, parseValue } from "@portcullis/interpreter";
import type { Program } from "./generate/program.ts";

/** What an evaluator says about a program: an answer to each question that both are asked, in order. */
export type Outcome = readonly Answer[];

export interface Answer {
  /** `compile`, or a document, perhaps with `, strict` for builtin errors that end the evaluation. */
  readonly question: string;
  /** A value in Rego's notation, `undefined`, or errors one a line: `file:row:col: code: message`. */
  readonly answer: string;
}

/** One that answers for programs. Gives undefined where a program takes too long to be judged. */
export type Evaluator = (program: Program) => Promise<Outcome | undefined>;

/** The first question answered differently; undefined where all agree. */
export interface Difference {
  readonly question: string;
  readonly ours: string;
  readonly theirs: string;
}

export function firstDifference(ours: Outcome, theirs: Outcome): Difference | undefined {
  const length = Math.max(ours.length, theirs.length);
  for (let i = 0; i < length; i++) {
    const [our, their] = [ours[i], theirs[i]];
    if (our?.question !== their?.question || our?.answer !== their?.answer) {
      return {
        question: our?.question ?? their?.question ?? "",
        ours: our?.answer ?? "not asked",
        theirs: their?.answer ?? "not asked",
      };
    }
  }
  return undefined;
}

/**
 * Why a difference in errors of compiling is none that matters; undefined where it matters.
 * - Names in templates: OPA does not see the names that a template string may use where it stands in the head of a
 *   comprehension within another term, or within the brackets of a reference (decision 0015). It says so of a name in one.
 * - Errors without a place: OPA loses the place of an error in a call of a template string (decision 0015). The errors are
 *   the same, and each has the same place or none.
 */
export function excuse({ ours, theirs }: Difference, program: Program): string | undefined {
  const unknown = /(?:var (\S+) is (?:undeclared|unsafe)|undefined function (\w+)\S*)$/m.exec(theirs);
  if (unknown && !ours.includes(unknown[0]) && isInTemplate(program, unknown[1] ?? unknown[2] ?? ""))
    return "names in templates";
  return isSameWithoutPlaces(ours.split("\n"), theirs.split("\n")) ? "errors without a place" : undefined;
}

function isSameWithoutPlaces(ours: readonly string[], theirs: readonly string[]): boolean {
  const left = [...ours];
  const missing = theirs.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return missing.join("\n") === [...new Set(left.map(withoutPlace))].sort().join("\n");
}

/** The values are equal, and only numbers are spelled otherwise: of equal ones met in a search one stays (decision 0015). */
export function isSpelling({ ours, theirs }: Difference): boolean {
  const [left, right] = [ours.split("\n"), theirs.split("\n")];
  return (
    left.length === right.length &&
    left.every((line, i) => {
      const [a, b] = [parseValue(line), parseValue(right[i] ?? "")];
      return line === right[i] || (a.ok && b.ok && equals(a.value, b.value));
    })
  );
}

/** OPA does not prepare the `with` of bodies within a query's expressions (decision 0015). */
export function hasNestedWith(query: string): boolean {
  let depth = 0;
  for (const [token] of query.matchAll(/"(?:[^"\\]|\\.)*"|`[^`]*`|[{[(]|[}\])]|\bwith\b/g)) {
    if (token === "with" && depth > 0) return true;
    if (/^[{[(]$/.test(token)) depth++;
    else if (/^[}\])]$/.test(token)) depth--;
  }
  return false;
}

function isInTemplate({ modules }: Program, name: string): boolean {
  const templates = modules.flatMap(({ source }) =>
    [...source.matchAll(/\$(?:".*?-"|`.*?-`)/g)].map(([text]) => text),
  );
  return templates.some((text) => new RegExp(`\\b${name}\\b`).test(text));
}

function withoutPlace(error: string): string {
  return error.replace(/^\w+:\d+:\d+: /, "");
}

/** What stays the same of a difference while its program is made smaller. */
export function signature({ question, ours, theirs }: Difference): string {
  const kind = question.replace(/^data\S*?(?=,|$)/, "data");
  return `${kind}: ${shapeOf(ours)} / ${shapeOf(theirs)}`;
}

/** The code of an error and its words without what is quoted, or `value`. */
function shapeOf(answer: string): string {
  const error = /^\S+:\d+:\d+: (\w+): (.*)/.exec(answer);
  if (!error) return answer === "undefined" ? answer : "value";
  return `${error[1]} ${(error[2] ?? "").replace(/["`'].*["`']|\d+|\b[rfva]\d+\b/g, "…").slice(0, 40)}`;
}

/**
 * Texts of OPA 1.22 that are other than those OPA's conformance cases want (and Portcullis has): both sides are compared
 * in the words of the right column.
 */
const REWORDED: readonly (readonly [theirs: RegExp, common: string])[] = [
  [
    /(rule|function) data.*? produced conflicting values( for the same inputs)?:(\n {2}.*)+/g,
    "conflicting values",
  ],
  // Their place is that of the last mention of any rule in the file: OPA writes into a place that all of them share.
  [/^\S*:\d+:\d+: (?=rego_type_error: (undefined ref:|function \S+ used as reference))/gm, ""],
  [/complete rules must not produce multiple outputs/g, "conflicting values"],
  [/functions must not produce multiple outputs for same inputs/g, "conflicting values"],
];

/** The errors of an answer, one a line, in words that both evaluators use; equal ones once. */
export function inCommonWords(errors: string): string {
  const text = REWORDED.reduce((words, [theirs, common]) => words.replace(theirs, common), errors);
  return [...new Set(text.split("\n"))].sort().join("\n");
}
