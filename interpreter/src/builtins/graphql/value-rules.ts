import { quoteText } from "../../value/quote.ts";
import { VALUE_KINDS, byName, isCompatible, typeText } from "./ast.ts";
import type { Definition, TypeRef, ValueNode } from "./ast.ts";
import { suggestion } from "./suggestions.ts";
import type { Report } from "./rule.ts";
import type { Rule } from "./rule.ts";
import type { Walker } from "./walk.ts";

/** Rules about literals and variables in values. */
export const valueRules = {
  NoUndefinedVariables: (walker, report) => ({
    value(value) {
      if (!walker.currentOperation || value.kind !== VALUE_KINDS.variable || value.variableDefinition) return;
      const { name } = walker.currentOperation;
      const where = name === "" ? "" : ` by operation "${name}"`;
      report(`Variable "$${value.raw}" is not defined${where}.`, value.position);
    },
  }),

  UniqueInputFieldNames: (_, report) => ({
    value(value) {
      if (value.kind !== VALUE_KINDS.object) return;
      const seen = new Set<string>();
      for (const { name, position } of value.children) {
        if (seen.has(name)) report(`There can be only one input field named "${name}".`, position);
        seen.add(name);
      }
    },
  }),

  ValuesOfCorrectType: (walker, report) => ({
    value(value) {
      if (value.definition && value.expectedType) {
        checkValue(walker, report, value, value.definition, value.expectedType);
      }
    },
  }),

  VariablesInAllowedPosition: (walker, report) => ({
    value(value) {
      checkVariable(walker, report, value);
      const { definition } = value;
      if (value.kind !== VALUE_KINDS.object || !definition || !byName(definition.directives, "oneOf")) return;
      for (const { value: child } of value.children) {
        const variable = child?.variableDefinition;
        if (child?.kind !== VALUE_KINDS.variable || !variable || variable.type?.nonNull) continue;
        const subject = `Variable "$${child.raw}" is of type "${typeText(variable.type)}"`;
        const rule = `must be non-nullable to be used for OneOf Input Object "${definition.name}"`;
        report(`${subject} but ${rule}.`, variable.position ?? child.position);
      }
    },
  }),
} as const satisfies Readonly<Record<string, Rule>>;

function checkVariable(walker: Walker, report: Report, value: ValueNode): void {
  const { expectedType, variableDefinition: variable } = value;
  if (value.kind !== VALUE_KINDS.variable || !expectedType || !variable || !walker.currentOperation) return;
  const hasDefault = variable.defaultValue !== undefined && variable.defaultValue.kind !== VALUE_KINDS.null;
  const nonNull = expectedType.nonNull && !hasDefault && !value.expectedTypeHasDefault;
  if (isCompatible(variable.type, { ...expectedType, nonNull })) return;
  const types = `of type "${typeText(variable.type)}" used in position expecting type "${typeText(expectedType)}"`;
  report(`Variable "$${value.raw}" ${types}.`, value.position);
}

const SCALARS = new Set(["Int", "Float", "String", "Boolean", "ID"]);

function checkValue(
  walker: Walker,
  report: Report,
  value: ValueNode,
  definition: Definition,
  expected: TypeRef,
): void {
  const { position } = value;
  const type = typeText(expected);
  if (value.kind === VALUE_KINDS.null && expected.nonNull) {
    report(`Expected value of type "${type}", found ${valueText(value, walker)}.`, position);
  }
  // Nobody knows what a scalar of the schema's own accepts.
  if (definition.kind === "SCALAR" && !SCALARS.has(definition.name)) return;
  const reportType = (hint = ""): void =>
    report(mismatch(value, definition, type, valueText(value, walker)) + hint, position);
  const enumHint = (): string => {
    const names = definition.kind === "ENUM" ? definition.enumValues.map((item) => item.name) : [];
    return suggestion("Did you mean the enum value", value.raw, names, walker.context);
  };
  if (!fitsGo(value)) reportType();
  switch (value.kind) {
    case VALUE_KINDS.list:
      if (!expected.elem) reportType();
      return;
    case VALUE_KINDS.int:
      if (!["Int", "Float", "ID"].includes(definition.name)) reportType();
      return;
    case VALUE_KINDS.float:
      if (definition.name !== "Float") reportType();
      return;
    case VALUE_KINDS.string:
    case VALUE_KINDS.block:
      if (definition.kind === "ENUM") {
        const text = valueText(value, walker);
        report(`Enum "${type}" cannot represent non-enum value: ${text}.${enumHint()}`, position);
      } else if (definition.name !== "String" && definition.name !== "ID") reportType();
      return;
    case VALUE_KINDS.enum:
      if (definition.kind !== "ENUM") reportType(enumHint());
      else if (!byName(definition.enumValues, value.raw)) {
        report(`Value "${value.raw}" does not exist in "${type}" enum.${enumHint()}`, position);
      }
      return;
    case VALUE_KINDS.boolean:
      if (definition.name !== "Boolean") reportType();
      return;
    case VALUE_KINDS.object:
      checkObject(walker, report, value, definition);
      return;
    default:
  }
}

