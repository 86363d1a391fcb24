import { kindOf } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { listAt, objectMeta, textAt, valueAt } from "../../kubernetes/object-meta.ts";

/** A file of tests for templates and constraints (contract 11.3). Paths are relative to the file. */
export interface Suite {
  readonly path: string;
  readonly skip: boolean;
  readonly tests: readonly SuiteTest[];
}

export interface SuiteTest {
  readonly name: string;
  readonly skip: boolean;
  readonly template: string;
  readonly constraint: string;
  readonly expansion: string;
  /** Passes only where adding the constraint fails its schema. */
  readonly invalid: boolean;
  readonly cases: readonly SuiteCase[];
}

export interface SuiteCase {
  readonly name: string;
  readonly skip: boolean;
  readonly object: string;
  readonly inventory: readonly string[];
  readonly assertions: readonly Assertion[];
}

export interface Assertion {
  /** `yes`, `no`, a count, or whatever else was written, which is an error when the case runs. */
  readonly violations: Value;
  /** A regular expression; empty for every message. */
  readonly message: string;
}

/** True for a document of the kind Suite. Its version is not looked at, as in gator. */
export function isSuite(object: PlainObject): boolean {
  const { group, kind } = objectMeta(object);
  return group === "test.gatekeeper.sh" && kind === "Suite";
}

/** Reads a suite whose types are right ({@link suiteFault}). */
export function decodeSuite(object: PlainObject, path: string): Suite {
  return {
    path,
    skip: valueAt(object, "skip") === true,
    tests: listAt(object, "tests").map((test) => ({
      name: textAt(test, "name"),
      skip: valueAt(test, "skip") === true,
      template: textAt(test, "template"),
      constraint: textAt(test, "constraint"),
      expansion: textAt(test, "expansion"),
      invalid: valueAt(test, "invalid") === true,
      cases: listAt(test, "cases").map(decodeCase),
    })),
  };
}

function decodeCase(value: Value): SuiteCase {
  return {
    name: textAt(value, "name"),
    skip: valueAt(value, "skip") === true,
    object: textAt(value, "object"),
    inventory: listAt(value, "inventory").filter((path) => typeof path === "string"),
    assertions: listAt(value, "assertions").map((assertion) => ({
      violations: valueAt(assertion, "violations") ?? "yes",
      message: textAt(assertion, "message"),
    })),
  };
}

type Shape =
  | { readonly go: string; readonly accepts: (value: Value) => boolean }
  | { readonly name: string; readonly fields: Readonly<Record<string, Shape>> }
  | { readonly go: string; readonly items: Shape };

const TEXT: Shape = { go: "string", accepts: (value) => typeof value === "string" };
const FLAG: Shape = { go: "bool", accepts: (value) => typeof value === "boolean" };
/** A count or a word; numbers with a fraction are neither. */
const COUNT: Shape = {
  go: "int32",
  accepts: (value) => (typeof value === "number" ? Number.isInteger(value) : typeof value !== "object"),
};

const ASSERTION: Shape = { name: "Assertion", fields: { violations: COUNT, message: TEXT } };
const CASE: Shape = {
  name: "Case",
  fields: {
    name: TEXT,
    skip: FLAG,
    object: TEXT,
    inventory: { go: "[]string", items: TEXT },
    assertions: { go: "[]verify.Assertion", items: ASSERTION },
  },
};
const TEST: Shape = {
  name: "Test",
  fields: {
    name: TEXT,
    skip: FLAG,
    template: TEXT,
    constraint: TEXT,
    expansion: TEXT,
    invalid: FLAG,
    cases: { go: "[]*verify.Case", items: CASE },
  },
};
const SUITE: Shape = {
  name: "Suite",
  fields: { skip: FLAG, tests: { go: "[]verify.Test", items: TEST } },
};

/** The first value of a suite that has the wrong type, in the words of Go's JSON reader; undefined for none. */
export function suiteFault(object: PlainObject): string | undefined {
  return faultIn(object, SUITE, "Suite", []);
}

function faultIn(value: Value, shape: Shape, owner: string, path: readonly string[]): string | undefined {
  if (value === null) return undefined;
  const wrong = (go: string): string => {
    const where = path.length === 0 ? "value" : `struct field ${owner}.${path.join(".")}`;
    const number = go === "int32" && typeof value === "number" ? ` ${value}` : "";
    return `json: cannot unmarshal ${GO_KINDS[kindOf(value)] ?? kindOf(value)}${number} into Go ${where} of type ${go}`;
  };
  if ("accepts" in shape) return shape.accepts(value) ? undefined : wrong(shape.go);
  if ("items" in shape) {
    if (!Array.isArray(value)) return wrong(shape.go);
    return first(value as readonly Value[], (item) => faultIn(item, shape.items, owner, path));
  }
  if (kindOf(value) !== "object") return wrong(`verify.${shape.name}`);
  // Go meets the fields in the order of their names.
  return first(Object.keys(shape.fields).sort(), (name) =>
    faultIn(valueAt(value, name) ?? null, shape.fields[name] as Shape, shape.name, [...path, name]),
  );
}

const GO_KINDS: Readonly<Record<string, string>> = { boolean: "bool" };

function first<T>(items: readonly T[], fault: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = fault(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
