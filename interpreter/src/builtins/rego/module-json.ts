import { isVar } from "../../syntax/build.ts";
import type {
  Body,
  Comment,
  Every,
  Expr,
  Head,
  Import,
  Module,
  RefTerm,
  Rule,
  Term,
  With,
} from "../../syntax/ast.ts";
import type { Location } from "../../location.ts";
import { unreachable } from "../../errors.ts";
import { compare } from "../../value/order.ts";
import type { Value } from "../../value/value.ts";
import { base64Encode } from "../go/base64.ts";
import { bytesOf } from "../go/bytes.ts";

type Json = Record<string, Value>;

/** What of a module is shown besides its meaning. */
export interface ModuleJsonOptions {
  /** Each node's place, with its text in base64. */
  readonly locations?: boolean;
  /** Default true. */
  readonly comments?: boolean;
  /** METADATA blocks. */
  readonly annotations?: boolean;
}

/** A parsed module in the JSON form of OPA's syntax tree, as `rego.parse_module` and `opa parse` show it. */
export function moduleJson(module: Module, options: ModuleJsonOptions = {}): Value {
  return new ModuleWriter(options).module(module);
}

/** The expressions of a body in the same form. */
export function bodyJson(body: Body): Value {
  return new ModuleWriter({}).body(body);
}

class ModuleWriter {
  readonly #options: ModuleJsonOptions;

  constructor(options: ModuleJsonOptions) {
    this.#options = options;
  }

