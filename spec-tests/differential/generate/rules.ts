import { bodyText, someValueType } from "./bodies.ts";
import { jsonText } from "./documents.ts";
import { metadataText } from "./metadata.ts";
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
export const KINDS = 10;

/** A rule of one of the kinds, with a name that its number determines. */
export function rule(scope: Scope, form: Form, number: number, kind: number): Made {
  const made = plainRule(scope, form, number, kind);
  if (!scope.c.chance(4)) return made;
  const texts = made.texts.map((text, index) =>
    index === 0 || scope.c.chance(20) ? `${metadataText(scope.c, ["rule", "document"])}${text}` : text,
  );
  return { ...made, texts };
}

function plainRule(scope: Scope, form: Form, number: number, kind: number): Made {
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
    case 8:
      return refHead(scope, form, number);
    case 9:
      return dispatch(scope, form, number);
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
    const text = `${name} ${form.bare ? "=" : ":="} ${value()} ${lines}${elseText(scope, form, type)}`;
    // Further bodies stand for further definitions.
    return form.bare && c.chance(10) && !text.includes("else")
      ? `${text} ${block(inner(scope), form)}`
      : text;
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
  return elseChain(scope, form, type, 1 + c.below(3));
}

/** A number of branches, at times with one at the end that always holds. */
function elseChain(scope: Scope, form: Form, type: Type, length: number): string {
  const { c } = scope;
  const sign = form.bare ? "=" : ":=";
  const branches = Array.from({ length }, () => {
    const body = inner(scope);
    const lines = block(body, form);
    return ` else ${c.chance(10) ? "" : `${sign} ${termText(body, type, 1)} `}${lines}`;
  });
  const last = c.chance(30)
    ? ` else ${sign} ${literalText(scope, type, 0)}${form.bare ? " { true }" : ""}`
    : "";
  return branches.join("") + last;
}

/** A function of two arguments that is a chain of cases. */
function dispatch(scope: Scope, form: Form, number: number): Made {
  const { c } = scope;
  const name = c.chance(20) && !form.bare ? `f${number}.g` : `f${number}`;
  const type = c.pick([NUMBER, STRING, ANY]);
  const args = [c.pick([NUMBER, STRING]), c.pick([ANY, mapOf(ANY)])];
  const body = inner(scope);
  const written = args.map((one) => parameter(body, one));
  const lines = block(inner(body), form);
  const sign = form.bare ? "=" : ":=";
  const text = `${name}(${written.join(", ")}) ${sign} ${termText(body, type, 1)} ${lines}`;
  return {
    texts: [text + elseChain(body, form, type, 1 + c.below(4))],
    callable: { ref: name, args, type },
  };
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
      return jsonText(c, type, 1);
    case 1:
      return type.type === "any" ? `[${variable(ANY).name}, ${variable(ANY).name}]` : "_";
    case 2:
      return type.type === "any" ? `{"k": ${variable(ANY).name}}` : variable(type).name;
    default:
      return variable(type).name;
  }
}

/** Rules below one name: `r1.a`, `r1.b[x]`, `r1[x].y`, `r1[x][y]`. */
function refHead(scope: Scope, form: Form, number: number): Made {
  const { c } = scope;
  const name = `r${number}`;
  const texts = c.list(1, 3, () => {
    const body = inner(scope);
    const lines = block(body, form);
    const value = termText(body, ANY, 1);
    const key = (): string => termText(body, c.chance(80) ? STRING : NUMBER, 0);
    const sign = form.bare ? "=" : ":=";
    // Only where it is a keyword does `contains` make a set.
    const ending = (): string => (form.bare || c.chance(60) ? `${sign} ${value}` : `contains ${value}`);
    switch (c.below(9)) {
      case 0:
        return `${name}.a ${sign} ${value} ${lines}`;
      case 1:
        return `${name}.b[${key()}] ${sign} ${value} ${lines}`;
      case 2:
        return `${name}[${key()}].y ${sign} ${value} ${lines}`;
      case 3:
        return `${name}.c ${form.bare ? `= ${value}` : `contains ${value}`} ${lines}`;
      case 4:
        return `${name}[${key()}][${key()}] ${ending()} ${lines}`;
      case 5:
        return `${name}.d.e[${key()}].f[${key()}] ${ending()} ${lines}`;
      case 6:
        return `${name}["x y"][${key()}] ${ending()} ${lines}`;
      case 7:
        return `${name}[${key()}].y.z ${form.bare ? "= true" : ""} ${lines}`;
      default:
        return `${name}[${key()}] ${form.bare ? `= ${value}` : `contains ${value}`} ${lines}`;
    }
  });
  return { texts, callable: { ref: name, args: undefined, type: ANY } };
}
