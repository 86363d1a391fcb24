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
import { unreachable } from "../../errors.ts";
import { compare } from "../../value/order.ts";
import type { Value } from "../../value/value.ts";
import { base64Encode } from "../go/base64.ts";
import { bytesOf } from "../go/bytes.ts";

type Json = Record<string, Value>;

/** A parsed module in the JSON form of OPA's syntax tree, as `rego.parse_module` and `opa parse` show it, without locations. */
export function moduleJson(module: Module): Value {
  const json: Json = { package: { path: partsJson(module.package.path) } };
  if (module.imports.length > 0) json["imports"] = module.imports.map(importJson);
  if (module.rules.length > 0) json["rules"] = module.rules.map(ruleJson);
  if (module.comments.length > 0) json["comments"] = module.comments.map(commentJson);
  return json;
}

function importJson({ path, alias }: Import): Value {
  return alias === undefined ? { path: termJson(path) } : { path: termJson(path), alias };
}

function commentJson({ text, location }: Comment): Value {
  const { file, row, col } = location;
  return { Text: base64Encode(bytesOf(text)), Location: { file, row, col } };
}

function ruleJson(rule: Rule): Value {
  const json: Json = { head: headJson(rule.head), body: bodyJson(rule.body) };
  if (rule.default) json["default"] = true;
  if (rule.else) json["else"] = ruleJson(rule.else);
  return json;
}

function headJson(head: Head): Value {
  const json: Json = { ref: partsJson(head.ref) };
  const [name, key, ...more] = head.ref.parts;
  // The older fields of a head: its name, and the key of what was once the only kind of partial rule.
  const isOld = key === undefined || (more.length === 0 && head.explicitValue && head.key === undefined);
  if (isOld && name.kind === "var") json["name"] = name.name;
  if (head.key) json["key"] = termJson(head.key);
  else if (key && more.length === 0 && (!head.hasIf || key.kind !== "scalar")) json["key"] = termJson(key);
  if (head.args && head.args.length > 0) json["args"] = head.args.map(termJson);
  if (head.value) json["value"] = termJson(head.value);
  if (head.assign) json["assign"] = true;
  return json;
}

function bodyJson(body: Body): Value {
  return body.map(exprJson);
}

function exprJson(expr: Expr, index: number): Value {
  const json: Json = { index, terms: termsJson(expr) };
  if (expr.negated) json["negated"] = true;
  if (expr.generated) json["generated"] = true;
  if (expr.with.length > 0) json["with"] = expr.with.map(withJson);
  return json;
}

function withJson({ target, value }: With): Value {
  return { target: termJson(target), value: termJson(value) };
}

function termsJson({ terms }: Expr): Value {
  switch (terms.kind) {
    case "term":
      return termJson(terms.term);
    case "call":
      return [termJson(terms.operator), ...terms.args.map(termJson)];
    case "some":
      return { symbols: terms.symbols.map(termJson) };
    case "every":
      return everyJson(terms);
    case "not":
      return { type: "not", body: bodyJson(terms.body), explicit_body: terms.explicit };
    default: {
      const [first, ...rest] = terms.operands.map(bodyJson);
      return rest.reduce<Value>((lhs, rhs) => ({ type: terms.kind, lhs, rhs }), first ?? []);
    }
  }
}

function everyJson({ key, value, domain, body }: Every): Value {
  return {
    key: key ? termJson(key) : null,
    value: termJson(value),
    domain: termJson(domain),
    body: bodyJson(body),
  };
}

function termJson(term: Term): Value {
  switch (term.kind) {
    case "scalar":
      if (term.value === null) return { type: "null", value: {} };
      if (typeof term.value === "string") return { type: "string", value: term.value };
      return { type: typeof term.value === "boolean" ? "boolean" : "number", value: term.value };
    case "var": {
      const json = { type: "var", value: term.name };
      // The two documents are references, even alone.
      return isVar(term, "input") || isVar(term, "data") ? { type: "ref", value: [json] } : json;
    }
    case "ref":
      return { type: "ref", value: partsJson(term) };
    case "array":
      return { type: "array", value: term.items.map(termJson) };
    case "set":
      return { type: "set", value: sortedTerms(term.items.map(termJson)) };
    case "object":
      return { type: "object", value: sortedEntries(term.entries) };
    case "array-comprehension":
    case "set-comprehension":
      return {
        type: term.kind.replace("-", ""),
        value: { term: termJson(term.head), body: bodyJson(term.body) },
      };
    case "object-comprehension":
      return {
        type: "objectcomprehension",
        value: { key: termJson(term.key), value: termJson(term.value), body: bodyJson(term.body) },
      };
    case "call":
      return { type: "call", value: [termJson(term.operator), ...term.args.map(termJson)] };
    case "template":
      return {
        type: "templatestring",
        value: { multi_line: term.raw, parts: term.parts.map(templatePartJson) },
      };
    default:
      return unreachable(term);
  }
}

/** A var at the head stays a var, also where it names a document. */
function partsJson({ parts: [head, ...rest] }: RefTerm): Value {
  return [head.kind === "var" ? { type: "var", value: head.name } : termJson(head), ...rest.map(termJson)];
}

function templatePartJson(part: string | Expr): Value {
  if (typeof part === "string") return { type: "string", value: part };
  const { terms } = part;
  return terms.kind === "term" && terms.term.kind === "scalar" && part.with.length === 0
    ? termJson(terms.term)
    : exprJson(part, 0);
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

function sortedEntries(entries: readonly (readonly [Term, Term])[]): Value {
  // The last value of a repeated key wins.
  const pairs: (readonly [Value, Value])[] = [];
  for (const [key, value] of entries) {
    const pair = [termJson(key), termJson(value)] as const;
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
