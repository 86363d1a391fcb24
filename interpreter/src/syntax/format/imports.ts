import { compareText } from "../../value/text.ts";
import type { Import, Module } from "../ast.ts";
import { FUTURE_KEYWORDS, KEYWORDS, V1_KEYWORDS } from "../tokens.ts";
import { walkRule } from "../visit.ts";

/** The words that are keywords somewhere in the module. */
export function keywordsOf(module: Module): ReadonlySet<string> {
  const future = [...FUTURE_KEYWORDS.keys(), ...V1_KEYWORDS.keys()];
  const imported = future.filter((word) => importsKeyword(module, word) || importsV2(module));
  return new Set([...KEYWORDS.keys(), ...(module.strictV1 ? V1_KEYWORDS.keys() : []), ...imported]);
}

/**
 * Imports of keywords say nothing beside `import rego.v1`, but for those that v1 has not; nor anything beside
 * `import rego.v2`. Of `import future.keywords` there remains what the module uses.
 */
export function neededImports(module: Module): readonly Import[] {
  const { imports } = module;
  const has = (version: string): boolean =>
    imports.some((one) => wordsOf(one).join(".") === `rego.${version}`);
  if (!has("v1") && !has("v2")) return imports;
  return imports.flatMap((one) => {
    const [root, second, word] = wordsOf(one);
    if (root === "rego") return second === "v2" || !has("v2") ? [one] : [];
    if (root !== "future") return [one];
    if (has("v2")) return [];
    if (word !== undefined) return FUTURE_KEYWORDS.has(word) ? [one] : [];
    return futureStatements(module).map((keyword) => importOf(one, keyword));
  });
}

/** The keywords beyond v1's that the module's statements need. */
function futureStatements({ rules }: Module): readonly string[] {
  const found = new Set<string>();
  for (const rule of rules) {
    walkRule(rule, { expr: ({ terms }) => void (FUTURE_KEYWORDS.has(terms.kind) && found.add(terms.kind)) });
  }
  return [...found].sort();
}

/** `import future.keywords.x` in the place of `import future.keywords`. */
function importOf(whole: Import, keyword: string): Import {
  const { path } = whole;
  const word = { kind: "scalar", value: keyword, location: path.location } as const;
  return { ...whole, path: { ...path, parts: [...path.parts, word] } };
}

function wordsOf({ path }: Import): readonly string[] {
  return path.parts.map((part) =>
    part.kind === "var" ? part.name : part.kind === "scalar" ? String(part.value) : "",
  );
}

/** Whether the module imports a keyword, above the offset `before` where one is given. */
export function importsKeyword(module: Module, keyword: string, before = Infinity): boolean {
  return module.imports.some(({ location, path: { parts } }) => {
    const [root, first, second] = parts;
    if (location.start >= before) return false;
    if (root.kind !== "var" || root.name !== "future" || first?.kind !== "scalar") return false;
    return second === undefined || (second.kind === "scalar" && second.value === keyword);
  });
}

function importsV2({ imports }: Module): boolean {
  return imports.some((one) => wordsOf(one).join(".") === "rego.v2");
}

export function groupImports(imports: readonly Import[]): Import[][] {
  const groups: Import[][] = [];
  for (const one of imports) {
    const last = groups.at(-1)?.at(-1);
    if (last && one.location.row - last.location.row <= 1) groups.at(-1)?.push(one);
    else groups.push([one]);
  }
  return groups;
}

export function compareImports(a: Import, b: Import): number {
  return compareText(sortKey(a), sortKey(b));
}

function sortKey(one: Import): string {
  return `${wordsOf(one).join(".")} ${one.alias ?? ""}`;
}
