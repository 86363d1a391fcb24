import { bodyText, someValueType } from "./bodies.ts";
import { inner, type Callable, type Scope, type Variable } from "./scope.ts";
import { literalText, termText } from "./terms.ts";
import { ANY, BOOLEAN, mapOf, NUMBER, setOf, STRING, type Type } from "./types.ts";

const DEPTH = 3;

/** How a module has to write its rules. */
export interface Form {
  /** v0 without any import of keywords. */
  readonly bare: boolean;
  /** `if` and `contains` are required. */
  readonly strict: boolean;
}

export interface Made {
  /** Its definitions. */
  readonly texts: readonly string[];
  readonly callable: Callable;
}

/** How many kinds of rules there are. */
export const KINDS = 8;

/** A rule of one of the kinds, with a name that its number determines. */
export function rule(scope: Scope, form: Form, number: number, kind: number): Made {
  switch (kind) {
    case 0:
    case 1:
      return completeRule(scope, form, number);
    case 2:
      return partialSet(scope, form, number);
    case 3:
      return partialObject(scope, form, number);
    case 4:
    case 5:
      return functionRule(scope, form, number);
    case 6:
      return form.bare ? partialSet(scope, form, number) : refHead(scope, form, number);
    default:
      return {
        texts: [`r${number} := ${termText(scope, ANY, DEPTH)}`],
        callable: { ref: `r${number}`, args: undefined, type: ANY },
      };
  }
}

/** One to three definitions, perhaps with a default and `else`. */
function completeRule(scope: Scope, form: Form, number: number): Made {
  const { c } = scope;
  const name = `r${number}`;
  const type = someValueType(scope);
  const constant = c.chance(60) ? literalText(scope, type, 1) : undefined;
  const texts = c.list(1, 2, () => {
    const body = inner(scope);
    const lines = block(body, form);
    const value = (): string => constant ?? termText(body, type, 1);
    return `${name} ${form.bare ? "=" : ":="} ${value()} ${lines}${elseText(scope, form, type)}`;
  });
  if (c.chance(30))
    texts.unshift(
      `default ${name} ${form.bare ? "=" : ":="} ${literalText({ ...scope, variables: [], callables: [] }, NUMBER, 0)}`,
    );
  return { texts, callable: { ref: name, args: undefined, type: texts.length > 1 ? ANY : type } };
}

function elseText(scope: Scope, form: Form, type: Type): string {
  const { c } = scope;
  if (!c.chance(20)) return "";
  const body = inner(scope);
  const lines = block(body, form);
  const again = c.chance(30)
    ? ` else ${form.bare ? "=" : ":="} ${literalText(scope, type, 0)}${form.bare ? " { true }" : ""}`
    : "";
  return ` else ${form.bare ? "=" : ":="} ${termText(body, type, 1)} ${lines}${again}`;
}

/** A body in braces, with the `if` that the version wants. */
function block(scope: Scope, form: Form): string {
  const lines = bodyText(scope, 1 + scope.c.below(4), DEPTH);
  return `${form.bare ? "" : "if "}{\n\t${lines.join("\n\t")}\n}`;
}

function partialSet(scope: Scope, form: Form, number: number): Made {
  const { c } = scope;
  const name = `r${number}`;
  const type = c.pick([NUMBER, STRING, ANY]);
  const texts = c.list(1, 2, () => {
    const body = inner(scope);
    const lines = block(body, form);
    const element = termText(body, type, 1);
    return form.bare
      ? `${name}[member] {\n\tmember := ${element}\n${lines.slice(2)}`.replace(
          /\{\n\tmember := (.*)\n/,
          (_, one: string) => `{\n\tmember = ${one}\n`,
        )
      : `${name} contains ${element} ${lines}`;
  });
  return { texts, callable: { ref: name, args: undefined, type: setOf(type) } };
}

function partialObject(scope: Scope, form: Form, number: number): Made {
  const { c } = scope;
  const name = `r${number}`;
  const texts = c.list(1, 2, () => {
    const body = inner(scope);
    const lines = block(body, form);
    const value = termText(body, ANY, 1);
    const key = termText(body, STRING, 0);
    return form.bare
      ? `${name}[key] = value {\n\tkey = ${key}\n\tvalue = ${value}\n${lines.slice(2)}`
      : `${name}[${key}] := ${value} ${lines}`;
  });
  return { texts, callable: { ref: name, args: undefined, type: mapOf(ANY) } };
}

function functionRule(scope: Scope, form: Form, number: number): Made {
  const { c } = scope;
  const name = `f${number}`;
  const type = c.pick([NUMBER, STRING, ANY, BOOLEAN]);
  const args = c.list(1, 2, () => c.pick([NUMBER, ANY, STRING]));
  const texts = c.list(1, 2, () => {
    const body = inner(scope);
    const written = args.map((one) => parameter(body, one));
    const lines = block(body, form);
    const value = c.chance(60) ? literalText({ ...scope, callables: [] }, type, 0) : termText(body, type, 1);
    return `${name}(${written.join(", ")}) ${form.bare ? "=" : ":="} ${value} ${lines}`;
  });
  if (c.chance(15) && !form.bare)
    texts.unshift(
      `default ${name}(${args.map(() => "_").join(", ")}) := ${literalText({ ...scope, callables: [] }, type, 0)}`,
    );
  return { texts, callable: { ref: name, args, type } };
}

function parameter(scope: Scope, type: Type): string {
  const { c } = scope;
  const variable = (one: Type): Variable => {
    const made = { name: `a${scope.names.next++}`, type: one };
    scope.variables.push(made);
    return made;
  };
  switch (c.below(8)) {
    case 0:
      return literalText({ ...scope, variables: [], callables: [] }, type, 0);
    case 1:
      return type.type === "any" ? `[${variable(ANY).name}, ${variable(ANY).name}]` : "_";
    case 2:
      return type.type === "any" ? `{"k": ${variable(ANY).name}}` : variable(type).name;
    default:
      return variable(type).name;
  }
}

/** Rules below one name: `r1.a`, `r1.b[x]`, `r1[x].y`. */
function refHead(scope: Scope, form: Form, number: number): Made {
  const { c } = scope;
  const name = `r${number}`;
  const texts = c.list(1, 3, () => {
    const body = inner(scope);
    const lines = block(body, form);
    const value = termText(body, ANY, 1);
    const key = termText(body, STRING, 0);
    switch (c.below(5)) {
      case 0:
        return `${name}.a := ${value} ${lines}`;
      case 1:
        return `${name}.b[${key}] := ${value} ${lines}`;
      case 2:
        return `${name}[${key}].y := ${value} ${lines}`;
      case 3:
        return `${name}.c contains ${value} ${lines}`;
      default:
        return `${name}[${key}] contains ${value} ${lines}`;
    }
  });
  return { texts, callable: { ref: name, args: undefined, type: ANY } };
}
