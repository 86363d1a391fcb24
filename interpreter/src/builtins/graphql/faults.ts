import { BuiltinError } from "../builtin.ts";
import type { Position } from "./ast.ts";

/** Something wrong with a GraphQL text, and where. */
export interface Fault {
  readonly message: string;
  readonly position: Position | undefined;
}

/** Thrown by the parser and the check of schemas, which stop at the first fault. */
export class GraphqlFault extends Error {
  readonly fault: Fault;

  constructor(message: string, position: Position | undefined) {
    super(message);
    this.fault = { message, position };
  }
}

/** OPA's error for a text with bad syntax. */
export function syntaxError(fault: Fault): BuiltinError {
  return located(fault, fault.message, faultLine(fault));
}

/** OPA's error for a query that does not fit its schema. */
export function validationError(faults: readonly Fault[]): BuiltinError {
  const first = faults[0] as Fault;
  const lines = faults.map((fault) => `${faultLine(fault)}\n`);
  // OPA cuts the place out of the first line, and leaves further ones behind it as they are.
  const text = `${first.message}\n${lines.slice(1).join("")}`;
  return located(first, text.endsWith(".\n") ? text.slice(0, -2) : text, lines.join(""));
}

function located({ position }: Fault, text: string, otherwise: string): BuiltinError {
  // The column of a block string can come out negative, and is not taken for a place then.
  if (!position || position.column < 0) return new BuiltinError(`GraphQL parse error: ${otherwise}`);
  return new BuiltinError(`${text} in GraphQL string at location ${position.line}:${position.column}`);
}

/** `input:3:5: message` */
export function faultLine({ message, position }: Fault): string {
  return position ? `input:${position.line}:${position.column}: ${message}` : `input: ${message}`;
}
