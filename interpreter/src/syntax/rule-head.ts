import type { Body, Head, RefTerm, Rule, Term } from "./ast.ts";
import { operatorName, trueBody, trueTerm } from "./build.ts";
import { SyntaxFault, type Problem } from "./diagnostics.ts";
import type { Location } from "../location.ts";
import { kindName } from "./visit.ts";

/** A head as it was written, before it is known what kind of rule it makes. */
export interface ParsedHead {
  readonly parts: RefTerm["parts"];
  readonly refLocation: Location;
  readonly args: readonly Term[] | undefined;
  readonly key: Term | undefined;
  readonly value: Term | undefined;
  readonly assign: boolean;
  readonly contains: boolean;
  readonly location: Location;
}

/**
 * The head of a rule. `form` tells what came before or after it: `default`, an `if`, or neither. Without `if`, a ref of two
 * parts makes a partial set (`p[x] { … }`), or stays the place of a value (`p[x] = 1 { … }`).
 */
export function headFromRef(head: ParsedHead, form: "default" | "if" | "plain"): Head {
  const { parts, args, contains, assign, location } = head;
  const hasIf = form === "if";
  const isSet =
    form === "plain" && !contains && args === undefined && parts.length === 2 && head.value === undefined;
  const ref: RefTerm = isSet
    ? { kind: "ref", parts: [parts[0]], location: parts[0].location }
    : { kind: "ref", parts, location: head.refLocation };
  const multi = contains || isSet;
  return {
    ref,
    args,
    key: contains ? head.key : isSet ? parts[1] : undefined,
    value: multi ? undefined : (head.value ?? trueTerm(location)),
    assign,
    hasIf,
    hasContains: contains,
    explicitValue: head.value !== undefined,
    location,
  };
}

/** Throws where a default rule's value or arguments are not allowed. */
export function checkDefaultRule(head: ParsedHead, location: Location): void {
  const problems: Problem[] = [];
  const report = (message: string): void => {
    problems.push({ place: placeOf(location), message: `illegal default rule (${message})` });
  };
  if (head.value === undefined && (head.contains || (head.parts.length === 2 && head.args === undefined))) {
    // Of the others, `default p` is `default p = true`.
    report("must have a value");
  } else {
    for (const kind of head.value ? openParts(head.value) : []) report(`value cannot contain ${kind}`);
    const seen = new Set<string>();
    for (const arg of problems.length > 0 ? [] : (head.args ?? [])) {
      if (arg.kind !== "var" || isRootDocument(arg)) report(`arguments cannot contain ${openKind(arg)}`);
      else if (seen.has(arg.name)) report(`arguments cannot be repeated ${arg.name}`);
      else seen.add(arg.name);
    }
  }
  if (problems.length > 0) throw new SyntaxFault(problems);
}

/** The kinds of the vars, refs and calls in a term, comprehensions left aside. In a template a call is its operator, a ref. */
function openParts(term: Term): string[] {
  switch (term.kind) {
    case "template":
      return term.parts.flatMap((part) => {
        if (typeof part === "string") return [];
        if (part.terms.kind === "term") return openParts(part.terms.term);
        return part.terms.kind === "call"
          ? [kindName(part.terms.operator), ...part.terms.args.flatMap(openParts)]
          : [];
      });
    case "var":
    case "ref":
    case "call":
      return [openKind(term)];
    case "array":
    case "set":
      return term.items.flatMap(openParts);
    case "object":
      return term.entries.flatMap(([key, value]) => [...openParts(key), ...openParts(value)]);
    default:
      return [];
  }
}

/** `input` and `data` are refs to whole documents. */
export function isRootDocument(term: Term): boolean {
  return term.kind === "var" && (term.name === "input" || term.name === "data");
}

function openKind(term: Term): string {
  return isRootDocument(term) ? "ref" : kindName(term);
}

