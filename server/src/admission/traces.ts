import { listAt, textAt } from "@portcullis/engine";
import type { Response } from "@portcullis/engine";
import { writeJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import type { Log } from "../observability/log.ts";

/** What Config.spec.validation.traces asks for about a request. */
export interface Tracing {
  readonly trace: boolean;
  /** Also write the engine's whole state (`dump: All`). */
  readonly dump: boolean;
}

/** Where traces and dumps go. */
export interface TraceLog {
  trace(response: Response): void;
  dump(state: PlainObject): void;
}

/** Whether a request is traced: an entry must name its user and its group, version and kind exactly. */
export function tracesOf(request: PlainObject, config: PlainObject | undefined): Tracing {
  const user = textAt(request, "userInfo", "username");
  let trace = false;
  let dump = false;
  for (const entry of listAt(config, "spec", "validation", "traces")) {
    if (textAt(entry, "user") !== user) continue;
    const same = ["group", "version", "kind"].every(
      (part) => textAt(entry, "kind", part) === textAt(request, "kind", part),
    );
    if (!same) continue;
    trace = true;
    dump ||= textAt(entry, "dump").toLowerCase() === "all";
  }
  return { trace, dump };
}

/** Writes each trace, and each dump, as one log message in the form that Gatekeeper gives them. */
export function traceLog(log: Log): TraceLog {
  return {
    trace: (response) => log.info(traceText(response), { logger: "webhook", process: "admission" }),
    dump: (state) => {
      const text = `DRIVER: Rego:\n${writeJson(state, { indent: "\t", escapeHtml: false })}`;
      log.info(text, { logger: "webhook", process: "admission" });
    },
  };
}

function traceText(response: Response): string {
  const trace = response.trace ? `Trace:\nDRIVER Rego:\n${response.trace}` : "Trace: TRACING DISABLED";
  const results = response.results.map((result, index) => {
    const shown = {
      constraint: `${result.constraint.kind}/${result.constraint.name}`,
      enforcementAction: result.enforcementAction,
      msg: result.msg,
      details: result.details,
    };
    return `Result(${index}):\n\n${writeJson(shown, { indent: "\t", escapeHtml: false })}\n`;
  });
  return ["Target: admission.k8s.gatekeeper.sh", trace, ...results].join("\n");
}
