import type { Choices } from "./choices.ts";
import { bodyText } from "./bodies.ts";
import { documentText } from "./documents.ts";
import { metadataText } from "./metadata.ts";
import { KINDS, rule, type Form } from "./rules.ts";
import type { Callable, Scope } from "./scope.ts";
import { ANY, arrayOf, mapOf, NUMBER, setOf, STRING, type Type } from "./types.ts";

/** Modules and what they are evaluated with. JSON as text: numbers keep their spelling. */
export interface Program {
  readonly version: "v0" | "v1";
  /** Modules besides the library, those of package `t` last; each uses only those before it. */
  readonly modules: readonly ProgramModule[];
  readonly input: string;
  /** The document `data.base`. */
  readonly base: string;
  /** A query besides those for what the modules define; its solutions bind `out`. */
  readonly query?: string;
}

export interface ProgramModule {
  readonly name: string;
  readonly source: string;
}

/** A module that every program can use. Written so that both versions read it alike. */
export const LIBRARY = `package lib

import rego.v1

limit := 3

fake_count(_) := 42

inc(x) := x + 1

pair(x, y) := [x, y]

pick([x, _]) := x

pick({"k": x}) := x

kind(x) := "number" if is_number(x)

else := "string" if is_string(x)

else := "other"

names contains name if some name in input.ss

table.xs := [1, 2, 3]

table.o[k] := v if some k, v in input.o

table.m.a := ["x", "y"]

table.rows contains row if some row in data.base.rows

over contains n if {
	some n in input.xs
	n > limit
}
`;

/** What `data.lib.pick` takes. */
const PICKED: Type = {
  type: "any",
  of: [
    { type: "array", static: [ANY, ANY] },
    { type: "object", static: [{ key: "k", value: ANY }] },
  ],
};

const LIBRARY_CALLABLES: readonly Callable[] = [
  { ref: "data.lib.limit", args: undefined, type: NUMBER },
  { ref: "data.lib.inc", args: [NUMBER], type: NUMBER },
  { ref: "data.lib.pair", args: [ANY, ANY], type: arrayOf(ANY) },
  { ref: "data.lib.pick", args: [PICKED], type: ANY },
  { ref: "data.lib.kind", args: [ANY], type: STRING },
  { ref: "data.lib.names", args: undefined, type: setOf(ANY) },
  { ref: "data.lib.over", args: undefined, type: setOf(ANY) },
  { ref: "data.lib.table.o", args: undefined, type: mapOf(ANY) },
  { ref: "data.lib.table.xs", args: undefined, type: arrayOf(NUMBER) },
];

/** Packages of the modules before the last, some of them below the one that is asked for. */
const PACKAGES = ["u", "t", "t.w", "u.w", "lib.w"] as const;

/** A rule of a module that others can use. */
interface Known {
  readonly package: string;
  readonly number: number;
  readonly kind: number;
  readonly callable: Callable;
}

/** Grows a program from choices: the module of package `t` that is asked for, at times with one or two that it uses. */
export function program(c: Choices): Program {
  const version = c.pick(["v1", "v1", "v0"] as const);
  const others = c.pick([0, 0, 1, 2] as const);
  const cautious = c.chance(70);
  const names = { next: 0 };
  const known: Known[] = [];
  // The more modules, the shorter: most programs are to compile.
  const length = [6, 3, 2][others] ?? 1;
  const modules = Array.from({ length: others + 1 }, (_, index) => {
    const isLast = index === others;
    const path = isLast ? "t" : c.pick(PACKAGES);
    const count = 1 + c.below(length);
    return {
      name: isLast ? "t" : `m${index}`,
      source: moduleText(c, { version, path, count, names, cautious }, known),
    };
  });
  const query = queryText(c, { version, path: "", count: 0, names, cautious }, known);
  return { version, modules, input: documentText(c), base: documentText(c), query };
}

/** The literals of a query, and the values that its variables have. */
function queryText(c: Choices, plan: Plan, known: readonly Known[]): string {
  const rules = known.map(({ package: path, callable }) => ({
    ...callable,
    ref: `data.${path}.${callable.ref}`,
  }));
  const scope = scopeOf(c, plan, { bare: plan.version === "v0", strict: false }, [
    ...LIBRARY_CALLABLES,
    ...rules,
  ]);
  const literals = bodyText(scope, c.below(4), 2).map((line) => line.replaceAll("\n\t", "; "));
  const values = scope.variables.map(({ name }) => name).join(", ");
  return [...literals, `out = sprintf("%v", [[${values}]])`].join("; ");
}

