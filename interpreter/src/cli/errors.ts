import { formatErrors, type RegoError } from "../errors.ts";
import { fields, indented, type Fields, type Report } from "./json.ts";
import type { Terminal } from "./terminal.ts";

/** Something to tell the user: an error of a policy, or of what was to be read. */
export type Problem = RegoError | { readonly message: string };

/** An error as OPA's JSON output shows it. */
export function errorJson(problem: Problem): Fields {
  if (!("code" in problem)) return fields({ message: problem.message });
  const { message, code, location } = problem;
  return fields({
    message,
    code,
    location: location && fields({ file: location.file, row: location.row, col: location.col }),
    details: detailsJson(problem),
  });
}

/** A parse error's line and the place in it, as OPA has them; other details as their lines. */
function detailsJson({ code, details = [] }: RegoError): Report | undefined {
  const [line, marks] = details;
  if (line === undefined) return undefined;
  const caret = marks?.indexOf("^") ?? -1;
  if (code === "rego_parse_error" && caret >= 0) return fields({ line, idx: caret });
  return [...details];
}

/** Problems as text: OPA's lines, and what is probably meant below. */
export function problemText(problems: readonly Problem[]): string {
  const errors = problems.filter((problem) => "code" in problem);
  const others = problems.filter((problem) => !("code" in problem));
  const lines =
    errors.length === problems.length
      ? [formatErrors(errors)]
      : [
          `${problems.length} error${problems.length === 1 ? "" : "s"} occurred: ${others.map(({ message }) => message).join("\n")}`,
        ];
  for (const { hint } of errors) if (hint) lines.push(`hint: ${hint}`);
  return lines.join("\n");
}

/** Problems that came up before anything was compiled. */
export function loadingText(problems: readonly Problem[]): string {
  return problemText(problems).replace(/^(\d+ errors? occurred)/, "$1 during loading");
}

/** Tells problems as JSON on standard output, with `more` below them, or as text on standard error. */
export function tellProblems(
  problems: readonly Problem[],
  format: "json" | "pretty",
  terminal: Terminal,
  more: Readonly<Record<string, Report>> = {},
): void {
  if (format === "json") terminal.out(`${indented(fields({ errors: problems.map(errorJson), ...more }))}\n`);
  else terminal.err(`${problemText(problems)}\n`);
}
