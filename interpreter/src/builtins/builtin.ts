import type * as nodeCrypto from "node:crypto";
import type { FunctionType } from "../value/type.ts";
import type { Value } from "../value/value.ts";

/**
 * One builtin function: name, types, docs, flags and code on one row. The type checker, capabilities JSON, the reference
 * page and the evaluator all read this row.
 *
 * `run` gets ground arguments in Rego order. It returns the result, or undefined for "no result" (the call is undefined
 * without an error). It throws {@link BuiltinError} for a failure that strict mode reports, {@link OperandError} (see
 * `operands.ts`) for an operand of the wrong type, and lets nothing else escape.
 */
export interface Builtin {
  readonly name: string;
  readonly decl: FunctionType;
  readonly description: string;
  readonly categories: readonly string[];
  /** The infix operator it stands for (`+`). */
  readonly infix?: string;
  readonly nondeterministic?: boolean;
  /** What it answers changes with the time, though OPA does not count it among the nondeterministic ones. */
  readonly readsClock?: boolean;
  readonly deprecated?: boolean;
  /** A relation gives any number of results for one call (`walk`): `run` returns all of them as an array. */
  readonly relation?: boolean;
  /** True where the result must stay the same for the same arguments within one query (`time.now_ns`, `rand.intn`). */
  readonly memoised?: boolean;
  /** True where OPA lets a policy not mock it, or the compiler replaces it (`eq`, `assign`, `internal.*`). */
  readonly run: BuiltinImplementation;
}

export type BuiltinImplementation = (args: readonly Value[], context: BuiltinContext) => Value | undefined;

/** What a builtin may use besides its arguments. Handed in by the evaluator: builtins read no clock and no environment. */
export interface BuiltinContext {
  readonly host: Host;
  /** Lives as long as one query: whatever must not change while it runs. */
  readonly queryCache: Map<string, unknown>;
  /**
   * Charges work to the evaluation's budget and ends it when that is used up; call it in loops that input can make long.
   * `units` is about one step or 100 bytes each. Reading an argument that is a text, and returning one, is paid for already.
   */
  charge(units: number): void;
  /** Charges for so many elements of a collection: work and memory. Call it before making them. */
  collect(count: number): void;
  /**
   * Ends the evaluation where a text of so many UTF-16 units is more than it may still make. Call it before making a text
   * that may be far longer than the arguments; what a builtin returns is charged for then.
   */
  checkText(units: number): void;
  /** Receives a `trace(…)` note. */
  note(message: string): void;
  /** Receives a line of `print(…)`. */
  print(line: string): void;
  /**
   * Asks the host for something that needs waiting (`http.send`, DNS). Returns the answer when it is there already;
   * otherwise the evaluation is suspended here, and run again once the host has answered.
   */
  hostCall(kind: string, request: Value): Value;
  /** The source row, for messages of `print` and `trace`. */
  readonly location: { readonly file: string; readonly row: number; readonly col: number } | undefined;
}

/** The world outside, as the embedding process grants it. A missing part makes its builtins fail with a clear error. */
export interface Host {
  /** Nanoseconds since 1970 (UTC). */
  readonly nowNs: () => bigint;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Hashes, signatures, certificates; node:crypto in processes. */
  readonly crypto?: HostCrypto;
  /** What `opa.runtime()` returns. */
  readonly runtime?: Value;
}

/** The part of `node:crypto` that builtins use. */
export type HostCrypto = typeof nodeCrypto;

/** A failed call (`eval_builtin_error`). The evaluator prefixes the builtin's name to the message. */
export class BuiltinError extends Error {
  override readonly name: string = "BuiltinError";
}

/** An operand of the wrong type (`eval_type_error`). The message is complete but for the builtin's name. */
export class OperandError extends BuiltinError {
  override readonly name = "OperandError";
}

/** Checks a table of rows at load time and gives it its type. */
export function defineBuiltins(rows: readonly Builtin[]): readonly Builtin[] {
  return rows;
}
