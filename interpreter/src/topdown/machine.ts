import {
  BuiltinError,
  OperandError,
  type Builtin,
  type BuiltinContext,
  type Host,
} from "../builtins/builtin.ts";
import type { RegoError, RegoErrorCode } from "../errors.ts";
import { pathText } from "../plan/names.ts";
import type { Plan, PlanSource, Span } from "../plan/plan.ts";
import { Location } from "../location.ts";
import { exchangeMeter, spendScan, type Meter } from "../value/meter.ts";
import type { PlainObject, Value } from "../value/value.ts";
import { Budget, type BudgetLeft, type BudgetLimits } from "./budget.ts";
import { Fault } from "./fault.ts";
import { KeptValues } from "./kept-values.ts";
import { answerOf, type HostAnswers, type NoHost } from "./suspend.ts";
import type { Seen } from "./unifications.ts";
import { ValueIndex } from "./value-index.ts";

/** The slots of one rule call or query. Slot 0 gathers the result. */
export type Frame = unknown[];

/** What replaces a function or builtin within a `with`. */
export type Mock =
  | { readonly kind: "value"; readonly value: Value }
  /** Read at each call, in the world that the call is in. */
  | {
      readonly kind: "document";
      readonly read: () => Value | undefined;
      /** For observers: what follows the value within the rules it is read from. */
      readonly solve?: (found: (value: Value) => boolean, asked: Seen | undefined) => boolean;
    }
  | {
      readonly kind: "call";
      readonly call: (args: readonly Value[]) => Value | undefined;
      /** The rule that is called, if it is one: what follows its value can run within it. */
      readonly unit?: {
        solve(
          args: readonly Value[],
          found: (value: Value) => boolean,
          bare?: boolean,
          asked?: Seen,
        ): boolean;
      };
    };

/** What a `with` changes and restores. */
export interface World {
  readonly input: Value | undefined;
  readonly data: PlainObject;
  readonly masks: readonly (readonly Value[])[] | undefined;
  readonly mocks: ReadonlyMap<string, Mock> | undefined;
  readonly cache: unknown[];
}

export interface MachineStart {
  readonly input: Value | undefined;
  readonly data: PlainObject;
  readonly host: Host;
  readonly budget: BudgetLimits;
  /** What an earlier run of the same evaluation left of the budget. */
  readonly budgetLeft?: BudgetLeft | undefined;
  readonly answers: HostAnswers | NoHost | undefined;
  readonly onPrint: ((line: string) => void) | undefined;
}

/**
 * The state of one evaluation, which the closures of an executable share: documents, caches, budget, errors. An
 * executable has one machine and is not entered twice at a time.
 */
export class Machine {
  input: Value | undefined = undefined;
  data: PlainObject = {};
  /** Paths below `data` whose rules a `with` hides. */
  masks: readonly (readonly Value[])[] | undefined = undefined;
  mocks: ReadonlyMap<string, Mock> | undefined = undefined;
  /** Values of rules, by rule number; renewed by each `with`. */
  cache: unknown[] = [];
  readonly budget: Budget;
  /** Errors of builtins, first one first. They make a call undefined and end nothing. */
  builtinErrors: RegoError[] = [];
  readonly #sources: readonly PlanSource[];
  readonly #cacheSize: number;
  readonly #kept: KeptValues | undefined;
  #memo = new Map<string, ValueIndex<{ readonly result: Value | undefined }>>();
  #host: Host = { nowNs: () => 0n, random: () => 0 };
  readonly scope: BuiltinScope;
  /** True while an evaluation runs. */
  busy = false;
  #outerMeter: Meter | undefined;
  /** The rule being evaluated, for messages. */
  rule: readonly Value[] = [];

  constructor({ sources, rules, kept }: Pick<Plan, "sources" | "rules" | "kept">) {
    this.#sources = sources;
    this.#cacheSize = rules.length;
    this.#kept = kept && new KeptValues(kept.path);
    this.scope = new BuiltinScope(this);
    this.budget = new Budget(
      () => this.#host.nowNs(),
      (budget, limit) => {
        throw this.usedUp(`${limit} ${budget}`);
      },
    );
  }

  get host(): Host {
    return this.#host;
  }

