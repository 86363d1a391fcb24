import { bodyJson, moduleJson } from "../../builtins/rego/module-json.ts";
import type { RecordedEvent } from "../../observe/trace.ts";
import type { Local } from "../../plan/events.ts";
import { parseModule, parseQuery } from "../../syntax/parse.ts";
import { isArray, isObject } from "../../value/kind.ts";
import { objectEntries } from "../../value/object.ts";
import { Decimal } from "../../value/number.ts";
import { RegoSet } from "../../value/set.ts";
import type { PlainObject, Value } from "../../value/value.ts";
import { Fields, fields, type Report } from "../json.ts";

/**
 * Events in the shape of OPA's JSON explanations. `Node` is the syntax tree of what the pretty form prints: an expression
 * or a body as it is evaluated, a rule as it is written. Variables have the names of the source, there and in `Locals`.
 */
export function explanationJson(events: readonly RecordedEvent[]): Report {
  const nodes = new Map<string, Report>();
  /** The expression that each body is at. */
  const current = new Map<number, RecordedEvent>();
  return events.map((event) => {
    const { file, row, col } = event.location;
    const isNote = event.op === "Note";
    // What is looked up in an index is looked up for an expression.
    const subject = event.op === "Index" ? (current.get(event.queryId) ?? event) : event;
    if (event.node === "expr" && event.op === "Eval") current.set(event.queryId, event);
    return fields({
      Op: event.op,
      Node: isNote ? null : nodeOf(subject, nodes),
      Location: fields({ file, row, col }),
      QueryID: event.queryId,
      ParentID: event.parentId,
      Locals: isNote ? null : event.locals.map(([name, value]) => localJson(name, value)),
      LocalMetadata: isNote ? null : metadataJson(event.locals),
      Message: event.message,
      Ref: event.op === "Index" ? refOf(event.text) : null,
    });
  });
}

/** Trees are read from the text once. */
function nodeOf(event: RecordedEvent, known: Map<string, Report>): Report {
  const { index, generated } = event;
  const text = event.node === "rule" ? ruleText(event) : event.text;
  const key = `${event.node} ${index} ${generated} ${text}`;
  let node = known.get(key);
  if (node === undefined) {
    node = event.node === "rule" ? ruleNode(text) : exprNode(event);
    known.set(key, node);
  }
  return node;
}

function exprNode({ node, text, index, generated }: RecordedEvent): Report {
  const parsed = parseQuery(text);
  if (!parsed.ok) return text;
  if (node === "body") return bodyJson(parsed.body);
  const [expr] = bodyJson(parsed.body) as readonly PlainObject[];
  if (!expr) return null;
  return { ...expr, index, ...(generated ? { generated } : {}) };
}

/** The text of a rule. Branches and chained bodies have none of their own: theirs begin with the name of the rule. */
function ruleText({ location: { text }, text: path }: RecordedEvent): string {
  const name = path.slice(path.lastIndexOf(".") + 1);
  if (text.startsWith("{")) return `${name} ${text}`;
  return /^else\b/.test(text) ? `${name}${text.slice("else".length)}` : text;
}

function ruleNode(text: string): Report {
  for (const version of ["v1", "v0"] as const) {
    const parsed = parseModule({ name: "", source: `package p\n${text}`, version });
    if (!parsed.ok) continue;
    const { rules } = moduleJson(parsed.module, { comments: false }) as { rules?: readonly Value[] };
    return rules?.[0] ?? text;
  }
  return text;
}

function refOf(text: string): Report {
  const parsed = parseQuery(text);
  const [expr] = parsed.ok ? parsed.body : [];
  if (expr?.terms.kind !== "term" || expr.terms.term.kind !== "ref") return text;
  const [{ terms }] = bodyJson([expr]) as unknown as readonly [{ terms: { value: Value } }];
  return terms.value;
}

/** OPA tells where a variable stands, too, but not of all. */
function metadataJson(locals: readonly Local[]): Fields {
  return new Fields([...new Map(locals.map(([name]) => [name, fields({ name, location: null })]))]);
}

function localJson(name: string, value: Value): Fields {
  return new Fields([["name", name], ...Object.entries(typed(value))]);
}

/** A value as a term of the syntax tree. */
function typed(value: Value): PlainObject {
  if (value === null) return { type: "null", value: {} };
  if (typeof value === "boolean" || typeof value === "string") return { type: typeof value, value };
  if (typeof value === "number" || value instanceof Decimal) return { type: "number", value };
  if (isArray(value)) return { type: "array", value: value.map(typed) };
  if (value instanceof RegoSet) return { type: "set", value: value.sorted().map(typed) };
  return {
    type: "object",
    value: isObject(value) ? objectEntries(value).map(([key, item]) => [typed(key), typed(item)]) : [],
  };
}
