import type { Position } from "./ast.ts";
import type { Visitor, Walker } from "./walk.ts";

/** Makes the visitor of one rule, which reports what it finds. */
export type Rule = (walker: Walker, report: Report) => Visitor;
export type Report = (message: string, position: Position | undefined) => void;
