import type { Program } from "./generate/program.ts";
import type { Answer, Outcome } from "./outcome.ts";

/** The package of a program that is asked for. */
export const ROOT = "data.t";

/** What questions are put to: an evaluator that holds one compiled program. */
export interface Respondent {
  /** Errors of compiling, empty when there are none. */
  readonly compile: () => Promise<string>;
  /** The answer for a document; with strict errors `no error` for any value. */
  readonly ask: (
    document: string,
    strict: boolean,
  ) => Promise<{ readonly answer: string; readonly failed: boolean }>;
  /** What the solutions of a query bind `out` to, one a line. */
  readonly solve: (query: string) => Promise<string>;
}

/**
 * Puts the questions: does it compile, what is the package's value, what are the solutions of its query, and the package
 * again with strict builtin errors. Where the
 * package as a whole fails, each of its rules is asked for, since one failure hides what the others give. With strict
 * errors the question is only which error comes first.
 */
export async function interrogate(
  program: Program,
  respondent: Respondent,
  strictErrors: boolean,
): Promise<Outcome> {
  const compiled = await respondent.compile();
  const answers: Answer[] = [{ question: "compile", answer: compiled }];
  if (compiled !== "") return answers;
  for (const strict of strictErrors ? [false, true] : [false]) {
    const whole = await respondent.ask(ROOT, strict);
    answers.push({ question: questionText(ROOT, strict), answer: whole.answer });
    if (!whole.failed) continue;
    for (const name of ruleNames(program)) {
      const document = `${ROOT}.${name}`;
      const { answer } = await respondent.ask(document, strict);
      answers.push({ question: questionText(document, strict), answer });
    }
  }
  if (program.query !== undefined) {
    answers.push({ question: "query", answer: await respondent.solve(program.query) });
  }
  return answers;
}

function questionText(document: string, strict: boolean): string {
  return strict ? `${document}, strict` : document;
}

/** The names of the rules of the asked package that are no functions. */
function ruleNames(program: Program): readonly string[] {
  const text = program.modules.map(({ source }) => source).filter((source) => /^package t$/m.test(source));
  const names = text.flatMap((source) =>
    [...source.matchAll(/^(?:default )?(\w+)(?![\w(])/gm)].map(([, name]) => name ?? ""),
  );
  return [...new Set(names)].filter((name) => /^r\d+$/.test(name)).sort();
}