/** A module to be made. */
interface Plan {
  readonly version: Program["version"];
  /** Its package. */
  readonly path: string;
  /** How many new rules it has. */
  readonly count: number;
  readonly names: Scope["names"];
  readonly cautious: boolean;
}

function scopeOf(
  c: Choices,
  { version, names, cautious }: Plan,
  { bare }: Form,
  callables: readonly Callable[],
  notBodies = false,
): Scope {
  return { c, version, keywords: !bare, notBodies, cautious, variables: [], callables, names };
}

/** A module that uses the rules known so far; its own join them. */
function moduleText(c: Choices, plan: Plan, known: Known[]): string {
  const { version, path, count } = plan;
  const notBodies = c.chance(10);
  const keywords = version === "v1" ? "" : c.pick(["", "import rego.v1\n", "import future.keywords\n"]);
  const heading = keywords + (notBodies ? "import future.keywords.not\n" : "");
  const form: Form = {
    bare: version === "v0" && keywords === "",
    strict: version === "v1" || heading.includes("rego.v1"),
  };
  const importsLibrary = c.chance(20);
  const library = LIBRARY_CALLABLES.map((one) =>
    importsLibrary ? { ...one, ref: one.ref.replace("data.lib.", "lib.") } : one,
  );
  const reached = reach(c, path, known);
  const parts = c.chance(15) ? importedParts(c) : [];
  const callables: Callable[] = [...library, ...reached.callables, ...parts.map(({ callable }) => callable)];
  const rules: string[] = [];
  const add = (number: number, kind: number, usable: readonly Callable[]): Callable => {
    const scope = scopeOf(c, plan, form, [...usable], notBodies);
    const { texts, callable } = rule(scope, form, number, kind);
    rules.push(...texts);
    return callable;
  };
  for (const one of known.filter((other) => other.package === path)) {
    // Further definitions of what another file of the package defines. They use the library only: no recursion.
    if (c.chance(40)) add(one.number, one.kind, library);
  }
  for (let i = 0; i < count; i++) {
    const number = known.length;
    const kind = c.below(KINDS);
    const callable = add(number, kind, callables);
    callables.push(callable);
    known.push({ package: path, number, kind, callable });
  }
  const imports = `${importsLibrary ? "import data.lib\n" : ""}${reached.imports}${parts.map(({ text }) => text).join("")}`;
  const metadata = c.chance(4) ? metadataText(c, ["package", "subpackages"]) : "";
  return `${metadata}package ${path}\n\n${heading}${imports}\n${rules.join("\n\n")}\n`;
}

/** Imports of parts of documents and of single rules, under other names. */
function importedParts(c: Choices): readonly { readonly text: string; readonly callable: Callable }[] {
  const offered: readonly (readonly [path: string, type: Type, args?: readonly Type[]])[] = [
    ["input.xs", arrayOf(NUMBER)],
    ["input.o", mapOf(NUMBER)],
    ["data.base.m", mapOf(arrayOf(STRING))],
    ["data.base.n", NUMBER],
    ["data.lib.table.xs", arrayOf(NUMBER)],
    ["data.lib.names", setOf(ANY)],
    ["data.lib.inc", NUMBER, [NUMBER]],
    ["data.lib.kind", STRING, [ANY]],
  ];
  const chosen = [...new Set(c.list(1, 3, () => c.pick(offered)))];
  return chosen.map(([path, type, args], index) => ({
    text: `import ${path} as w${index}\n`,
    callable: { ref: `w${index}`, args, type },
  }));
}

/** What a module of the package `path` writes for the rules known so far, and the imports that it needs for that. */
function reach(
  c: Choices,
  path: string,
  known: readonly Known[],
): { readonly imports: string; readonly callables: readonly Callable[] } {
  const imports: string[] = [];
  const callables: Callable[] = [];
  const others = [...new Set(known.map((one) => one.package))];
  for (const [index, other] of others.entries()) {
    const rules = known.filter((one) => one.package === other).map(({ callable }) => callable);
    const through = (prefix: string): void => {
      callables.push(...rules.map((one) => ({ ...one, ref: `${prefix}${one.ref}` })));
    };
    if (other === path) {
      through("");
      continue;
    }
    switch (c.below(4)) {
      case 0:
        through(`data.${other}.`);
        break;
      case 1:
        imports.push(`import data.${other} as p${index}`);
        through(`p${index}.`);
        break;
      case 2:
        imports.push(...rules.map(({ ref }) => `import data.${other}.${ref}`));
        through("");
        break;
      default:
        imports.push(`import data.${other}`);
        through(`${other.replace(/^.*\./, "")}.`);
    }
  }
  return { imports: imports.map((one) => `${one}\n`).join(""), callables };
}
