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
 * Why a difference is none that matters; undefined where it matters.
 * - Further type errors: both report one and the same error first of all, but not the same ones that follow from it.
 * - Unresolved templates: OPA does not know rules and imports in a template string within the brackets of a reference
 *   (decision 0015). It says so of a name that stands there.
 * - Errors without a place: OPA has lost it, for a call in a template string.
 * - Spared conflicts: OPA's index looks at more than ours, so it may leave a clause out whose evaluation ends in a conflict.
 */
export function excuse({ question, ours, theirs }: Difference, program: Program): string | undefined {
  if (question === "compile") {
    const unknown = /(?:var (\S+) is (?:undeclared|unsafe)|undefined function (\w+)\S*)$/m.exec(theirs);
    if (unknown && isInBracketedTemplate(program, unknown[1] ?? unknown[2] ?? ""))
      return "unresolved templates";
    if (withoutPlaces(ours) === withoutPlaces(theirs)) return "errors without a place";
    const errors = new Set(`${ours}\n${withoutPlaces(ours)}`.split("\n").filter((line) => line !== ""));
    return theirs.split("\n").some((line) => errors.has(line)) ? "further compile errors" : undefined;
  }
  return ours.includes("eval_conflict_error") && !theirs.includes("_error: ")
    ? "spared conflicts"
    : undefined;
}

function isInBracketedTemplate({ modules }: Program, name: string): boolean {
  const templates = modules.flatMap(({ source }) =>
    [...source.matchAll(/\[\$".*?"\]/g)].map(([text]) => text),
  );
  return templates.some((text) => new RegExp(`\\b${name}\\b`).test(text));
}

function withoutPlaces(errors: string): string {
  return errors.replace(/^\w+:\d+:\d+: /gm, "");
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
    /(rule|function) data\S+ produced conflicting values( for the same inputs)?:(\n {2}.*)+/g,
    "conflicting values",
  ],
  // Their place is that of the last mention of any rule in the file: OPA writes into a place that all of them share.
  [/^\S+:\d+:\d+: (?=rego_type_error: (undefined ref:|function \S+ used as reference))/gm, ""],
  [/complete rules must not produce multiple outputs/g, "conflicting values"],
  [/functions must not produce multiple outputs for same inputs/g, "conflicting values"],
];

/** The errors of an answer, one a line, in words that both evaluators use; equal ones once. */
export function inCommonWords(errors: string): string {
  const text = REWORDED.reduce((words, [theirs, common]) => words.replace(theirs, common), errors);
  return [...new Set(text.split("\n"))].sort().join("\n");
}
