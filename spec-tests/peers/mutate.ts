import { IMPORTS, RULES, STATEMENTS, TOKENS } from "./snippets.ts";

/** A source of numbers in [0, 1). */
export type Random = () => number;

/** Numbers that a seed decides (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** What is done to a policy, by name. */
export interface Mutation {
  readonly name: string;
  readonly source: string;
}

type Mutator = (pieces: readonly Piece[], random: Random) => string | undefined;

/** A word, number, string, operator or comment, or the whitespace between two. */
interface Piece {
  readonly text: string;
  readonly kind: "space" | "comment" | "word" | "literal" | "operator";
}

const PIECES =
  /(\s+)|(#[^\n]*)|([A-Za-z_]\w*)|("(?:[^"\\\n]|\\.)*"|`[^`]*`|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(:=|==|!=|<=|>=|.)/gsu;
const KINDS = ["space", "comment", "word", "literal", "operator"] as const;

function piecesOf(source: string): Piece[] {
  return [...source.matchAll(PIECES)].map((match) => {
    const at = match.slice(1).findIndex((group) => group !== undefined);
    return { text: match[0], kind: KINDS[at] as Piece["kind"] };
  });
}

const MUTATORS: Readonly<Record<string, Mutator>> = {
  "delete token": at(solid, () => []),
  "double token": at(solid, (piece) => [piece, piece]),
  "replace token": at(solid, (_, random) => [pick(TOKENS, random)]),
  "insert token": at(solid, (piece, random) => [piece, " ", pick(TOKENS, random), " "]),
  "rename one": at(isWord, (piece) => [`${piece}x`]),
  misspell: at(isWord, (piece, random) => {
    const i = Math.floor(random() * piece.length);
    return [piece.slice(0, i) + piece.slice(i + 1)];
  }),
  "other type": at(isLiteral, (_, random) => [
    pick(["1", '"a"', "true", "null", "[]", "{}", "set()", "1.5", "{1}", '["a"]', '{"a": 1}'], random),
  ]),
  "drop argument": at(isComma, (_piece, _random, pieces, i) => {
    let end = i + 1;
    while (end < pieces.length && !/^[,)\]}\n]/.test(pieces[end]?.text ?? "")) end++;
    return { upTo: end, texts: [] };
  }),
  "add argument": at(isClose, (piece, random) => [", ", pick(["1", "x", '"a"', "input"], random), piece]),
  "insert statement": at(opensOrBreaks, (piece, random) => [piece, pick(STATEMENTS, random), "\n"]),
  "append rule": (pieces, random) => `${textOf(pieces)}\n${renamed(pick(RULES, random), pieces, random)}\n`,
  "insert rule": atLine((random, pieces) => renamed(pick(RULES, random), pieces, random)),
  "insert import": atLine((random) => pick(IMPORTS, random)),
  "delete line": (pieces, random) => {
    const lines = textOf(pieces).split("\n");
    lines.splice(Math.floor(random() * lines.length), 1);
    return lines.join("\n");
  },
  "double line": (pieces, random) => {
    const lines = textOf(pieces).split("\n");
    const i = Math.floor(random() * lines.length);
    lines.splice(i, 0, lines[i] as string);
    return lines.join("\n");
  },
  "join lines": at(isBreak, () => [" "]),
  cut: (pieces, random) => textOf(pieces.slice(0, Math.floor(random() * pieces.length))),
  "swap words": (pieces, random) => {
    const words = pieces.flatMap((piece, i) => (isWord(piece) ? [i] : []));
    if (words.length < 2) return undefined;
    const [a, b] = [pick(words, random), pick(words, random)];
    const swapped = pieces.map((piece, i) => pieces[i === a ? b : i === b ? a : i] ?? piece);
    return textOf(swapped);
  },
};

/** One to three faults put into a policy. */
export function mutate(source: string, random: Random): Mutation {
  const names: string[] = [];
  let current = source;
  const count = random() < 0.7 ? 1 : random() < 0.7 ? 2 : 3;
  for (let i = 0; i < count; i++) {
    const name = pick(Object.keys(MUTATORS), random);
    const next = (MUTATORS[name] as Mutator)(piecesOf(current), random);
    if (next === undefined) continue;
    names.push(name);
    current = next;
  }
  return { name: names.join(" + "), source: current };
}

type Change = (
  text: string,
  random: Random,
  pieces: readonly Piece[],
  at: number,
) => readonly string[] | { readonly upTo: number; readonly texts: readonly string[] };

/** Changes one of the pieces that fit. */
function at(fits: (piece: Piece) => boolean, change: Change): Mutator {
  return (pieces, random) => {
    const places = pieces.flatMap((piece, i) => (fits(piece) ? [i] : []));
    if (places.length === 0) return undefined;
    const place = pick(places, random);
    const changed = change((pieces[place] as Piece).text, random, pieces, place);
    const { upTo, texts } = "upTo" in changed ? changed : { upTo: place + 1, texts: changed };
    return textOf(pieces.slice(0, place)) + texts.join("") + textOf(pieces.slice(upTo));
  };
}

/** Puts a line between two lines. */
function atLine(line: (random: Random, pieces: readonly Piece[]) => string): Mutator {
  return (pieces, random) => {
    const lines = textOf(pieces).split("\n");
    // Mostly where a statement may begin: ahead of a line that is not indented.
    const starts = lines.flatMap((text, i) => (/^[a-z]/.test(text) ? [i] : []));
    const place =
      starts.length > 0 && random() < 0.9 ? pick(starts, random) : Math.floor(random() * lines.length);
    lines.splice(place, 0, line(random, pieces));
    return lines.join("\n");
  };
}

/** A rule about a name that the policy has. */
function renamed(rule: string, pieces: readonly Piece[], random: Random): string {
  const heads = pieces.filter(
    (piece, i) => isWord(piece) && (i === 0 || pieces[i - 1]?.text.endsWith("\n") === true),
  );
  const names = heads
    .map(({ text }) => text)
    .filter((text) => !/^(?:package|import|default|else)$/.test(text));
  if (names.length === 0 || random() < 0.2) return rule;
  return rule.replace(/\bp\b/g, pick(names, random));
}

function solid(piece: Piece): boolean {
  return piece.kind !== "space" && piece.kind !== "comment";
}

function isWord(piece: Piece): boolean {
  return piece.kind === "word";
}

function isLiteral(piece: Piece): boolean {
  return piece.kind === "literal";
}

function isComma(piece: Piece): boolean {
  return piece.text === ",";
}

function isClose(piece: Piece): boolean {
  return piece.text === ")" || piece.text === "]";
}

function isBreak(piece: Piece): boolean {
  return piece.text.includes("\n");
}

function opensOrBreaks(piece: Piece): boolean {
  return piece.text === "{" || (piece.kind === "space" && /\n\s+$/.test(piece.text));
}

function textOf(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join("");
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[Math.floor(random() * items.length)] as Item;
}
