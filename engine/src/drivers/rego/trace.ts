import { prettyTrace, selectEvents, TraceRecorder } from "@portcullis/interpreter";
import type { PreparedRule, Rego } from "@portcullis/interpreter";

/** A rule that tells what it does while it is evaluated. */
export interface TracedRule {
  readonly rule: PreparedRule;
  /** The events of the latest evaluation, as `opa eval --explain full` prints them. */
  lines(): readonly string[];
}

/** Prepares a rule anew with a recorder attached; the rule that judges every day contains no such code. */
export function tracedRule(rego: Rego, path: readonly string[]): TracedRule {
  const recorder = new TraceRecorder();
  const rule = rego.prepareRule(path, { observers: [recorder] });
  const lines = (): readonly string[] => {
    const text = prettyTrace(selectEvents(recorder.events, "full"));
    return text.split("\n").filter((line) => line !== "");
  };
  return { rule, lines };
}
