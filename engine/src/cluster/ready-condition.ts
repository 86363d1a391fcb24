import { equals } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { listAt, textAt, valueAt } from "../kubernetes/object-meta.ts";

const TYPE = "Ready";

/**
 * `status.conditions` of an object that pods report on: its condition `Ready` made of their reports, those of others as they
 * are. Ready is what every pod that reports has taken, in the object's present generation, without an error, and what waits
 * for nothing else (`waitingFor`, in words); `kubectl wait` and tools that judge health by the usual conditions go by it.
 * `now` is the time of a transition, where there is one.
 */
export function conditionsOf(
  object: PlainObject,
  reports: readonly PlainObject[],
  now: () => Date,
  waitingFor: readonly string[] = [],
): readonly Value[] {
  const conditions = listAt(object, "status", "conditions");
  const before = conditions.find(isReady);
  const wanted = { type: TYPE, ...verdict(object, reports, waitingFor) };
  const isSame = textAt(before, "status") === wanted.status;
  const lastTransitionTime = isSame ? textAt(before, "lastTransitionTime") : "";
  const after: PlainObject = {
    ...wanted,
    lastTransitionTime: lastTransitionTime || `${now().toISOString().slice(0, 19)}Z`,
  };
  if (before !== undefined && equals(before, after)) return conditions;
  return [...conditions.filter((condition) => !isReady(condition)), after];
}

function isReady(condition: Value): boolean {
  return textAt(condition, "type") === TYPE;
}

interface Verdict {
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: Value;
}

function verdict(
  object: PlainObject,
  reports: readonly PlainObject[],
  waitingFor: readonly string[],
): Verdict {
  const generation = valueAt(object, "metadata", "generation") ?? 0;
  const say = (status: Verdict["status"], reason: string, message: string): Verdict => ({
    status,
    reason,
    message,
    observedGeneration: generation,
  });
  const failing = reports.find((report) => listAt(report, "errors").length > 0);
  if (failing) return say("False", "Refused", reasonOf(failing));
  const behind = reports.filter((report) => !equals(valueAt(report, "observedGeneration") ?? 0, generation));
  if (behind.length > 0) {
    const waiting = behind.map((report) => textAt(report, "id")).join(", ");
    return say("False", "Pending", `not loaded in this generation yet by ${waiting}`);
  }
  if (reports.length === 0) return say("Unknown", "NoReports", "no pod has reported on it yet");
  if (waitingFor.length > 0) return say("False", "Pending", `waits for ${waitingFor.join(", ")}`);
  return say("True", "Loaded", "loaded by every pod that reports on it");
}

/** The first error; Kubernetes allows a message 32 KiB, and nobody reads more than a few lines. */
function reasonOf(report: PlainObject): string {
  const message = textAt(listAt(report, "errors")[0], "message");
  const text = `${textAt(report, "id")}: ${message}`;
  return text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text;
}

const MAX_MESSAGE = 1024;
