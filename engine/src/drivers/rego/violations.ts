import { getOwn, isArray, isObject, isSet, kindOf, RegoObject, writeJson } from "@portcullis/interpreter";
import type { Value } from "@portcullis/interpreter";
import { engineError } from "../../errors.ts";
import type { Answer, Violation } from "../driver.ts";

/**
 * Reads the value of a template's `violation` rule (contract 3.4). Each element of a set, or key of an object, that is an
 * object with a `msg` is a violation; others are none. A `msg` that is no string leaves the whole review without a verdict.
 */
export function readViolations(value: Value | undefined): Answer {
  if (isSet(value) && value.size === 0) return NO_VIOLATIONS;
  const violations: Violation[] = [];
  const seen = new Set<string>();
  for (const element of elementsOf(value)) {
    if (!isObject(element)) continue;
    const msg = fieldOf(element, "msg");
    if (msg === undefined) continue;
    if (typeof msg !== "string") return notText(msg);
    const details = fieldOf(element, "details") ?? {};
    const key = `${writeJson(details)} ${msg}`;
    if (seen.has(key)) continue;
    seen.add(key);
    violations.push({ msg, details });
  }
  return { kind: "violations", violations };
}

const NO_VIOLATIONS: Answer = Object.freeze({ kind: "violations", violations: Object.freeze([]) });

/** What `violation[r]` binds `r` to. A member that is false does not hold. */
function elementsOf(value: Value | undefined): readonly Value[] {
  if (isSet(value)) return [...value].filter((element) => element !== false);
  if (value instanceof RegoObject) {
    return value.entries().flatMap(([key, member]) => (member === false ? [] : [key]));
  }
  return [];
}

function fieldOf(object: Value, key: string): Value | undefined {
  if (object instanceof RegoObject) return object.get(key);
  return isObject(object) && !isArray(object) ? getOwn(object, key) : undefined;
}

function notText(msg: Value): Answer {
  const type = GO_TYPES[kindOf(msg)] ?? kindOf(msg);
  const text = `extracting message binding: .msg accessor error: ${writeJson(msg)} is of the type ${type}, expected string`;
  return { kind: "undecided", error: engineError("evaluation_failed", text) };
}

/** What Gatekeeper calls the types of a message that is no string. */
const GO_TYPES: Readonly<Record<string, string>> = {
  number: "json.Number",
  boolean: "bool",
  null: "<nil>",
  array: "[]interface {}",
  set: "[]interface {}",
  object: "map[string]interface {}",
};
