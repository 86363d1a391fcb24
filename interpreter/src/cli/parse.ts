import { moduleJson } from "../builtins/rego/module-json.ts";
import { isArray, isObject } from "../value/kind.ts";
import type { PlainObject, Value } from "../value/value.ts";
import { parseModule } from "../syntax/parse.ts";
import { defineCommand } from "./command.ts";
import { errorJson, type Problem } from "./errors.ts";
import { list, oneOf, UsageError } from "./flags.ts";
import { Fields, fields, indented, type Report } from "./json.ts";
import { VERSION_FLAGS, versionOf } from "./load/load.ts";
import { FileError, readText } from "./load/paths.ts";
import { moduleTree } from "./parse/tree.ts";

const PARTS = ["locations", "comments"] as const;

/** `rego parse`: the syntax tree of one policy. Exits with 1 where it does not parse. */
export const parseCommand = defineCommand({
  usage: "rego parse [flags] FILE",
  about: "Show the syntax tree of a policy, in the shape of OPA's.",
  examples: [
    "rego parse policy.rego",
    "rego parse --format json policy.rego | jq '.rules[].head.name'",
    "rego parse --format json --json-include locations,-comments policy.rego",
  ],
  flags: {
    format: oneOf(["pretty", "json"], "pretty", "how the tree is shown", "f"),
    "json-include": list(
      "PARTS",
      "what JSON has besides: locations, comments (default comments); -PART leaves it out",
    ),
    ...VERSION_FLAGS,
  },
  run(paths, flags, terminal) {
    const [path] = paths;
    const included = includes(flags["json-include"]);
    if (path === undefined) throw new UsageError("no source file specified");
    const fail = (problems: readonly Problem[]): number => {
      terminal.err(`${indented(fields({ errors: problems.map(errorJson) }))}\n`);
      return 1;
    };
    let source: string;
    try {
      source = readText(path);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return fail([{ message: error.message }]);
    }
    const parsed = parseModule({ name: path, source, version: versionOf(flags), annotations: true });
    if (!parsed.ok) return fail(parsed.errors);
    if (flags.format === "pretty") terminal.out(moduleTree(parsed.module));
    else {
      const json = moduleJson(parsed.module, { annotations: true, ...included });
      terminal.out(`${indented(inOrder(json))}\n`);
    }
    return 0;
  },
});

function includes(words: readonly string[]): { readonly locations: boolean; readonly comments: boolean } {
  const included = { locations: false, comments: true };
  for (const word of words) {
    const part = PARTS.find((name) => name === word.replace(/^-/, ""));
    if (!part) throw new UsageError(`--json-include: ${JSON.stringify(word)} is none of ${PARTS.join(", ")}`);
    included[part] = !word.startsWith("-");
  }
  return included;
}

/** Fields that OPA does not write in alphabetical order: those of the module, of heads and of comments. */
const ORDERS: readonly (readonly string[])[] = [
  ["package", "imports", "annotations", "rules", "comments"],
  ["name", "key", "args", "value", "assign", "ref", "location"],
  ["Text", "Location"],
  ["name", "email"],
  ["term", "body"],
  ["key", "value", "body"],
  ["parts", "multi_line"],
  ["file", "row", "col", "text"],
];

function inOrder(json: Value): Report {
  if (isArray(json)) return json.map(inOrder);
  if (!isObject(json)) return json;
  const names = Object.keys(json);
  const order = ORDERS.find((known) => names.every((name) => known.includes(name))) ?? names.toSorted();
  return new Fields(
    order
      .filter((name) => names.includes(name))
      // What authors put there is a value like any other.
      .map((name) => [name, name === "custom" ? valueOf(json, name) : inOrder(valueOf(json, name))]),
  );
}

function valueOf(json: Value, name: string): Value {
  return (json as PlainObject)[name] as Value;
}