function checkObject(walker: Walker, report: Report, value: ValueNode, definition: Definition): void {
  for (const field of definition.fields) {
    walker.context.charge(1);
    if (!field.type?.nonNull || field.defaultValue || byName(value.children, field.name)) continue;
    const subject = `Field "${definition.name}.${field.name}" of required type "${typeText(field.type)}"`;
    report(`${subject} was not provided.`, value.position);
  }
  for (const directive of definition.directives) {
    if (directive.name !== "oneOf") continue;
    const [only] = value.children;
    if (value.children.length !== 1) {
      report(`OneOf Input Object "${definition.name}" must specify exactly one key.`, value.position);
    } else if (!only?.value || only.value.kind === VALUE_KINDS.null) {
      const field = definition.fields[0]?.name ?? "";
      report(`Field "${definition.name}.${field}" must be non-null.`, only?.value?.position);
    }
  }
  for (const { name, position } of value.children) {
    if (byName(definition.fields, name)) continue;
    const known = definition.fields.map((field) => field.name);
    const hint = suggestion("Did you mean", name, known, walker.context);
    report(`Field "${name}" is not defined by type "${definition.name}".${hint}`, position);
  }
}

function mismatch(value: ValueNode, definition: Definition, type: string, text: string): string {
  switch (type) {
    case "Int":
    case "Int!":
      return isInt(value.raw, 31n) || !/^-?\d+$/.test(value.raw)
        ? `Int cannot represent non-integer value: ${text}`
        : `Int cannot represent non 32-bit signed integer value: ${text}`;
    case "String":
    case "String!":
    case "[String]":
      return `String cannot represent a non string value: ${text}`;
    case "Boolean":
    case "Boolean!":
      return `Boolean cannot represent a non boolean value: ${text}`;
    case "Float":
    case "Float!":
      return `Float cannot represent non numeric value: ${text}`;
    case "ID":
    case "ID!":
      return `ID cannot represent a non-string and non-integer value: ${text}`;
    default:
      return definition.kind === "ENUM"
        ? `Enum "${type}" cannot represent non-enum value: ${text}.`
        : `Expected value of type "${type}", found ${text}.`;
  }
}

/** False for numbers beyond what Go reads them into: 64-bit integers and doubles. */
function fitsGo(value: ValueNode): boolean {
  if (value.kind === VALUE_KINDS.int) return isInt(value.raw, 63n);
  if (value.kind === VALUE_KINDS.float) return Number.isFinite(Number(value.raw));
  return value.children.every((child) => !child.value || fitsGo(child.value));
}

function isInt(raw: string, bits: bigint): boolean {
  if (!/^-?\d{1,20}$/.test(raw)) return false;
  const number = BigInt(raw);
  return number >= -(1n << bits) && number < 1n << bits;
}

/** A value as messages print it: strings quoted, no blanks. */
function valueText(value: ValueNode, walker: Walker): string {
  walker.context.charge(1 + (value.raw.length >> 6));
  const text = (child: ValueNode | undefined): string => (child ? valueText(child, walker) : "<nil>");
  switch (value.kind) {
    case VALUE_KINDS.variable:
      return `$${value.raw}`;
    case VALUE_KINDS.string:
    case VALUE_KINDS.block:
      return quoteText(value.raw);
    case VALUE_KINDS.list:
      return `[${value.children.map((child) => text(child.value)).join(",")}]`;
    case VALUE_KINDS.object:
      return `{${value.children.map((child) => `${child.name}:${text(child.value)}`).join(",")}}`;
    default:
      return value.raw;
  }
}
