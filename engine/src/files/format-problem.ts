import type { FileProblem, Place } from "./manifest.ts";

/** A problem as people read it: `file:line:column: message`, the line with a caret, the hint. */
export function formatProblem(problem: FileProblem): string {
  const lines = [`${formatPlace(problem)}: ${problem.message}`];
  if (problem.excerpt) lines.push(...problem.excerpt.split("\n").map((line) => `    ${line}`));
  if (problem.hint) lines.push(`    hint: ${problem.hint}`);
  return lines.join("\n");
}

/** `file:line:column`, or the file alone where the whole file is meant. */
export function formatPlace(place: Place): string {
  return place.line === 0 ? place.file : `${place.file}:${place.line}:${place.column}`;
}
