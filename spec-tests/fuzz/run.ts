import { randomChoices, type Choices } from "../differential/generate/choices.ts";
import { checkFragment, checkJson, checkPolicy, type Verdict } from "./check.ts";
import { DOCUMENTS, type CorpusText } from "./corpus.ts";
import { mutateBytes, mutateTokens } from "./mutate.ts";

export type Target = "tokens" | "bytes" | "fragments" | "json";

/** One mutated text, and what must hold for it. */
export interface FuzzCase {
  readonly target: Target;
  readonly text: CorpusText;
  /** Throws when it does not hold. */
  readonly check: (text: CorpusText) => Verdict | undefined;
}

/** The case with this number of a seed: always the same, wherever one starts. */
export function fuzzCase(corpus: readonly CorpusText[], seed: number, number: number): FuzzCase {
  const c = randomChoices(seed * 1_000_003 + number);
  const chosen = c.pick(corpus);
  const other = c.pick(corpus).source;
  switch (c.below(10)) {
    case 0:
      return {
        target: "json",
        text: { source: mutatedDocument(c), version: "v1" },
        check: ({ source }) => checkJson(source),
      };
    case 1:
      return {
        target: "bytes",
        text: { ...chosen, source: mutateBytes(c, chosen.source) },
        check: checkPolicy,
      };
    case 2:
      return {
        target: "fragments",
        text: { ...chosen, source: fragment(c, chosen.source, other) },
        check: fragments,
      };
    default:
      return {
        target: "tokens",
        text: { ...chosen, source: mutateTokens(c, chosen.source, other) },
        check: checkPolicy,
      };
  }
}

function mutatedDocument(c: Choices): string {
  const document = c.pick(DOCUMENTS);
  return c.below(2) === 0 ? mutateBytes(c, document) : mutateTokens(c, document, c.pick(DOCUMENTS));
}

/** A line or two, without what stands around them. */
function fragment(c: Choices, source: string, other: string): string {
  const lines = source.split("\n");
  const at = c.below(lines.length);
  return mutateTokens(c, lines.slice(at, at + 1 + c.below(2)).join("\n"), other);
}

function fragments(text: CorpusText): undefined {
  checkFragment(text);
}

/** The shortest text found, by leaving out ever smaller pieces, that still fails in the same way. */
export function shortest({ text, check }: FuzzCase): CorpusText {
  const wanted = failureOf(text, check);
  let best = text;
  for (let size = Math.ceil(best.source.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = best.source.length - size; at >= 0; at -= size) {
      const source = best.source.slice(0, at) + best.source.slice(at + size);
      if (failureOf({ ...best, source }, check) === wanted) best = { ...best, source };
    }
  }
  return best;
}

/** What is thrown for a text, in a line; undefined when nothing is. */
export function failureOf(text: CorpusText, check: FuzzCase["check"]): string | undefined {
  try {
    check(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) return String(error);
    const place = /\n\s+at .*?([\w.-]+\.ts:\d+)/.exec(error.stack ?? "")?.[1] ?? "";
    return `${error.name}: ${error.message.slice(0, 200)} (${place})`;
  }
}
