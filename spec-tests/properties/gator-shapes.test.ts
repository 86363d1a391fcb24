import fc from "fast-check";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { gator } from "../../engine/src/cli/testing/gator-in-process.ts";
import { ARGUMENTS, GOOD_FILES, REFUSALS } from "../peers/gator/refusals.ts";

// Whatever stands in the place of a field of a policy or suite: gator answers with a message and 0 or 1, never a stack.

/** `PROPERTY_RUNS=5000 npm test -- spec-tests/properties/gator-shapes` tries more shapes, `PROPERTY_SEED` others. */
const settings = {
  numRuns: Number(process.env["PROPERTY_RUNS"] ?? 60),
  seed: Number(process.env["PROPERTY_SEED"] ?? 1),
};

const COMMANDS: readonly (readonly string[])[] = [
  ["test", "-f", "bad.yaml", "-f", "template.yaml", "-f", "constraint.yaml", "-f", "object.yaml"],
  ["test", "-f", "template.yaml", "-f", "bad.yaml", "-f", "deployment.yaml", "-o", "yaml", "--stats"],
  ["expand", "-n", "bad.yaml", "-n", "deployment.yaml", "-n", "object.yaml"],
  ["sync", "test", "-n", "bad.yaml", "-n", "template.yaml", "-f"],
  ["bench", "-f", "bad.yaml", "-f", "template.yaml", "-f", "object.yaml", "-n", "1", "--warmup", "0"],
  ["verify", "bad.yaml", "--coverage"],
  ["verify", "suite.yaml", "--format", "json"],
];

const SUITE = {
  apiVersion: "test.gatekeeper.sh/v1alpha1",
  kind: "Suite",
  tests: [
    {
      name: "t",
      template: "bad.yaml",
      constraint: "bad.yaml",
      expansion: "bad.yaml",
      cases: [
        { name: "x", object: "bad.yaml", inventory: ["bad.yaml"], assertions: [{ violations: "yes" }] },
      ],
    },
  ],
};

const folder = mkdtempSync(join(tmpdir(), "gator-shapes-"));
beforeAll(() => {
  for (const [name, text] of Object.entries(GOOD_FILES)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, "suite.yaml"), JSON.stringify(SUITE));
});

interface Answered {
  readonly exit: number;
  readonly says: boolean;
  readonly fault: string | undefined;
}

/** What came of a command line that reads this text as `bad.yaml`. */
async function answerTo(text: string, args: readonly string[]): Promise<Answered> {
  writeFileSync(join(folder, "bad.yaml"), text);
  const given = args.map((arg) => (arg.endsWith(".yaml") ? join(folder, arg) : arg));
  const { exit, stdout, stderr } = await gator(given);
  const all = `${stdout}${stderr}`;
  return { exit, says: all !== "", fault: /internal error.*|^ +at .+:\d+:\d+\)?$/m.exec(all)?.[0] };
}

const AN_ANSWER = { exit: expect.toBeOneOf([0, 1]) as unknown, says: true, fault: undefined };

const value = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  fc.constantFrom<unknown>(
    null,
    "",
    0,
    -1,
    1e300,
    true,
    [],
    {},
    [[]],
    [null],
    "__proto__",
    "\u0000",
    "a".repeat(100_000),
  ),
  fc.constantFrom<unknown>(
    JSON.parse('{"__proto__": {"a": 1}, "constructor": 1}') as unknown,
    { "": "" },
    "*",
    "spec[a: *].b",
    "spec.template",
    "yes",
  ),
);

/** The one document that a row is made of. */
const documents = REFUSALS.map(({ text }) => text.split("---\n")[1] as string).map(
  (text) => JSON.parse(text) as unknown,
);

/** The ways to all fields below a value. */
function paths(node: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof node !== "object" || node === null) return [path];
  return [path, ...Object.entries(node).flatMap(([key, child]) => paths(child, [...path, key]))];
}

function replaced(node: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(node))
    return node.map((child, index) => (String(index) === key ? replaced(child, rest, by) : child));
  return Object.fromEntries(
    Object.entries(node as object).map(([name, child]) => [
      name,
      name === key ? replaced(child, rest, by) : child,
    ]),
  );
}

const broken = fc
  .constantFrom(...documents)
  .chain((document) =>
    fc
      .tuple(fc.constantFrom(...paths(document).slice(1)), value)
      .map(([path, by]) => replaced(document, path, by)),
  );

describe("a policy or suite with any value in the place of any field", () => {
  it.each(COMMANDS.map((args) => [args.slice(0, 2).join(" "), args] as const))(
    "is answered by %s",
    async (_name, args) => {
      await fc.assert(
        fc.asyncProperty(broken, async (document) => {
          expect(await answerTo(JSON.stringify(document), args)).toEqual(AN_ANSWER);
        }),
        settings,
      );
    },
    600_000,
  );
});

/** Each level names the one before ten times. */
function laughs(levels: number): string {
  const names = Array.from({ length: levels }, (_none, index) => `l${index}`);
  return names
    .map((name, index) => {
      const items = Array.from({ length: 10 }, () => (index === 0 ? "x" : `*${names[index - 1]}`));
      return `${name}: &${name} [${items.join(",")}]\n`;
    })
    .join("");
}

const HEADS: Readonly<Record<string, string>> = {
  template: "apiVersion: templates.gatekeeper.sh/v1\nkind: ConstraintTemplate\nmetadata: {name: ka}\n",
  constraint: "apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: KA\nmetadata: {name: c}\n",
  mutator: "apiVersion: mutations.gatekeeper.sh/v1\nkind: Assign\nmetadata: {name: m}\n",
  expansion: "apiVersion: expansion.gatekeeper.sh/v1beta1\nkind: ExpansionTemplate\nmetadata: {name: e}\n",
  suite: "apiVersion: test.gatekeeper.sh/v1alpha1\nkind: Suite\n",
};

const HOSTILE: readonly (readonly [string, string])[] = [
  ["an alias that holds itself", "spec: &a {b: *a}\ntests: *a\n"],
  ["aliases that grow tenfold at each level", `${laughs(9)}spec: *l8\ntests: *l8\n`],
  ["lists in lists", `spec: ${"[".repeat(20_000)}${"]".repeat(20_000)}\n`],
  ["maps in maps", `spec: ${"{a: ".repeat(9000)}1${"}".repeat(9000)}\n`],
  [
    "indents in indents",
    `spec:\n${Array.from({ length: 1500 }, (_n, i) => `${" ".repeat(i + 1)}a:\n`).join("")}`,
  ],
  ["20,000 keys", `spec:\n${Array.from({ length: 20_000 }, (_n, i) => `  k${i}: 1\n`).join("")}`],
  ["a name of a million letters", `spec: {crd: {spec: {names: {kind: ${"K".repeat(1_000_000)}}}}}\n`],
  ["a tag that makes objects", "spec: !!js/function 'x'\ntests: !!python/object:os.system x\n"],
  ["merge keys", "spec: &a {b: 1}\nmore: {<<: *a}\ntests: [{<<: *a}]\n"],
];

describe("hostile YAML", () => {
  const rows = Object.entries(HEADS).flatMap(([what, head]) =>
    HOSTILE.map(([name, body]) => [`${what}: ${name}`, what as keyof typeof ARGUMENTS, head + body] as const),
  );
  it.each(rows)(
    "%s",
    async (_name, what, text) => {
      expect(await answerTo(text, ARGUMENTS[what])).toEqual(AN_ANSWER);
    },
    60_000,
  );
});
