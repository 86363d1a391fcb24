/** Lines around each change that are shown. */
const CONTEXT = 3;
/** Beyond this many lines, what differs is shown as one block: the exact comparison costs their product. */
const MAX_LINES = 4_000;

type Step = readonly [kind: " " | "-" | "+", line: string];

/** What changes between two texts, in the unified form that `patch` reads; empty where nothing does. */
export function unifiedDiff(before: string, after: string, name: string): string {
  if (before === after) return "";
  const steps = compare(linesOf(before), linesOf(after));
  let out = `--- ${name}\n+++ ${name}\n`;
  for (const [from, to] of hunks(steps)) out += hunkText(steps, from, to);
  return out;
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/(?<=\n)/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

function compare(a: readonly string[], b: readonly string[]): readonly Step[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end])
    end++;
  const left = a.slice(start, a.length - end);
  const right = b.slice(start, b.length - end);
  const middle =
    left.length > MAX_LINES || right.length > MAX_LINES
      ? [...left.map((line): Step => ["-", line]), ...right.map((line): Step => ["+", line])]
      : longestCommon(left, right);
  const same = (lines: readonly string[]): readonly Step[] => lines.map((line) => [" ", line]);
  return [...same(a.slice(0, start)), ...middle, ...same(a.slice(a.length - end))];
}

/** Keeps the longest common subsequence of lines. */
function longestCommon(a: readonly string[], b: readonly string[]): readonly Step[] {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[i] === b[j]
          ? (lengths[(i + 1) * width + j + 1] as number) + 1
          : Math.max(lengths[(i + 1) * width + j] as number, lengths[i * width + j + 1] as number);
    }
  }
  const steps: Step[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      steps.push([" ", a[i++] as string]);
      j++;
    } else if (
      j >= b.length ||
      (i < a.length && (lengths[(i + 1) * width + j] as number) >= (lengths[i * width + j + 1] as number))
    ) {
      steps.push(["-", a[i++] as string]);
    } else steps.push(["+", b[j++] as string]);
  }
  return steps;
}

/** Stretches of steps around changes, bounds in steps. */
function hunks(steps: readonly Step[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  steps.forEach(([kind], i) => {
    if (kind === " ") return;
    const last = found.at(-1);
    const from = Math.max(0, i - CONTEXT);
    const to = Math.min(steps.length, i + 1 + CONTEXT);
    if (last && from <= last[1]) last[1] = to;
    else found.push([from, to]);
  });
  return found;
}

function hunkText(steps: readonly Step[], from: number, to: number): string {
  const count = (until: number, since: number, without: string): number =>
    steps.slice(since, until).filter(([kind]) => kind !== without).length;
  const range = (without: "+" | "-"): string => {
    const size = count(to, from, without);
    const start = count(from, 0, without) + (size === 0 ? 0 : 1);
    return size === 1 ? String(start) : `${start},${size}`;
  };
  const lines = steps.slice(from, to).map(([kind, line]) => {
    return line.endsWith("\n") ? kind + line : `${kind}${line}\n\\ No newline at end of file\n`;
  });
  return `@@ -${range("+")} +${range("-")} @@\n${lines.join("")}`;
}
