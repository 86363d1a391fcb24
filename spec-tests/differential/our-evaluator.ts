import {
  createRego,
  formatError,
  getOwn,
  parseJson,
  type ModuleSource,
  type PlainObject,
  type QueryResult,
  type Rego,
  type RegoError,
  type Value,
} from "@portcullis/interpreter";
import { nodeHost } from "@portcullis/interpreter/node";
import { LIBRARY, type Program } from "./generate/program.ts";
import { inCommonWords, type Outcome } from "./outcome.ts";
import { interrogate } from "./questions.ts";

/** Enough for every program of the size that is generated, little enough to go on soon after one that explodes. */
const BUDGET = { steps: 3_000_000, elements: 1_000_000 } as const;

const host = nodeHost();

/** What Portcullis says about a program. Undefined when the budget ends it. */
export async function ourOutcome(program: Program, strictErrors = false): Promise<Outcome | undefined> {
  const { rego, errors } = compileInOrder(program);
  const input = jsonOf(program.input);
  const data = { base: jsonOf(program.base) } as PlainObject;
  let gaveUp = false;
  const evaluate = (
    text: string,
    strict: boolean,
  ): { readonly failures: readonly RegoError[]; readonly bindings: readonly QueryResult["bindings"][] } => {
    const query = rego.prepare(text, { version: program.version, strictBuiltinErrors: strict });
    const { results, errors: failures } = query.eval({ input, data, budget: BUDGET });
    gaveUp ||= failures.some(({ code }) => code === "eval_cancel_error");
    return { failures: [...query.errors, ...failures], bindings: results.map(({ bindings }) => bindings) };
  };
  const outcome = await interrogate(
    program,
    {
      compile: () => Promise.resolve(errorLines(errors)),
      ask: (document, strict) => {
        const { failures, bindings } = evaluate(
          strict ? document : `x = sprintf("%v", [${document}])`,
          strict,
        );
        if (failures.length > 0) return Promise.resolve({ answer: errorLines(failures), failed: true });
        if (strict) return Promise.resolve({ answer: "no error", failed: false });
        const [first] = bindings;
        return Promise.resolve({
          answer: String((first && getOwn(first, "x")) ?? "undefined"),
          failed: false,
        });
      },
      solve: (text) => {
        const { failures, bindings } = evaluate(text, false);
        const solutions = bindings.map((solution) => String(getOwn(solution, "out")));
        return Promise.resolve(failures.length > 0 ? errorLines(failures) : solutions.join("\n"));
      },
    },
    strictErrors,
  );
  return gaveUp ? undefined : outcome;
}

/** Whether a program and its query have no errors of compiling. */
export function compiles(program: Program): boolean {
  const { rego, errors } = compileInOrder(program);
  if (errors.length > 0) return false;
  const { query, version } = program;
  return query === undefined || rego.prepare(query, { version }).errors.length === 0;
}

/** Compiles the modules as a server gets them: errors are those of the first that does not compile with those before it. */
function compileInOrder(program: Program): { readonly rego: Rego; readonly errors: readonly RegoError[] } {
  const sources: ModuleSource[] = [
    { name: "lib", source: LIBRARY, version: program.version },
    ...program.modules.map((module) => ({ ...module, version: program.version })),
  ];
  const compileFirst = (count: number): Rego =>
    createRego({
      modules: sources.slice(0, count),
      host,
      annotations: true,
      dataPathExists: (path) => path.length === 1 && path[0] === "base",
    });
  let rego = compileFirst(2);
  for (let count = 3; count <= sources.length && rego.errors.length === 0; count++)
    rego = compileFirst(count);
  return { rego, errors: rego.errors };
}

function jsonOf(text: string): Value {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(`${parsed.error.message}: ${text}`);
  return parsed.value;
}

/** `file:row:col: code: message`, one a line; caret lines and the like are left out. */
function errorLines(errors: readonly RegoError[]): string {
  const lines = errors
    .map((error) => {
      const { location, code, message } = error;
      return location
        ? `${location.file}:${location.row}:${location.col}: ${code}: ${message}`
        : formatError(error);
    })
    .join("\n");
  return inCommonWords(lines);
}
