import { BuiltinError, type BuiltinContext } from "../builtin.ts";

/**
 * True when some string matches both patterns of the small dialect of `regex.globs_match`: literals, `.`, `[a-z]`, each
 * perhaps followed by `*` or `+`. The search is the one OPA uses, greedy as it is: after a starred token it commits
 * to the tokens it has swallowed, so that a few intersections are not found.
 */
export function globsIntersect(left: string, right: string, context: BuiltinContext): boolean {
  const a = tokenize(left);
  const b = tokenize(right);
  let from = 0;
  while (from < a.length && from < b.length && isPlain(a[from]) && isPlain(b[from])) {
    if (!tokensMatch(a[from] as Token, b[from] as Token)) return false;
    from++;
  }
  if (from > 0) from--;
  let endA = a.length - 1;
  let endB = b.length - 1;
  while (endA >= from && endB >= from && isPlain(a[endA]) && isPlain(b[endB])) {
    if (!tokensMatch(a[endA] as Token, b[endB] as Token)) return false;
    endA--;
    endB--;
  }
  if (endA < a.length - 1) {
    endA++;
    endB++;
  }
  return new Search(context).normal(a.slice(from, endA + 1), 0, b.slice(from, endB + 1), 0, 0);
}

interface Token {
  /** Undefined for `.`; else sorted ranges that do not touch. */
  readonly ranges: readonly (readonly [number, number])[] | undefined;
  readonly kind: "character" | "dot" | "set";
  flag: "" | "+" | "*";
}

/** Deeper recursion than this is a pattern made to hurt. */
const MAX_RECURSION = 1_500;

class Search {
  readonly #context: BuiltinContext;

  constructor(context: BuiltinContext) {
    this.#context = context;
  }

  normal(a: readonly Token[], i: number, b: readonly Token[], j: number, depth: number): boolean {
    if (depth > MAX_RECURSION) throw new BuiltinError("patterns too long");
    for (; i < a.length && j < b.length; i++, j++) {
      this.#context.charge(1);
      const x = a[i] as Token;
      const y = b[j] as Token;
      if (x.flag === "" && y.flag === "") {
        if (!tokensMatch(x, y)) return false;
      } else if (x.flag !== "") return this.#flagged(a, i, b, j, depth + 1);
      else return this.#flagged(b, j, a, i, depth + 1);
    }
    return i === a.length && j === b.length;
  }

  #flagged(flagged: readonly Token[], i: number, other: readonly Token[], j: number, depth: number): boolean {
    if ((flagged[i] as Token).flag === "*") return this.#star(flagged, i, other, j, depth);
    if (!tokensMatch(flagged[i] as Token, other[j] as Token)) return false;
    if (this.#star(flagged, i, other, j + 1, depth)) return true;
    // The other one may repeat as well, and swallow this one whole.
    return (other[j] as Token).flag !== "" && this.normal(flagged, i + 1, other, j, depth + 1);
  }

  #star(starred: readonly Token[], i: number, other: readonly Token[], j: number, depth: number): boolean {
    const star = starred[i] as Token;
    const next = starred[i + 1];
    for (; j < other.length; j++) {
      this.#context.charge(1);
      const token = other[j] as Token;
      if (next && tokensMatch(token, next) && this.normal(starred, i + 1, other, j, depth + 1)) return true;
      if (!tokensMatch(token, star)) return false;
    }
    return next === undefined;
  }
}

function isPlain(token: Token | undefined): boolean {
  return token?.flag === "";
}

function tokensMatch(a: Token, b: Token): boolean {
  if (!a.ranges || !b.ranges) return true;
  let i = 0;
  let j = 0;
  while (i < a.ranges.length && j < b.ranges.length) {
    const [lowA, highA] = a.ranges[i] as readonly [number, number];
    const [lowB, highB] = b.ranges[j] as readonly [number, number];
    if (lowA <= highB && lowB <= highA) return true;
    if (highA < highB) i++;
    else j++;
  }
  return false;
}

