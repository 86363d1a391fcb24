import { listAt, objectMeta, textAt, valueAt } from "@portcullis/engine";
import type { PlainObject, Value } from "@portcullis/interpreter";

/**
 * A line for each violation in the statuses of constraints; undefined while one of them is not from an audit that began after
 * `since`, in milliseconds since 1970, or not whole.
 */
export function everyViolation(
  constraints: readonly PlainObject[],
  since: number,
): readonly string[] | undefined {
  const lines: string[] = [];
  for (const constraint of constraints) {
    const violations = listAt(constraint, "status", "violations");
    const isWhole = violations.length === (valueAt(constraint, "status", "totalViolations") ?? 0);
    if (!isWhole || Date.parse(textAt(constraint, "status", "auditTimestamp")) < since) return undefined;
    const { kind, name } = objectMeta(constraint);
    for (const violation of violations) lines.push(`${kind}/${name}: ${lineOf(violation)}`);
  }
  return constraints.length === 0 ? undefined : lines;
}

/** What only one of both has, each as often as it has it more. */
export function differences(ours: readonly string[], theirs: readonly string[]): readonly string[] {
  const more = new Map<string, number>();
  for (const line of ours) more.set(line, (more.get(line) ?? 0) + 1);
  for (const line of theirs) more.set(line, (more.get(line) ?? 0) - 1);
  return [...more].flatMap(([line, count]) =>
    Array.from({ length: Math.abs(count) }, () => `only ${count > 0 ? "ours" : "theirs"}: ${line}`),
  );
}

const FIELDS = ["group", "version", "kind", "namespace", "name", "enforcementAction", "message"] as const;

function lineOf(violation: Value): string {
  return FIELDS.map((field) => textAt(violation, field)).join(" ");
}
