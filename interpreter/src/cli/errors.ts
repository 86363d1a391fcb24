import { formatErrors, type RegoError } from "../errors.ts";
import { fields, indented, type Fields, type Report } from "./json.ts";
import { refJson } from "../builtins/rego/module-json.ts";
import type { RefTerm } from "../syntax/ast.ts";
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

/** A parse error's line and the place in it, as OPA has them; other details in their own form, or as their lines. */
function detailsJson({ code, location, details = [], detailsJson: json }: RegoError): Report | undefined {
  if (json) {
    const { ref, ...others } = json as Readonly<Record<string, Report>>;
    return fields(ref === undefined ? others : { ref: refJson(ref as unknown as RefTerm), ...others });
  }
  const [line, marks] = details;
  if (line === undefined) return undefined;
  const caret = marks?.indexOf("^") ?? -1;
  if (code === "rego_parse_error" && caret >= 0) {
    // The text form leaves tabs at the front out; at the end of a file it shows the last line that is not blank.
    const above = location?.source.text.split(/[\r\n]/).slice(0, location.row) ?? [];
    const written = above.findLast((one) => one.replace(/^\t+/, "") === line) ?? line;
    return fields({ line: written, idx: written.length - line.length + caret });
  }
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