/** Where a node's row and column are: a text in parentheses begins with those, its place does not. */
export function placeOf(location: Location): Problem["place"] {
  const before = /^[(\s]*/.exec(location.text)?.[0].length ?? 0;
  return {
    startOffset: location.start + before,
    endOffset: location.end - 1,
    startLine: location.row,
    startColumn: location.col,
  };
}

/** A rule made from a statement that is a query by its form (`p := 1`, `p[x]`, `f(1) = 2`), or why it is none. */
export type RuleFromBody =
  { readonly rule: Rule; readonly generatedValue: boolean } | { readonly message: string };

export function ruleFromBody(body: Body, isBuiltin: (name: string) => boolean): RuleFromBody {
  const [expr] = body;
  if (body.length !== 1 || expr === undefined)
    return { message: "multiple expressions cannot be used for rule head" };
  if (expr.with.length > 0) return { message: "expressions using with keyword cannot be used for rule head" };
  if (expr.negated) return { message: "negated expressions cannot be used for rule head" };
  const terms = expr.terms;
  switch (terms.kind) {
    case "some":
      return { message: "'some' declarations cannot be used for rule head" };
    case "term":
      return ruleFromTerm(terms.term);
    case "call":
      break;
    default:
      return { message: "expression cannot be used for rule head" };
  }
  const name = operatorName(terms.operator);
  const [left, right] = terms.args;
  if (terms.infix && (name === "eq" || name === "assign") && left && right) {
    return ruleFromEquation(left, right, name === "assign", expr.location);
  }
  if (isBuiltin(name)) return { message: "rule name conflicts with built-in function" };
  if (terms.args.length === 0) return { message: "rule argument list must take at least one argument" };
  if (terms.operator.parts[0].kind !== "var") return { message: `invalid rule head: ${name}` };
  const location = terms.operator.location;
  return naked({
    ref: terms.operator,
    args: terms.args,
    key: undefined,
    value: trueTerm(terms.operator.location),
    location,
  });
}

/** `p[x]` is a partial set, `p.q.r` is true; a lone name is nothing. */
function ruleFromTerm(term: Term): RuleFromBody {
  if (isRootDocument(term)) return { message: "refs cannot be used for rule head" };
  if (term.kind !== "ref") return { message: `${kindName(term)} cannot be used for rule name` };
  const [first, second] = term.parts;
  const location = term.location;
  if (first.kind !== "var") return { message: `invalid rule head: ${location.text}` };
  if (term.parts.length > 2) {
    return naked({ ref: term, args: undefined, key: undefined, value: trueTerm(location), location });
  }
  const ref: RefTerm = { kind: "ref", parts: [first], location: first.location };
  return naked({ ref, args: undefined, key: second, value: undefined, location });
}

function ruleFromEquation(left: Term, right: Term, assign: boolean, location: Location): RuleFromBody {
  const body = trueBody(right.location);
  const make = (ref: RefTerm, args: readonly Term[] | undefined): RuleFromBody => {
    const head: Head = {
      ref,
      args,
      key: undefined,
      value: right,
      assign,
      hasIf: false,
      hasContains: false,
      explicitValue: true,
      location,
    };
    const rule: Rule = { kind: "rule", default: false, head, body, else: undefined, location };
    return { rule, generatedValue: false };
  };
  if (left.kind === "call") {
    if (left.operator.parts[0].kind === "var") return make(left.operator, left.args);
    return { message: "call cannot be used for rule name" };
  }
  if (left.kind === "var") {
    return make({ kind: "ref", parts: [left], location: left.location }, undefined);
  }
  if (left.kind === "ref") {
    if (left.parts[0].kind !== "var") return { message: `invalid rule head: ${left.location.text}` };
    return make(left, undefined);
  }
  return { message: `${kindName(left)} cannot be used for rule name` };
}

interface NakedHead {
  readonly ref: RefTerm;
  readonly args: readonly Term[] | undefined;
  readonly key: Term | undefined;
  readonly value: Term | undefined;
  readonly location: Location;
}

function naked(written: NakedHead): RuleFromBody {
  const { location } = written;
  const head: Head = { ...written, assign: false, hasIf: false, hasContains: false, explicitValue: false };
  const rule: Rule = {
    kind: "rule",
    default: false,
    head,
    body: trueBody(location),
    else: undefined,
    location,
  };
  return { rule, generatedValue: written.value !== undefined };
}