  module({ package: { path, location }, imports, annotations, rules, comments }: Module): Value {
    const json: Json = { package: { ...this.#place(location, "package"), path: this.#parts(path) } };
    if (imports.length > 0) json["imports"] = imports.map((one) => this.#import(one));
    if (annotations.length > 0 && this.#options.annotations) {
      json["annotations"] = annotations.map((one) => ({
        ...this.#place(one.location),
        ...(one.value as Json),
      }));
    }
    if (rules.length > 0) json["rules"] = rules.map((rule) => this.#rule(rule));
    if (comments.length > 0 && this.#options.comments !== false)
      json["comments"] = comments.map((one) => this.#comment(one));
    return json;
  }

  /** `{ location }` where places are wanted. `word` is the keyword that OPA takes for the whole statement. */
  #place({ file, row, col, text }: Location, word: string = text): Json {
    if (!this.#options.locations) return {};
    return { location: { file, row, col, text: base64Encode(bytesOf(word)) } };
  }

  #comment({ text, location }: Comment): Value {
    const { file, row, col } = location;
    const place = this.#place(location)["location"] ?? { file, row, col };
    return { Text: base64Encode(bytesOf(text)), Location: place };
  }

  #import({ path, alias, location }: Import): Value {
    const json: Json = { ...this.#place(location, "import"), path: this.#term(path) };
    if (alias !== undefined) json["alias"] = alias;
    return json;
  }

  #rule(rule: Rule, ref: RefTerm = rule.head.ref): Value {
    const place = rule.default ? this.#place(rule.location, "default") : this.#place(rule.location);
    const json: Json = { ...place, head: this.#head(rule.head, ref), body: this.body(rule.body) };
    if (rule.default) json["default"] = true;
    if (rule.else) json["else"] = this.#rule(rule.else, ref);
    return json;
  }

  #head(head: Head, ref: RefTerm): Value {
    const json: Json = { ...this.#place(head.location), ref: this.#parts(ref) };
    const [name, key, ...more] = head.ref.parts;
    // The older fields of a head: its name, and the key of what was once the only kind of partial rule.
    const isOld = key === undefined || (more.length === 0 && head.explicitValue && head.key === undefined);
    if (isOld && name.kind === "var") json["name"] = name.name;
    if (head.key) json["key"] = this.#term(head.key);
    else if (key && more.length === 0 && (!head.hasIf || key.kind !== "scalar"))
      json["key"] = this.#term(key);
    if (head.args && head.args.length > 0) json["args"] = this.#terms(head.args);
    if (head.value) json["value"] = head.explicitValue ? this.#term(head.value) : this.#bare(head.value);
    if (head.assign) json["assign"] = true;
    return json;
  }

  body(body: Body): Value {
    return body.map((expr, index) => this.#expr(expr, index));
  }

  #expr(expr: Expr, index: number): Value {
    const json: Json = { ...this.#place(expr.location), index, terms: this.#exprTerms(expr) };
    if (expr.negated) json["negated"] = true;
    if (expr.generated) json["generated"] = true;
    if (expr.with.length > 0) json["with"] = expr.with.map((one) => this.#with(one));
    return json;
  }

  #with({ target, value, location }: With): Value {
    return { ...this.#place(location), target: this.#term(target), value: this.#term(value) };
  }

  #exprTerms({ terms, location }: Expr): Value {
    switch (terms.kind) {
      case "term":
        return this.#term(terms.term);
      case "call":
        return this.#terms([terms.operator, ...terms.args]);
      case "some":
        return { ...this.#place(location, "some"), symbols: this.#terms(terms.symbols) };
      case "every":
        return { ...this.#place(location, "every"), ...this.#every(terms) };
      case "not":
        return { type: "not", body: this.body(terms.body), explicit_body: terms.explicit };
      default: {
        const [first, ...rest] = terms.operands.map((operand) => this.body(operand));
        return rest.reduce<Value>((lhs, rhs) => ({ type: terms.kind, lhs, rhs }), first ?? []);
      }
    }
  }

  #every({ key, value, domain, body }: Every): Json {
    return {
      key: key ? this.#term(key) : null,
      value: this.#term(value),
      domain: this.#term(domain),
      body: this.body(body),
    };
  }

  #terms(terms: readonly Term[]): readonly Value[] {
    return terms.map((term) => this.#term(term));
  }

  #term(term: Term): Json {
    return { ...this.#place(term.location), ...this.#bare(term) };
  }

  #bare(term: Term): Json {
    switch (term.kind) {
      case "scalar":
        if (term.value === null) return { type: "null", value: {} };
        if (typeof term.value === "string") return { type: "string", value: term.value };
        return { type: typeof term.value === "boolean" ? "boolean" : "number", value: term.value };
      case "var": {
        const json = { type: "var", value: term.name };
        // The two documents are references, even alone.
        if (!isVar(term, "input") && !isVar(term, "data")) return json;
        return { type: "ref", value: [{ ...this.#place(term.location), ...json }] };
      }
      case "ref":
        return { type: "ref", value: this.#parts(term) };
      case "array":
        return { type: "array", value: this.#terms(term.items) };
      case "set":
        return { type: "set", value: sortedTerms(this.#terms(term.items)) };
      case "object":
        return {
          type: "object",
          value: sortedEntries(term.entries.map(([key, value]) => [this.#term(key), this.#term(value)])),
        };
      case "array-comprehension":
      case "set-comprehension":
        return {
          type: term.kind.replace("-", ""),
          value: { term: this.#term(term.head), body: this.body(term.body) },
        };
      case "object-comprehension":
        return {
          type: "objectcomprehension",
          value: { key: this.#term(term.key), value: this.#term(term.value), body: this.body(term.body) },
        };
      case "call":
        return { type: "call", value: this.#terms([term.operator, ...term.args]) };
      case "template":
        return {
          type: "templatestring",
          value: { multi_line: term.raw, parts: term.parts.map((part) => this.#templatePart(part)) },
        };
      default:
        return unreachable(term);
    }
  }

  /** A var at the head stays a var, also where it names a document. */
  #parts({ parts: [head, ...rest] }: RefTerm): Value {
    const first =
      head.kind === "var"
        ? { ...this.#place(head.location), type: "var", value: head.name }
        : this.#term(head);
    return [first, ...this.#terms(rest)];
  }

  #templatePart(part: string | Expr): Value {
    if (typeof part === "string") return { type: "string", value: part };
    const { terms } = part;
    return terms.kind === "term" && terms.term.kind === "scalar" && part.with.length === 0
      ? this.#term(terms.term)
      : this.#expr(part, 0);
  }
}

/** Sets and objects show their members in OPA's order of terms. */
const TYPE_ORDER = [
  "null",
  "boolean",
  "number",
  "string",
  "templatestring",
  "var",
  "ref",
  "array",
  "object",
  "set",
  "arraycomprehension",
  "objectcomprehension",
  "setcomprehension",
  "call",
];

function sortedTerms(terms: readonly Value[]): readonly Value[] {
  const sorted = terms.toSorted(compareTerms);
  return sorted.filter((term, i) => i === 0 || compareTerms(sorted[i - 1] as Value, term) !== 0);
}

function sortedEntries(entries: readonly (readonly [Value, Value])[]): Value {
  // The last value of a repeated key wins.
  const pairs: (readonly [Value, Value])[] = [];
  for (const pair of entries) {
    const known = pairs.findIndex(([other]) => compareTerms(other, pair[0]) === 0);
    if (known >= 0) pairs[known] = pair;
    else pairs.push(pair);
  }
  return pairs.sort((a, b) => compareTerms(a[0], b[0])).map(([key, value]) => [key, value]);
}

function compareTerms(a: Value, b: Value): number {
  const left = a as { readonly type: string; readonly value: Value };
  const right = b as { readonly type: string; readonly value: Value };
  return TYPE_ORDER.indexOf(left.type) - TYPE_ORDER.indexOf(right.type) || compare(left.value, right.value);
}
