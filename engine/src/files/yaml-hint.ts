/** What an author who gets a YAML error of this code on this line probably did. */
export function yamlHint(code: string, line: string): string | undefined {
  if (/^\s*\t/.test(line)) return "YAML allows no tabs for indentation: use spaces";
  if (line.includes("{{")) return HELM_HINT;
  return HINTS[code];
}

export const HELM_HINT = "this looks like a Helm template: render the chart first (`helm template`)";

const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "YAML allows no tabs for indentation: use spaces",
  BAD_INDENT: "the keys of one mapping must start in the same column",
  BLOCK_AS_IMPLICIT_KEY: "a text that contains `: ` must stand in quotes",
  MULTILINE_IMPLICIT_KEY: "a `:` after the key is missing, or the line is indented too little",
  MISSING_CHAR: "a closing quote, bracket or colon is missing",
  UNEXPECTED_TOKEN: "put the value in quotes if it is meant as text",
  BAD_SCALAR_START: "a text that starts with this character must stand in quotes",
  BAD_ALIAS: "a text that starts with `*` or `&` must stand in quotes",
  BAD_DQ_ESCAPE: "in double quotes `\\` starts an escape: write `\\\\` or use single quotes",
  IMPOSSIBLE: "check the indentation of this line",
};