  start(start: MachineStart): void {
    this.busy = true;
    this.input = start.input;
    this.data = start.data;
    this.masks = undefined;
    this.mocks = undefined;
    this.cache = this.freshCache();
    this.builtinErrors = [];
    this.rule = [];
    this.#host = start.host;
    if (this.#memo.size > 0) this.#memo = new Map();
    this.scope.start(start.answers, start.onPrint);
    this.budget.start(start.budget, start.budgetLeft);
    this.#outerMeter = exchangeMeter(this.budget);
  }

  /** Lets go of everything the evaluation held. */
  finish(): void {
    this.busy = false;
    exchangeMeter(this.#outerMeter);
    this.input = undefined;
    this.data = {};
    this.cache = [];
    this.#kept?.letGo();
  }

  freshCache(): unknown[] {
    return new Array(this.#cacheSize);
  }

  /** What is known of the stable part of the input; undefined where there is none, or a `with` changed what rules mean. */
  keptValues(): unknown[] | undefined {
    if (this.masks !== undefined || this.mocks !== undefined) return undefined;
    return this.#kept?.of(this.input);
  }

  save(): World {
    return { input: this.input, data: this.data, masks: this.masks, mocks: this.mocks, cache: this.cache };
  }

  restore(world: World): void {
    this.input = world.input;
    this.data = world.data;
    this.masks = world.masks;
    this.mocks = world.mocks;
    this.cache = world.cache;
  }

  location(span: Span): Location {
    const source = this.#sources[span.source] ?? { file: "", text: "" };
    return new Location(source, span.start, span.end, span.row, span.col);
  }

  fault(code: RegoErrorCode, message: string, span: Span | undefined): Fault {
    return new Fault({ code, message, location: span && this.location(span) });
  }

  /** The end of an evaluation that has spent a budget: names the rule, or the query where no rule is being evaluated. */
  usedUp(budget: string): Fault {
    const where = this.rule.length > 0 ? pathText(this.rule) : "the query";
    return this.fault("eval_cancel_error", `budget of ${budget} used up in ${where}`, undefined);
  }

  /** Runs a builtin. Its errors are kept and make the call undefined; anything else ends the evaluation. */
  callBuiltin(row: Builtin, args: readonly Value[], span: Span): Value | undefined {
    this.scope.span = span;
    // Whatever a builtin does with a long text takes time in proportion.
    for (let i = 0; i < args.length; i++) {
      const arg = args[i];
      if (typeof arg === "string") spendScan(arg.length);
    }
    try {
      const result = row.memoised ? this.#memoised(row, args) : row.run(args, this.scope);
      if (typeof result === "string") this.budget.text(result.length);
      return result;
    } catch (error) {
      if (!(error instanceof BuiltinError)) throw error;
      this.budget.element();
      const code = error instanceof OperandError ? "eval_type_error" : "eval_builtin_error";
      this.builtinErrors.push({
        code,
        message: `${row.name}: ${error.message}`,
        location: this.location(span),
      });
      return undefined;
    }
  }

  /** The same arguments give the same result throughout a query. */
  #memoised(row: Builtin, args: readonly Value[]): Value | undefined {
    let calls = this.#memo.get(row.name);
    if (!calls) this.#memo.set(row.name, (calls = new ValueIndex()));
    const [known] = calls.get(args);
    if (known) return known.result;
    const result = row.run(args, this.scope);
    this.budget.element();
    calls.add(args, { result });
    return result;
  }
}

/** What builtins see of the machine. */
class BuiltinScope implements BuiltinContext {
  readonly #machine: Machine;
  queryCache = new Map<string, unknown>();
  span: Span | undefined = undefined;
  #answers: HostAnswers | NoHost | undefined;
  #onPrint: ((line: string) => void) | undefined;
  onNote: ((message: string) => void) | undefined;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  start(answers: HostAnswers | NoHost | undefined, onPrint: ((line: string) => void) | undefined): void {
    if (this.queryCache.size > 0) this.queryCache = new Map();
    this.#answers = answers;
    this.#onPrint = onPrint;
  }

  get host(): Host {
    return this.#machine.host;
  }

  get location(): Location | undefined {
    return this.span && this.#machine.location(this.span);
  }

  charge(units: number): void {
    this.#machine.budget.spend(units);
  }

  collect(count: number): void {
    // Too many elements are told as such, though they would be too many steps as well.
    this.#machine.budget.elements(count);
    this.#machine.budget.spend(count);
  }

  checkText(units: number): void {
    this.#machine.budget.checkText(units);
  }

  note(message: string): void {
    this.onNote?.(message);
  }

  print(line: string): void {
    this.#onPrint?.(line);
  }

  hostCall(kind: string, request: Value): Value {
    return answerOf(this.#answers, kind, request);
  }
}
