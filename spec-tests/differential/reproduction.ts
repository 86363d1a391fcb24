import type { Program } from "./generate/program.ts";
import { LIBRARY } from "./generate/program.ts";
import type { Difference } from "./outcome.ts";

/** A script that shows a difference with both tools, and what each said. */
export function reproduction(program: Program, { question, ours, theirs }: Difference): string {
  const asked = question === "query" ? program.query : /^data\S*?(?=,|$)/.exec(question)?.[0];
  const usesLibrary = program.modules.some(({ source }) => /\blib\b/.test(source));
  const files = [...(usesLibrary ? [{ name: "lib", source: LIBRARY }] : []), ...program.modules];
  const flags = [
    ...(program.version === "v0" ? ["--v0-compatible"] : []),
    ...(question.endsWith(", strict") ? ["--strict-builtin-errors"] : []),
    ...files.map(({ name }) => `-d ${name}.rego`),
    "-d data.json -i input.json",
  ];
  return [
    "─".repeat(100),
    ...files.map(({ name, source }) => heredoc(`${name}.rego`, source.trimEnd())),
    heredoc("input.json", program.input),
    heredoc("data.json", `{"base": ${program.base}}`),
    `for tool in "$OPA_BIN" rego; do $tool eval ${flags.join(" ")} ${shellText(asked ?? "data.t")}; done`,
    "",
    `# ${question}`,
    `# ours:   ${ours.replaceAll("\n", "\n#         ")}`,
    `# theirs: ${theirs.replaceAll("\n", "\n#         ")}`,
    "",
  ].join("\n");
}

function shellText(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function heredoc(file: string, text: string): string {
  return `cat > ${file} <<'END'\n${text}\nEND`;
}
