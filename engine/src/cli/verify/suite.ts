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
