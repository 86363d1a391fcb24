import type { Regex } from "../../regex/regex.ts";
import type { ParsedSource } from "../../rego.ts";
import type { RefTerm, Rule, Term } from "../../syntax/ast.ts";
import type { Location } from "../../location.ts";
import { printRef } from "../../syntax/print.ts";
import { isGround } from "../../syntax/visit.ts";

/** One test rule. */
export interface TestRule {
  /** `data.a_test`. */
  readonly package: string;
  /** `test_x`, or `group.test_x` where it stands in a longer ref. */
  readonly name: string;
  /** The query that runs it. */
  readonly query: string;
  readonly location: Location;
  /** `todo_test_…`: reported, not run. */
  readonly isSkipped: boolean;
  /** `test_x[case] if …`: the rule's value tells which cases hold. */
  readonly hasCases: boolean;
}

/**
 * Tests that share a name are tests of their own in OPA: later ones get the suffixes `#01`, `#02`, … in the order of the
 * modules. Gives the modules with these names.
 */
export function withDistinctTests(modules: readonly ParsedSource[]): readonly ParsedSource[] {
  const seen = new Map<string, number>();
  return modules.map((source) => {
    const { module } = source;
    const rules = module.rules.map((rule) => {
      const own = nameOfTest(rule);
      if (!own || own.isSkipped) return rule;
      const path = [...module.package.path.parts, ...own.parts].map(partText).join("\0");
      const count = seen.get(path) ?? 0;
      seen.set(path, count + 1);
      return count === 0 ? rule : renamed(rule, own.parts.length - 1, String(count).padStart(2, "0"));
    });
    return { ...source, module: { ...module, rules } };
  });
}

/** The test rules of modules, in order; of those that a filter is given for, the ones whose full name it matches. */
export function findTests(modules: readonly ParsedSource[], filter: Regex | undefined): readonly TestRule[] {
  return modules.flatMap(({ module }) =>
    module.rules.flatMap((rule) => {
      const own = nameOfTest(rule);
      if (!own) return [];
      const path = module.package.path;
      const query = printRef({ ...path, parts: [...path.parts, ...asKeys(own.parts)] });
      if (filter && !filter.test(query)) return [];
      const [head, ...keys] = own.parts;
      const name =
        keys.length === 0
          ? partText(head)
          : printRef({ kind: "ref", parts: [head, ...keys], location: rule.location });
      return {
        package: printRef(path),
        name,
        query,
        location: rule.location,
        isSkipped: own.isSkipped,
        hasCases: rule.head.ref.parts.length > own.parts.length && rule.head.key === undefined,
      };
    }),
  );
}

interface TestName {
  /** The ref up to the part that makes it a test. */
  readonly parts: RefTerm["parts"];
  readonly isSkipped: boolean;
}

function nameOfTest(rule: Rule): TestName | undefined {
  const { parts } = rule.head.ref;
  for (const [i, part] of parts.entries()) {
    if (i > 0 && !isGround(part)) return undefined;
    const text = partText(part);
    if (!/^(todo_)?test_/.test(text)) continue;
    const own = parts.slice(0, i + 1) as unknown as RefTerm["parts"];
    return { parts: own, isSkipped: text.startsWith("todo_") };
  }
  return undefined;
}

function partText(part: Term): string {
  if (part.kind === "var") return part.name;
  return part.kind === "scalar" && typeof part.value === "string" ? part.value : "";
}

function asKeys([head, ...keys]: RefTerm["parts"]): readonly Term[] {
  return [
    head.kind === "var" ? { kind: "scalar", value: head.name, location: head.location } : head,
    ...keys,
  ];
}

function renamed(rule: Rule, at: number, number: string): Rule {
  const parts = rule.head.ref.parts.map((part, i): Term => {
    if (i !== at) return part;
    if (part.kind === "var") return { ...part, name: `${part.name}#${number}` };
    return part.kind === "scalar" ? { ...part, value: `${partText(part)}#${number}` } : part;
  });
  const ref = { ...rule.head.ref, parts: parts as unknown as RefTerm["parts"] };
  return { ...rule, head: { ...rule.head, ref } };
}
