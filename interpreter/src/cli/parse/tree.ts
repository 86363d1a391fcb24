import { unreachable } from "../../errors.ts";
import type { Body, Expr, Module, RefTerm, Rule, Term } from "../../syntax/ast.ts";
import { printTerm } from "../../syntax/print.ts";

/** A module as `opa parse` draws it: a node a line, one blank deeper than the node it belongs to. */
export function moduleTree(module: Module): string {
  const nodes = [
    node("package", [refNode(module.package.path)]),
    ...module.imports.map(({ path, alias }) => node("import", [refNode(path), node(alias ?? "")])),
    ...module.rules.map(ruleNode),
    ...module.annotations.map(() => node("annotations")),
    ...module.comments.map(() => node("comment")),
  ];
  return draw(node("module", nodes), 0);
}

interface Node {
  readonly label: string;
  readonly children: readonly Node[];
}

function node(label: string, children: readonly Node[] = []): Node {
  return { label, children };
}

function draw({ label, children }: Node, depth: number): string {
  return `${" ".repeat(depth)}${label}\n${children.map((child) => draw(child, depth + 1)).join("")}`;
}

function ruleNode(rule: Rule): Node {
  return elseNode(rule, rule.head.ref);
}

/** The branches of an `else` chain have the name of the first. */
function elseNode({ head, body, else: other }: Rule, ref: RefTerm): Node {
  const { args = [], value } = head;
  const parts = [refNode(ref)];
  if (args.length > 0) parts.push(node("args", args.map(termNode)));
  if (value) parts.push(termNode(value));
  return node("rule", [node("head", parts), bodyNode(body), ...(other ? [elseNode(other, ref)] : [])]);
}

function bodyNode(body: Body): Node {
  return node(
    "body",
    body.map((expr, index) => exprNode(expr, index)),
  );
}

function exprNode(expr: Expr, index: number): Node {
  const withs = expr.with.map(({ target, value }) => node("with", [termNode(target), termNode(value)]));
  return node(`expr${expr.negated ? " negated" : ""} index=${index}`, [...termsNodes(expr), ...withs]);
}

function termsNodes({ terms }: Expr): readonly Node[] {
  switch (terms.kind) {
    case "term":
      return [termNode(terms.term)];
    case "call":
      return [terms.operator, ...terms.args].map(operatorNode);
    case "some":
      return [node("somedecl", terms.symbols.map(termNode))];
    case "every": {
      const { key, value, domain, body } = terms;
      const vars = (key ? [key, value] : [value]).map(termNode);
      return [node("every", [...vars, termNode(domain), bodyNode(body)])];
    }
    case "not":
      return [node("not", [bodyNode(terms.body)])];
    case "and":
    case "or":
      return [node(terms.kind, terms.operands.map(bodyNode))];
    default:
      return unreachable(terms);
  }
}

/** The operator of a call is a ref, also where it is a lone name. */
function operatorNode(term: Term, at: number): Node {
  return at === 0 && term.kind === "ref" ? refNode(term) : termNode(term);
}

function refNode({ parts }: RefTerm): Node {
  return node("ref", parts.map(partNode));
}

function partNode(part: Term): Node {
  return part.kind === "var" ? node(printTerm(part)) : termNode(part);
}

function termNode(term: Term): Node {
  switch (term.kind) {
    case "scalar":
      return node(printTerm({ kind: "scalar", value: term.value, location: term.location }));
    case "var":
      return term.name === "input" || term.name === "data"
        ? node("ref", [node(term.name)])
        : node(printTerm(term));
    case "ref":
      return refNode(term);
    case "array":
    case "set":
      return node(term.kind, term.items.map(termNode));
    case "object":
      return node(
        "object",
        term.entries.flatMap(([key, value]) => [termNode(key), termNode(value)]),
      );
    case "array-comprehension":
    case "set-comprehension":
      return node(term.kind.replace("-", ""), [termNode(term.head), bodyNode(term.body)]);
    case "object-comprehension":
      return node("objectcomprehension", [termNode(term.key), termNode(term.value), bodyNode(term.body)]);
    case "call":
      return node("call", [term.operator, ...term.args].map(operatorNode));
    case "template":
      return node("templatestring");
    default:
      return unreachable(term);
  }
}
