import { quoteText } from "../../value/quote.ts";
import { BuiltinError } from "../builtin.ts";
import { isInput, typeText } from "./ast.ts";
import type { Field, Selection } from "./ast.ts";
import type { Rule } from "./rule.ts";

/** Rules about operations and their variables. */
export const operationRules = {
  KnownRootType: (walker, report) => ({
    operation({ operation, position }) {
      const roots = new Map([
        ["query", walker.schema.query],
        ["", walker.schema.query],
        ["mutation", walker.schema.mutation],
        ["subscription", walker.schema.subscription],
      ]);
      if (!roots.has(operation)) throw new BuiltinError(`got unknown operation type "${operation}"`);
      if (!roots.get(operation)) report(`Schema does not support operation type "${operation}"`, position);
    },
  }),

  LoneAnonymousOperation: (walker, report) => ({
    operation({ name, position }) {
      if (name === "" && walker.document.operations.length > 1) {
        report("This anonymous operation must be the only defined operation.", position);
      }
    },
  }),

  NoUnusedVariables: (_, report) => ({
    operation({ name, variableDefinitions }) {
      const where = name === "" ? "" : ` in operation "${name}"`;
      for (const { variable, used, position } of variableDefinitions) {
        if (!used) report(`Variable "$${variable}" is never used${where}.`, position);
      }
    },
  }),

  SingleFieldSubscriptions: (walker, report) => ({
    operation({ operation, name, selectionSet }) {
      if (!walker.schema.subscription || operation !== "subscription") return;
      const subject = name === "" ? "Anonymous Subscription" : `Subscription ${quoteText(name)}`;
      const fields = topFields(selectionSet);
      if (fields.length > 1) report(`${subject} must select only one top level field.`, fields[1]?.position);
      for (const field of fields) {
        if (!field.name.startsWith("__")) continue;
        report(`${subject} must not select an introspection top level field.`, field.position);
      }
    },
  }),

  UniqueOperationNames: (_, report) => {
    const seen = new Set<string>();
    return {
      operation({ name, position }) {
        if (seen.has(name)) report(`There can be only one operation named "${name}".`, position);
        seen.add(name);
      },
    };
  },

  UniqueVariableNames: (_, report) => ({
    operation({ variableDefinitions }) {
      const counts = new Map<string, number>();
      for (const { variable, position } of variableDefinitions) {
        const count = counts.get(variable) ?? 0;
        if (count === 1) report(`There can be only one variable named "$${variable}".`, position);
        counts.set(variable, count + 1);
      }
    },
  }),

  VariablesAreInputTypes: (_, report) => ({
    operation({ variableDefinitions }) {
      for (const { variable, type, definition, position } of variableDefinitions) {
        if (!definition || isInput(definition)) continue;
        report(`Variable "$${variable}" cannot be non-input type "${typeText(type)}".`, position);
      }
    },
  }),
} as const satisfies Readonly<Record<string, Rule>>;

/** The fields at the top of a subscription, each name once, also those of fragments. */
function topFields(selections: readonly Selection[]): readonly Field[] {
  const fields = new Map<string, Field>();
  const walked = new Set<string>();
  const collect = (set: readonly Selection[]): void => {
    for (const selection of set) {
      if (selection.kind === "field") {
        if (!fields.has(selection.name)) fields.set(selection.name, selection);
      } else if (selection.kind === "inline") collect(selection.selectionSet);
      else {
        if (!selection.definition) return;
        if (walked.has(selection.definition.name)) continue;
        walked.add(selection.definition.name);
        collect(selection.definition.selectionSet);
      }
    }
  };
  collect(selections);
  return [...fields.values()];
}
