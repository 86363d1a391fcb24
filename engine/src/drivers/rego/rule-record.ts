import type { Local, Observer, TraceEvent, Value } from "@portcullis/interpreter";

/** What happened to one rule, all its evaluations together. */
export interface RuleRecord {
  /** Its path, `data.template.violation`. */
  readonly path: string;
  readonly file: string;
  readonly row: number;
  /** How often its body was begun, and how often it held. */
  entered: number;
  held: number;
  /** The rows of its body in the order in which they were reached. */
  readonly rows: Map<number, RowRecord>;
}

/** What happened in one row of a body. */
export interface RowRecord {
  readonly row: number;
  /** False in the body of a comprehension and the like, which fails without the rule's failing. */
  readonly own: boolean;
  /** Its first expression: the others of the row follow it. */
  readonly first: string;
  tried: number;
  failed: number;
  /** Variables and rules that the row read or made when it held last, and when it failed last. */
  heldWith: ReadonlyMap<string, Value>;
  failedWith: ReadonlyMap<string, Value>;
}

interface Attempt {
  readonly values: Map<string, Value>;
  failed: boolean;
}

interface Body {
  readonly rule: RuleRecord;
  /** The rule's own body. */
  readonly own: boolean;
}

/** Bodies that the record can still tell apart; a loop may evaluate millions. */
const BODIES = 20_000;

/**
 * Gathers what became of each rule and each row of it, and with which values. It takes as much memory as the policy has
 * rows, however long the evaluation is.
 */
export class RulesRecorder implements Observer {
  #rules = new Map<string, RuleRecord>();
  #bodies = new Map<number, Body>();
  #attempts = new Map<RowRecord, Attempt>();

  start(): void {
    this.#rules = new Map();
    this.#bodies = new Map();
    this.#attempts = new Map();
  }

  event(event: TraceEvent): void {
    if (event.op === "Enter") this.#enter(event);
    else if (event.node === "rule" && event.op === "Exit") this.#exit(event);
    else if (event.node === "expr") this.#expression(event);
  }

  /** In the order in which they were first begun. */
  rules(): readonly RuleRecord[] {
    for (const [row, attempt] of this.#attempts) settle(row, attempt);
    return [...this.#rules.values()];
  }

  #enter({ node, text, location, queryId, parentId }: TraceEvent): void {
    const around = this.#bodies.get(parentId);
    if (node === "rule") {
      const rule = this.#rule(text, location.file, location.row);
      rule.entered++;
      this.#remember(queryId, { rule, own: true });
    } else if (around) this.#remember(queryId, { rule: around.rule, own: false });
  }

  #exit({ queryId }: TraceEvent): void {
    const body = this.#bodies.get(queryId);
    if (body?.own) body.rule.held++;
  }

  #expression({ op, queryId, location, text, locals }: TraceEvent): void {
    const body = this.#bodies.get(queryId);
    if (!body || location.file !== body.rule.file) return;
    // The compiler makes several expressions of one, all at its place.
    const expression = `${location.col} ${text}`;
    const row = rowOf(body, location.row, expression);
    if (op === "Eval" && expression === row.first) this.#begin(row);
    const attempt = this.#attempts.get(row);
    if (!attempt) return;
    addValues(attempt.values, locals());
    if (op !== "Fail" || attempt.failed) return;
    attempt.failed = true;
    row.failed++;
  }

  #begin(row: RowRecord): void {
    const before = this.#attempts.get(row);
    if (before) settle(row, before);
    row.tried++;
    this.#attempts.set(row, { values: new Map(), failed: false });
  }

  #rule(path: string, file: string, row: number): RuleRecord {
    const key = `${file}:${row} ${path}`;
    let rule = this.#rules.get(key);
    if (!rule) this.#rules.set(key, (rule = { path, file, row, entered: 0, held: 0, rows: new Map() }));
    return rule;
  }

  #remember(queryId: number, body: Body): void {
    this.#bodies.set(queryId, body);
    if (this.#bodies.size <= BODIES) return;
    const oldest = this.#bodies.keys().next();
    if (!oldest.done) this.#bodies.delete(oldest.value);
  }
}

const NO_VALUES: ReadonlyMap<string, Value> = new Map();

function rowOf({ rule, own }: Body, row: number, first: string): RowRecord {
  let record = rule.rows.get(row);
  // A comprehension's body often stands in the row of the expression around it, which counts.
  if (!record || (own && !record.own)) {
    record = { row, own, first, tried: 0, failed: 0, heldWith: NO_VALUES, failedWith: NO_VALUES };
    rule.rows.set(row, record);
  }
  return own === record.own ? record : { ...record };
}

/** Wildcards and what the compiler made up mean nothing to the author. */
function addValues(values: Map<string, Value>, locals: readonly Local[]): void {
  for (const [name, value] of locals) if (!/^_$|^__local\d+__$/.test(name)) values.set(name, value);
}

function settle(row: RowRecord, { failed, values }: Attempt): void {
  if (failed) row.failedWith = values;
  else row.heldWith = values;
}
