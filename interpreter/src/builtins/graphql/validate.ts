import type { BuiltinContext } from "../builtin.ts";
import type { QueryDocument, Schema } from "./ast.ts";
import { directiveRules } from "./directive-rules.ts";
import type { Fault } from "./faults.ts";
import { fieldRules } from "./field-rules.ts";
import { fragmentRules } from "./fragment-rules.ts";
import { operationRules } from "./operation-rules.ts";
import { overlapRule } from "./overlap-rule.ts";
import type { Report, Rule } from "./rule.ts";
import { valueRules } from "./value-rules.ts";
import { Walker } from "./walk.ts";

/** Every rule by its name, in the order of the names: faults at one node come in this order. */
const RULES: readonly Rule[] = Object.entries({
  ...directiveRules,
  ...fieldRules,
  ...fragmentRules,
  ...operationRules,
  ...valueRules,
  OverlappingFieldsCanBeMerged: overlapRule,
})
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([, rule]) => rule);

/** Checks a query against a schema. Returns all faults; notes definitions and types on the nodes of the query. */
export function validateQuery(
  schema: Schema,
  query: QueryDocument,
  context: BuiltinContext,
): readonly Fault[] {
  const faults: Fault[] = [];
  const report: Report = (message, position) => {
    context.charge(1 + (message.length >> 6));
    faults.push({ message, position });
  };
  new Walker(schema, query, context, (walker) => RULES.map((rule) => rule(walker, report))).walk();
  return faults;
}
