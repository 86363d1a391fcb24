/** The first lines that differ of two texts, ours with `-` and theirs with `+`, with some before. */
export function firstDifference({
  ours,
  theirs,
}: {
  readonly ours: string;
  readonly theirs: string;
}): string {
  const left = ours.split("\n");
  const right = theirs.split("\n");
  const at = left.findIndex((line, i) => line !== right[i]);
  const from = Math.max(0, (at < 0 ? left.length : at) - 6);
  return [
    ...left.slice(from, at).map((line) => `  ${line}`),
    ...left.slice(at, at + 4).map((line) => `- ${line}`),
    ...right.slice(at, at + 4).map((line) => `+ ${line}`),
  ].join("\n");
}