function tokenize(input: string): readonly Token[] {
  const points = Array.from(input);
  const tokens: Token[] = [];
  let at = 0;
  while (at < points.length) {
    const { token, next } = readToken(input, points, at);
    const flag = points[next];
    at = next;
    if (flag === "+" || flag === "*") {
      token.flag = flag;
      at++;
    } else if (flag === "\\" && next === points.length - 1) throw endsInEscape(input, next);
    const last = tokens.at(-1);
    // `t+t*` is `t+`, `t*t*` is `t*`.
    if (last && last.flag !== "" && token.flag !== "" && sameToken(last, token)) {
      if (token.flag === "+") last.flag = "+";
    } else tokens.push(token);
  }
  return tokens;
}

function readToken(input: string, points: readonly string[], at: number): { token: Token; next: number } {
  const { char, escaped, next } = readPoint(input, points, at);
  if (escaped) return { token: characterToken(char), next };
  switch (char) {
    case ".":
      return { token: { kind: "dot", ranges: undefined, flag: "" }, next };
    case "[":
      return readSet(input, points, next);
    case "]":
      throw invalid(input, next, "set-close ']' with no preceding '['");
    case "+":
    case "*":
      throw invalid(input, next, `flag '${char}' must be preceded by a non-flag`);
    default:
      return { token: characterToken(char), next };
  }
}

function readSet(input: string, points: readonly string[], from: number): { token: Token; next: number } {
  const ranges: [number, number][] = [];
  let previous: string | undefined;
  let at = from;
  while (at < points.length) {
    const { char, escaped, next } = readPoint(input, points, at);
    at = next;
    if (!escaped && char === "]") {
      return { token: { kind: "set", ranges: normalRanges(ranges), flag: "" }, next };
    }
    if (!escaped && char === "-") {
      const problem = "range character '-' must be";
      if (previous === undefined) throw invalid(input, at, `${problem} preceded by a Unicode character`);
      if (at >= points.length - 1) throw invalid(input, at, `${problem} followed by a Unicode character`);
      const high = readPoint(input, points, at);
      at = high.next;
      if (!high.escaped && (high.char === "]" || high.char === "-")) {
        throw invalid(input, at, "range character '-' cannot be followed by a special symbol");
      }
      const lowCode = previous.codePointAt(0) as number;
      const highCode = high.char.codePointAt(0) as number;
      if (highCode < lowCode) {
        throw invalid(
          input,
          at,
          `range is out of order: '${high.char}' comes before '${previous}' in Unicode`,
        );
      }
      ranges.push([lowCode, highCode]);
      previous = undefined;
    } else {
      const code = char.codePointAt(0) as number;
      ranges.push([code, code]);
      previous = char;
    }
  }
  throw invalid(input, at, "found [ without matching ]");
}

function readPoint(
  input: string,
  points: readonly string[],
  at: number,
): { char: string; escaped: boolean; next: number } {
  const char = points[at] as string;
  if (char !== "\\") return { char, escaped: false, next: at + 1 };
  if (at === points.length - 1) throw endsInEscape(input, at);
  return { char: points[at + 1] as string, escaped: true, next: at + 2 };
}

function characterToken(char: string): Token {
  const code = char.codePointAt(0) as number;
  return { kind: "character", ranges: [[code, code]], flag: "" };
}

function normalRanges(ranges: [number, number][]): readonly (readonly [number, number])[] {
  ranges.sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [low, high] of ranges) {
    const last = merged.at(-1);
    if (last && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

function sameToken(a: Token, b: Token): boolean {
  if (a.kind !== b.kind) return false;
  if (!a.ranges || !b.ranges) return true;
  const theirs = b.ranges;
  return (
    a.ranges.length === theirs.length &&
    a.ranges.every(([low, high], i) => low === theirs[i]?.[0] && high === theirs[i]?.[1])
  );
}

function endsInEscape(input: string, at: number): BuiltinError {
  return invalid(input, at, "input ends with a \\ (escape) character");
}

function invalid(input: string, position: number, problem: string): BuiltinError {
  return new BuiltinError(`input:${input}, pos:${position}, ${problem}: the input provided is invalid`);
}
