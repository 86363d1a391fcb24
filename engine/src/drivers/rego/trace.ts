import { prettyTrace, selectEvents } from "@portcullis/interpreter";
import type { TraceRecorder } from "@portcullis/interpreter";

/** The events of an evaluation, as `opa eval --explain full` prints them. */
export function traceLines({ events }: TraceRecorder): readonly string[] {
  const text = prettyTrace(selectEvents(events, "full"));
  return text.split("\n").filter((line) => line !== "");
}
