import type { RecordedEvent } from "../../observe/trace.ts";
import type { Body, Expr, Term } from "../../syntax/ast.ts";
import type { Location } from "../../location.ts";
import { parseQuery } from "../../syntax/parse.ts";
import { isArray, isObject } from "../../value/kind.ts";
import { objectGet } from "../../value/object.ts";
import { printValue } from "../../value/print.ts";
import { RegoSet } from "../../value/set.ts";
import { textLength, textSlice } from "../../value/text.ts";
import type { Value } from "../../value/value.ts";

/** The expression that a test failed at. */
export interface FailureLine {
  /** `file:row`. */
  readonly place: string;
  /** Its source, and below it the values of its parts. */
  readonly text: string;
}

const WIDEST_VALUE = 61;

/** Shows the last failure within a rule: `x == y`, with the values of `x` and `y` below. */
export function failureLine(events: readonly RecordedEvent[]): FailureLine | undefined {
  const at = events.findLastIndex(
    ({ op, node, queryId, text }) =>
      op === "Fail" && node === "expr" && queryId !== 0 && !text.startsWith("every "),
  );
  const event = events[at];
  if (!event) return undefined;
  const { location } = event;
  const before = location.source.text.slice(
    location.source.text.lastIndexOf("\n", location.start - 1) + 1,
    location.start,
  );
  const margin = before.replace(/[^\t]/g, " ");
  const lines = location.text.split("\n");
  const source = lines.map((line, i) => (i === 0 ? margin + line : line)).join("\n");
  const values = valuesIn(event, events.slice(0, at));
  return { place: `${location.file}:${location.row}`, text: [source, ...arrows(values, margin)].join("\n") };
}

interface Shown {
  /** Code points from the start of the expression. */
  readonly column: number;
  readonly source: string;
  readonly value: string;
}

/** One row of bars, then the values from right to left. */
function arrows(shown: readonly Shown[], margin: string): readonly string[] {
  const columns = [...new Set(shown.map(({ column }) => column))].sort((a, b) => a - b);
  const bars = (upTo: number): string => {
    let line = margin;
    let width = 0;
    for (const column of columns.filter((one) => one <= upTo)) {
      line += `${" ".repeat(column - width)}|`;
      width = column + 1;
    }
    return line;
  };
  const last = columns.at(-1);
  if (last === undefined) return [];
  const rows = [bars(last)];
  for (const column of columns.toReversed()) {
    const left = bars(column).slice(0, -1);
    const here = shown
      .filter((one) => one.column === column)
      .sort((a, b) => b.source.length - a.source.length);
    for (const { source, value } of here)
      rows.push(left + (here.length === 1 ? value : `${source}: ${value}`));
  }
  return rows;
}

/**
 * The values of the parts of an expression. The compiler takes an expression apart into several that have its place; what
 * stands where a call stood in the source is the variable that took its result.
 */
function valuesIn(failed: RecordedEvent, before: readonly RecordedEvent[]): readonly Shown[] {
  const own = before.filter(({ queryId }) => queryId === failed.queryId);
  const locals = new Map([...own, failed].flatMap(({ locals }) => [...locals]));
  const { location } = failed;
  const first = location.text.split("\n")[0] ?? "";
  const [source] = bodyOf(location.text);
  if (!source) return [];
  const compiled = new Set(
    [...own, failed].filter((event) => isWithin(event.location, location)).map(({ text }) => text),
  );
  const finder = new ValueFinder(
    locals,
    [...compiled].flatMap((text) => [...bodyOf(text)]),
  );
  const [made] = bodyOf(failed.text);
  finder.expr(source, made);
  return finder.found
    .filter(({ location: place }) => place.row === 1)
    .map(({ location: place, text, value }) => ({
      column: textLength(first.slice(0, place.start)),
      source: text,
      value: cut(printValue(value)),
    }));
}

function isWithin(inner: Location, outer: Location): boolean {
  return inner.source === outer.source && inner.start >= outer.start && inner.end <= outer.end;
}

function bodyOf(text: string): Body {
  const parsed = parseQuery(text);
  return parsed.ok ? parsed.body : [];
}

/** Walks the source's tree beside the compiled one. */
class ValueFinder {
  readonly found: { readonly location: Location; readonly text: string; readonly value: Value }[] = [];
  readonly #locals: ReadonlyMap<string, Value>;
  /** What was evaluated for this expression: where the results of calls came from. */
  readonly #made: Body;
  /** Arguments of calls: looked at after what stands outside. */
  readonly #inner: (readonly [source: Term, made: Term | undefined])[] = [];

  constructor(locals: ReadonlyMap<string, Value>, made: Body) {
    this.#locals = locals;
    this.#made = made;
  }

  expr(source: Expr, made: Expr | undefined): void {
    const { terms } = source;
    if (terms.kind === "term") {
      this.#inner.push([terms.term, made?.terms.kind === "term" ? made.terms.term : undefined]);
    } else if (terms.kind === "call") {
      const args = made?.terms.kind === "call" ? made.terms.args : [];
      terms.args.forEach((arg, i) => this.#inner.push([arg, args[i]]));
    }
    for (let next = this.#inner.shift(); next; next = this.#inner.shift()) this.#term(...next);
  }

  #term(source: Term, made: Term | undefined): void {
    switch (source.kind) {
      case "var":
        return this.#show(source, this.#valueOf(made?.kind === "var" ? made : source));
      case "ref": {
        const [head] = source.parts;
        if (head.kind === "var" && head.name !== "input" && head.name !== "data") {
          this.#show(head, this.#locals.get(head.name));
        }
        return this.#show(source, this.#valueOf(made ?? source) ?? this.#valueOf(source));
      }
      case "call": {
        const result = made?.kind === "var" ? made.name : undefined;
        this.#show(source, result === undefined ? undefined : this.#locals.get(result));
        const call = this.#callFor(result);
        source.args.forEach((arg, i) => this.#inner.push([arg, call?.[i]]));
        return;
      }
      case "array-comprehension":
      case "set-comprehension":
      case "object-comprehension":
        return this.#show(source, this.#valueOf(made));
      default:
        return;
    }
  }

  /** The arguments of the call that gave a variable its value. */
  #callFor(result: string | undefined): readonly Term[] | undefined {
    if (result === undefined) return undefined;
    for (const { terms } of this.#made) {
      if (terms.kind !== "call") continue;
      const last = terms.args.at(-1);
      if (last?.kind === "var" && last.name === result) return terms.args.slice(0, -1);
    }
    return undefined;
  }

  #valueOf(term: Term | undefined): Value | undefined {
    if (term?.kind === "scalar") return term.value;
    if (term?.kind === "var") return this.#locals.get(term.name);
    if (term?.kind !== "ref") return undefined;
    const [head, ...keys] = term.parts;
    let value = this.#valueOf(head);
    for (const key of keys) {
      const index = this.#valueOf(key);
      value = value === undefined || index === undefined ? undefined : elementOf(value, index);
    }
    return value;
  }

  #show(term: Term, value: Value | undefined): void {
    const { text } = term.location;
    if (value === undefined || this.found.some((other) => other.text === text)) return;
    this.found.push({ location: term.location, text, value });
  }
}

function elementOf(value: Value, key: Value): Value | undefined {
  if (isArray(value)) return typeof key === "number" ? value[key] : undefined;
  if (value instanceof RegoSet) return value.has(key) ? key : undefined;
  return isObject(value) ? objectGet(value, key) : undefined;
}

function cut(text: string): string {
  return textLength(text) > WIDEST_VALUE ? `${textSlice(text, 0, WIDEST_VALUE)}...` : text;
}
