import { formatError, formatErrors } from "../errors.ts";
import type { RegoError } from "../errors.ts";
import { parseModule } from "../syntax/parse.ts";
import { printRaw } from "../value/print.ts";
import { RegoSet } from "../value/set.ts";
import type { Value } from "../value/value.ts";
import { ANY, STRING, arrayOf, named, objectOf } from "../value/type.ts";
import { BuiltinError, OperandError, defineBuiltins } from "./builtin.ts";
import { arrayOperand, stringOperand } from "./operands.ts";
import { moduleJson } from "./rego/module-json.ts";
import { visibleRuntime } from "./rego/runtime.ts";
import { kindOf } from "../value/kind.ts";

export const regoBuiltins = defineBuiltins([
  {
    name: "opa.runtime",
    decl: {
      args: [],
      result: named(
        "output",
        objectOf(STRING, ANY),
        "includes a `config` key if OPA was started with a configuration file; an `env` key containing the environment variables that the OPA process was started with; includes `version` and `commit` keys containing the version and build commit of OPA.",
      ),
    },
    description: "Returns an object that describes the runtime environment where OPA is deployed.",
    categories: ["opa"],
    nondeterministic: true,
    run: (_, context) => visibleRuntime(context.host.runtime),
  },
  {
    name: "rego.parse_module",
    decl: {
      args: [
        named("filename", STRING, "file name to attach to AST nodes' locations"),
        named("rego", STRING, "Rego module"),
      ],
      result: named("output", objectOf(STRING, ANY), "AST object for the Rego module"),
    },
    description: "Parses the input Rego string and returns an object representation of the AST.",
    categories: ["rego"],
    run: ([file, source], context) => {
      const name = stringOperand(file, 1);
      const text = stringOperand(source, 1);
      context.collect(1 + text.length);
      const parsed = parseModule({ name, source: text, version: "v1" });
      if (!parsed.ok) throw new BuiltinError(parseErrorText(parsed.errors));
      return moduleJson(parsed.module);
    },
  },
  {
    name: "rego.metadata.chain",
    decl: {
      args: [],
      result: named(
        "chain",
        arrayOf(ANY),
        "each array entry represents a node in the path ancestry (chain) of the active rule that also has declared annotations",
      ),
    },
    description:
      'Returns the chain of metadata for the active rule.\nOrdered starting at the active rule, going outward to the most distant node in its package ancestry.\nA chain entry is a JSON document with two members: "path", an array representing the path of the node; and "annotations", a JSON document containing the annotations declared for the node.\nThe first entry in the chain always points to the active rule, even if it has no declared annotations (in which case the "annotations" member is not present).',
    categories: ["rego"],
    run: () => outsideOfRule("rego.metadata.chain"),
  },
  {
    name: "rego.metadata.rule",
    decl: {
      args: [],
      result: named(
        "output",
        ANY,
        '"rule" scope annotations for this rule; empty object if no annotations exist',
      ),
    },
    description: "Returns annotations declared for the active rule and using the _rule_ scope.",
    categories: ["rego"],
    run: () => outsideOfRule("rego.metadata.rule"),
  },
  {
    name: "internal.template_string",
    decl: {
      args: [arrayOf(ANY)],
      result: STRING,
    },
    description: "",
    categories: ["internal"],
    run: ([parts], context) => {
      const texts = arrayOperand(parts, 1).map(templatePart);
      context.checkText(texts.reduce((length, text) => length + text.length, 0));
      return texts.join("");
    },
  },
]);

/** One part of a template string: a scalar, or the set of what an expression gave. */
function templatePart(part: Value): string {
  if (!(part instanceof RegoSet)) {
    if (typeof part !== "object" || part === null || kindOf(part) === "number") return printRaw(part);
    throw new OperandError(`illegal argument type: ${kindOf(part)}`);
  }
  if (part.size > 1) throw new BuiltinError("template-strings must not produce multiple outputs");
  const [value] = part;
  return value === undefined ? "<undefined>" : printRaw(value);
}

/** OPA reports an empty module by itself, not as a list of one. */
function parseErrorText(errors: readonly RegoError[]): string {
  const [first] = errors;
  return first?.message === "empty module" ? formatError(first) : formatErrors(errors);
}

/** The compiler replaces every call in a rule by the rule's annotations. */
function outsideOfRule(name: string): never {
  throw new BuiltinError(`the ${name} function must only be called within the scope of a rule`);
}
