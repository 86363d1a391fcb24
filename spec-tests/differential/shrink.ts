import { Choices } from "./generate/choices.ts";
import { program, type Program } from "./generate/program.ts";

/** Whether a smaller program still shows what the bigger one showed. */
export type StillShows = (candidate: Program) => Promise<boolean>;

/** How many candidates one program may cost. */
const ATTEMPTS = 600;

/**
 * Makes a program smaller that shows something, first by fewer and smaller choices (which keeps it well-typed), then by
 * leaving out rules and lines of its text, then by smaller documents.
 */
export async function shrink(choices: readonly number[], stillShows: StillShows): Promise<Program> {
  let left = ATTEMPTS;
  const holds = (candidate: Program): Promise<boolean> =>
    left-- > 0 ? stillShows(candidate) : Promise.resolve(false);
  const best = await shrinkChoices(choices, holds);
  left = Math.max(left, ATTEMPTS / 3);
  return shrinkTexts(program(new Choices(best)), holds);
}

async function shrinkChoices(choices: readonly number[], holds: StillShows): Promise<readonly number[]> {
  let best = choices;
  const improves = async (candidate: readonly number[]): Promise<boolean> => {
    const made = new Choices(candidate);
    if (!(await holds(program(made)))) return false;
    best = made.taken.slice(0, candidate.length);
    return true;
  };
  for (let before = -1; before !== best.length;) {
    before = best.length;
    for (let size = Math.ceil(best.length / 2); size >= 1; size = Math.floor(size / 2)) {
      for (let at = best.length - size; at >= 0; at -= size) {
        const cut = best.toSpliced(at, size);
        if (await improves(cut)) continue;
        if (best.slice(at, at + size).every((choice) => choice === 0)) continue;
        await improves(best.toSpliced(at, size, ...Array.from({ length: size }, () => 0)));
      }
    }
  }
  return best;
}

async function shrinkTexts(start: Program, holds: StillShows): Promise<Program> {
  let best = start;
  const improve = async (separator: RegExp | string): Promise<void> => {
    for (let index = best.modules.length - 1; index >= 0; index--) {
      for (let part = partsOf(best, index, separator).length - 1; part > 0; part--) {
        const source = partsOf(best, index, separator).toSpliced(part, 1).join("");
        const modules = best.modules.map((module, i) => (i === index ? { ...module, source } : module));
        if (await holds({ ...best, modules })) best = { ...best, modules };
      }
    }
  };
  for (let before = -1; before !== sizeOf(best);) {
    before = sizeOf(best);
    for (let index = best.modules.length - 1; index >= 0; index--) {
      const modules = best.modules.toSpliced(index, 1);
      if (modules.length > 0 && (await holds({ ...best, modules }))) best = { ...best, modules };
    }
    for (const separator of [/(?<=\n\n)/, /(?<=\n)/, /(?<=; )|(?=\} )|(?= with )/]) await improve(separator);
    const literals = best.query?.split("; ") ?? [];
    for (let i = literals.length - 2; i >= 0; i--) {
      const left = best.query?.split("; ").toSpliced(i, 1).join("; ");
      if (left !== undefined && (await holds({ ...best, query: left }))) best = { ...best, query: left };
    }
    for (const field of ["input", "base"] as const) {
      for (const document of smaller(best[field])) {
        if (await holds({ ...best, [field]: document })) best = { ...best, [field]: document };
      }
    }
  }
  return best;
}

function partsOf(program: Program, index: number, separator: RegExp | string): string[] {
  return program.modules[index]?.source.split(separator) ?? [];
}

function sizeOf({ modules, input, base, query = "" }: Program): number {
  return modules.reduce((sum, { source }) => sum + source.length, input.length + base.length + query.length);
}

/** The document without all, or without one of its members. */
function* smaller(document: string): Generator<string> {
  if (document === "{}") return;
  yield "{}";
  const members = document.slice(1, -1).split(/, (?="\w+": )/);
  for (let i = 0; i < members.length; i++) yield `{${members.toSpliced(i, 1).join(", ")}}`;
}
