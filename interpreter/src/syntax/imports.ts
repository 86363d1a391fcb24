import type { Import, RegoVersion } from "./ast.ts";
import type { Place, Problem } from "./diagnostics.ts";
import type { Location } from "../location.ts";
import { didYouMean } from "./nearest-name.ts";
import { placeOf } from "./rule-head.ts";
import { FUTURE_KEYWORDS, KEYWORDS, V1_KEYWORDS } from "./tokens.ts";

const ROOTS = new Set(["data", "input", "future", "rego"]);

/** The words that `import future.keywords.x` accepts, sorted; `future` are those the capabilities list. */
export function importableKeywords(version: RegoVersion, future: readonly string[]): readonly string[] {
  // v1 has the words of v0's imports as keywords already; importing them changes nothing.
  const words = new Set([...V1_KEYWORDS.keys(), ...future.filter((word) => isFutureKeyword(word, version))]);
  return [...words].sort();
}

function isFutureKeyword(word: string, version: RegoVersion): boolean {
  return FUTURE_KEYWORDS.has(word) || (version === "v0" && V1_KEYWORDS.has(word));
}

/** Something wrong with an import. After a final one OPA reads no further. */
export interface ImportProblem extends Problem {
  readonly isFinal?: boolean;
}

/** What is wrong with an import; undefined for a good one. */
export function importProblem(
  node: Import,
  alias: Place | undefined,
  version: RegoVersion,
  importable: readonly string[],
): ImportProblem | undefined {
  const [root, ...rest] = node.path.parts;
  const place = placeOf(node.path.location);
  const name = root.kind === "var" ? root.name : "";
  const words = rest.map((part) => (part.kind === "scalar" ? String(part.value) : ""));
  if (!ROOTS.has(name)) {
    return {
      place,
      isFinal: true,
      hint: didYouMean(name, [...ROOTS]),
      message: `unexpected import path, must begin with one of: {data, future, input, rego}, got: ${name} (hint: if this is unexpected, try updating OPA)`,
    };
  }
  if (alias !== undefined && (node.alias === "input" || node.alias === "data")) {
    return {
      place: alias,
      isFinal: true,
      message: `unexpected import alias, must not be a reserved name, got: ${node.alias}`,
    };
  }
  const last = rest.at(-1);
  if (node.alias === undefined && name !== "future" && last && isKeyword(words.at(-1) as string, version)) {
    return {
      place: placeOf(last.location),
      message: `unexpected import path, must not end with a keyword, got: ${words.at(-1)} (hint: import a different path or use an alias)`,
    };
  }
  if (name === "future") return futureProblem(place, words, alias, importable);
  return name === "rego" ? regoProblem(place, node.path.location, words, alias) : undefined;
}

function futureProblem(
  place: Place,
  words: readonly string[],
  alias: Place | undefined,
  importable: readonly string[],
): Problem | undefined {
  if (words[0] !== "keywords") {
    const hint = didYouMean(words[0] ?? "", ["keywords"]);
    return { place, message: "invalid import, must be `future.keywords`", hint };
  }
  if (alias !== undefined) return { place: alias, message: "`future` imports cannot be aliased" };
  if (words.length === 2 && !importable.includes(words[1] as string)) {
    const hint = didYouMean(words[1] as string, importable);
    return { place, message: `unexpected keyword, must be one of [${importable.join(" ")}]`, hint };
  }
  return undefined;
}

function regoProblem(
  place: Place,
  location: Location,
  words: readonly string[],
  alias: Place | undefined,
): Problem | undefined {
  if (words.length !== 1 || (words[0] !== "v1" && words[0] !== "v2")) {
    return {
      place,
      message: `invalid import \`${location.text}\`, must be one of: \`rego.v1\`, \`rego.v2\``,
    };
  }
  return alias === undefined ? undefined : { place: alias, message: "`rego` imports cannot be aliased" };
}

/** True for a word that no rule or import of this version may be called. */
export function isKeyword(word: string, version: RegoVersion): boolean {
  return KEYWORDS.has(word) || (version === "v1" && V1_KEYWORDS.has(word));
}
