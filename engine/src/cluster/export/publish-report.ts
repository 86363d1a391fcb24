import type { PlainObject } from "@portcullis/interpreter";
import type { Report } from "../pod-status.ts";
import type { Publishing, PublishSource } from "./publishing.ts";

const SOURCES: readonly PublishSource[] = ["audit", "webhook"];
const MAX_ERRORS = 500;

/**
 * What a pod says of a Connection, for readers of both forms of its status: `active` and `errors` of all (Gatekeeper 3.23),
 * `connectionErrors` and `publishStatuses` by source (3.24).
 */
export function publishReport(fault: string, all: readonly Publishing[]): Report {
  const connectionErrors = fault === "" ? [] : [{ type: "UpsertConnection", message: fault }];
  const publishStatuses = SOURCES.flatMap((source) =>
    sourceStatus(
      source,
      all.filter((each) => each.source === source),
    ),
  );
  return {
    active: all.some(({ active }) => active),
    errors: [...connectionErrors, ...errorsOf(all)].slice(0, MAX_ERRORS),
    connectionErrors,
    publishStatuses,
  };
}

/** Of all who publish for a source together. */
function sourceStatus(source: PublishSource, all: readonly Publishing[]): readonly PlainObject[] {
  if (all.length === 0) return [];
  const errors = errorsOf(all);
  const succeeded = latest(all.flatMap(({ lastSuccessTime }) => lastSuccessTime ?? []));
  return [
    {
      source,
      ...(all.some(({ active }) => active) && { active: true }),
      lastAttemptTime: latest(all.map(({ lastAttemptTime }) => lastAttemptTime)) ?? "",
      ...(succeeded !== undefined && { lastSuccessTime: succeeded }),
      ...(errors.length > 0 && { errors }),
    },
  ];
}

function errorsOf(all: readonly Publishing[]): readonly PlainObject[] {
  const messages = [...new Set(all.flatMap(({ errors }) => errors))].sort();
  return messages.slice(0, MAX_ERRORS).map((message) => ({ type: "Publish", message }));
}

function latest(times: readonly string[]): string | undefined {
  return times.length === 0 ? undefined : times.reduce((a, b) => (a > b ? a : b));
}
