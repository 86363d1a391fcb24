import { isVar } from "../../syntax/build.ts";
import type {
  Annotations,
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
import { compareTerms, sortedEntries, sortedItems } from "../../syntax/term-order.ts";
import { isArray } from "../../value/kind.ts";
import type { Value } from "../../value/value.ts";
import { base64Encode } from "../go/base64.ts";
import { bytesOf } from "../go/bytes.ts";
import { ruleAnnotations } from "./rule-annotations.ts";

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

/** The parts of a reference: a document at its head is a variable. */
export function refJson(ref: RefTerm): Value {
  return new ModuleWriter({}).parts(ref);
}

class ModuleWriter {
  readonly #options: ModuleJsonOptions;

  constructor(options: ModuleJsonOptions) {
    this.#options = options;
  }

  module(module: Module): Value {
    const {
      package: { path, location },
      imports,
      annotations,
      rules,
      comments,
    } = module;
    const json: Json = { package: { ...this.#place(location, "package"), path: this.parts(path) } };
    if (imports.length > 0) json["imports"] = imports.map((one) => this.#import(one));
    if (annotations.length > 0 && this.#options.annotations) {
      json["annotations"] = annotations.map((one) => this.#annotations(one));
    }
    if (rules.length > 0) {
      const own = this.#options.annotations ? ruleAnnotations(module) : undefined;
      json["rules"] = rules.map((rule) => {
        const blocks = own?.get(rule)?.map((one) => this.#annotations(one));
        return { ...this.#rule(rule), ...(blocks ? { annotations: blocks } : {}) };
      });
    }
    if (comments.length > 0 && this.#options.comments !== false)
      json["comments"] = comments.map((one) => this.#comment(one, annotations));
    return json;
  }

  /** `{ location }` where places are wanted. `word` is the keyword that OPA takes for the whole statement. */
  #place({ file, row, col, text }: Location, word: string = text): Json {
    if (!this.#options.locations) return {};
    return { location: { file, row, col, text: base64Encode(bytesOf(word)) } };
  }

  /** The place of a comment that begins a METADATA block is the block's. */
  #comment({ text, location }: Comment, annotations: readonly Annotations[]): Value {
    const { file, row, col } = location;
    const block = annotations.find((one) => one.location.start === location.start);
    const place = this.#place((block ?? { location }).location)["location"] ?? { file, row, col };
    return { Text: base64Encode(bytesOf(text)), Location: place };
  }

  #annotations({ location, value }: Annotations): Value {
    const { schemas, ...fields } = value as Json;
    if (schemas === undefined) return { ...this.#place(location), ...fields };
    const shown = (schemas as readonly Json[]).map((one) => mapValues(one, typedPath));
    return { ...this.#place(location), ...fields, schemas: shown };
  }

  #import({ path, alias, location }: Import): Value {
    const json: Json = { ...this.#place(location, "import"), path: this.#term(path) };
    if (alias !== undefined) json["alias"] = alias;
    return json;
  }

  /** `first` begins the chain of branches. */
  #rule(rule: Rule, first: Rule = rule): Json {
    const place = rule.default ? this.#place(rule.location, "default") : this.#place(rule.location);
    const json: Json = { ...place, head: this.#head(rule, first), body: this.body(rule.body) };
    if (rule.default) json["default"] = true;
    if (rule.else) json["else"] = this.#rule(rule.else, first);
    return json;
  }

  #head({ head, body }: Rule, first: Rule): Value {
    const json: Json = { ...this.#place(head.location), ref: this.parts(first.head.ref) };
    Object.assign(json, this.#oldFields(first));
    if (head.args && head.args.length > 0) json["args"] = this.#terms(head.args);
    if (head.value) json["value"] = hasPlace(head, body) ? this.#term(head.value) : this.#bare(head.value);
    if (head.assign) json["assign"] = true;
    return json;
  }

  /** The name of a head, and the key of what was once the only kind of partial rule. */
  #oldFields({ head, default: isDefault }: Rule): Json {
    const json: Json = {};
    const [name, key, ...more] = head.ref.parts;
    const isPair = key !== undefined && more.length === 0 && head.key === undefined && !isDefault;
    const isOld = key === undefined || (isPair && (head.args ? head.hasIf : head.explicitValue));
    if (isOld && name.kind === "var") json["name"] = name.name;
    if (head.key) json["key"] = this.#term(head.key);
    else if (isPair && !head.args && (!head.hasIf || key.kind !== "scalar")) json["key"] = this.#term(key);
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
        return { type: "ref", value: this.parts(term) };
      case "array":
        return { type: "array", value: this.#terms(term.items) };
      case "set":
        return { type: "set", value: this.#terms(sortedItems(term.items)) };
      case "object":
        return {
          type: "object",
          value: sortedEntries(lastOfEach(term.entries)).map((entry) => this.#terms(entry)),
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
  parts({ parts: [head, ...rest] }: RefTerm): Value {
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

function mapValues(json: Json, change: (value: Value, name: string) => Value): Json {
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, change(value, name)]));
}

/** A path among annotations as the terms of a ref; a definition as it is. */
function typedPath(path: Value, name: string): Value {
  if (name === "definition" || !isArray(path)) return path;
  return path.map((value, i) => ({ type: i === 0 ? "var" : "string", value }));
}

/** Of the values that are implied, those of `p.q if …` and `f(x)` have a place. */
function hasPlace({ explicitValue, hasIf, args, ref }: Head, body: Body): boolean {
  if (explicitValue) return true;
  return args ? !hasIf && body[0]?.generated === true : hasIf && ref.parts.length === 2;
}

/** The last value of a repeated key wins. */
function lastOfEach(entries: readonly (readonly [Term, Term])[]): readonly (readonly [Term, Term])[] {
  const pairs: (readonly [Term, Term])[] = [];
  for (const pair of entries) {
    const known = pairs.findIndex(([other]) => compareTerms(other, pair[0]) === 0);
    if (known >= 0) pairs[known] = pair;
    else pairs.push(pair);
  }
  return pairs;
}
