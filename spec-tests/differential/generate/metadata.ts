import type { Choices } from "./choices.ts";

const FIELDS = [
  "title: A title",
  "description: |\n#  Two\n#  lines",
  "custom:\n#  k: [1, 2.50]\n#  o:\n#   x: null",
  "custom:\n#  severity: high",
  "authors:\n# - Jane Doe <jane@example.com>\n# - name: J",
  "organizations: [a, b]",
  "related_resources:\n# - ref: https://example.com/a\n# - https://example.com/b",
  "entrypoint: true",
] as const;

/** A METADATA block; it says of what, where that is not the next statement. */
export function metadataText(
  c: Choices,
  scopes: readonly ("package" | "subpackages" | "document" | "rule")[],
): string {
  const lines = [...new Set(c.list(1, 3, () => c.pick(FIELDS)))].filter(
    (line, index, all) => all.findIndex((other) => other.split(":")[0] === line.split(":")[0]) === index,
  );
  const scope = c.chance(50) ? `# scope: ${c.pick(scopes)}\n` : "";
  // An entrypoint is one rule or one package.
  const fitting =
    scope.includes("subpackages") || scope.includes("document")
      ? lines.filter((line) => !line.startsWith("entrypoint"))
      : lines;
  return `# METADATA\n${scope}${fitting.map((line) => `# ${line}\n`).join("")}`;
}
