import { parseModule, parseQuery, walkRule, walkTerm } from "@portcullis/interpreter";
import type { Program, ProgramModule } from "./generate/program.ts";

type Term = Parameters<typeof walkTerm>[0];

/** Text put in at a place. */
interface Edit {
  readonly at: number;
  readonly text: string;
}

/**
 * The program with values in place of literals of sets and objects that hold more than constants: `({x, 1} | set())` for
 * `{x, 1}`. OPA keeps such a literal as it is written, and goes through its terms in the order of terms, equal ones each;
 * a builtin's result has the order of values. Literals that are patterns stay: replacing one does not compile.
 */
export function withPlainLiterals(program: Program, compiles: (candidate: Program) => boolean): Program {
  let best = program;
  for (const index of program.modules.keys()) {
    const module = program.modules[index] as ProgramModule;
    best = withEdits(editsOf(literalsOf(module, program.version)), module.source, (source) => {
      const modules = best.modules.with(index, { ...module, source });
      return { ...best, modules };
    });
  }
  if (program.query === undefined) return best;
  return withEdits(editsOf(literalsOfQuery(program.query, program.version)), program.query, (query) => ({
    ...best,
    query,
  }));

  /** Makes each edit that leaves a program that compiles. */
  function withEdits(
    edits: readonly (readonly Edit[])[],
    text: string,
    made: (text: string) => Program,
  ): Program {
    let kept: readonly Edit[] = [];
    let result = best;
    for (const edit of edits) {
      const candidate = made(edited(text, [...kept, ...edit]));
      if (!compiles(candidate)) continue;
      kept = [...kept, ...edit];
      result = candidate;
    }
    return result;
  }
}

function literalsOf({ name, source }: ProgramModule, version: Program["version"]): readonly Term[] {
  const parsed = parseModule({ name, source, version });
  const found: Term[] = [];
  const term = (one: Term): void => collect(one, found);
  if (parsed.ok) for (const rule of parsed.module.rules) walkRule(rule, { term });
  return found;
}

function literalsOfQuery(query: string, version: Program["version"]): readonly Term[] {
  const parsed = parseQuery(query, version);
  const found: Term[] = [];
  if (!parsed.ok) return found;
  for (const expr of parsed.body) {
    const terms =
      expr.terms.kind === "call"
        ? expr.terms.args
        : expr.terms.kind === "some"
          ? expr.terms.symbols
          : expr.terms.kind === "every"
            ? [expr.terms.domain]
            : expr.terms.kind === "term"
              ? [expr.terms.term]
              : [];
    for (const one of [...terms, ...expr.with.map(({ value }) => value)]) {
      walkTerm(one, { term: (inner) => collect(inner, found) });
    }
  }
  return found;
}

function collect(term: Term, found: Term[]): void {
  const isComposite = term.kind === "set" || term.kind === "object";
  if (isComposite && /[a-z_$]/i.test(term.location.text.replace(/"[^"]*"/g, ""))) found.push(term);
}

function editsOf(literals: readonly Term[]): readonly (readonly Edit[])[] {
  return literals.map(({ kind, location: { start, end } }) =>
    kind === "set"
      ? [
          { at: start, text: "(" },
          { at: end, text: " | set())" },
        ]
      : [
          { at: start, text: "object.union(" },
          { at: end, text: ", {})" },
        ],
  );
}

/** Edits never part one another: at one place closing ones come before opening ones, inner ones before outer ones. */
function edited(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { at, text: added } of edits.toSorted((a, b) => b.at - a.at)) {
    result = result.slice(0, at) + added + result.slice(at);
  }
  return result;
}
