import { listAt, textAt, valueAt } from "@portcullis/engine";
import type { Explain, Response } from "@portcullis/engine";
import { writeJson } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import type { Log } from "../observability/log.ts";
import { subjectName } from "./violation-fields.ts";

/** What Config.spec.validation.traces asks for about a request; undefined: nothing. */
export interface Tracing {
  readonly explain: Explain;
  /** Also write the engine's whole state (`dump: All`). */
  readonly dump: boolean;
}

/** Where traces and dumps go. */
export interface TraceLog {
  trace(request: PlainObject, response: Response): void;
  dump(request: PlainObject, state: PlainObject): void;
}

/**
 * Whether a request is traced: an entry must name its user, and its group, version and kind. Beyond Gatekeeper `user` may
 * hold `*` for any text, each part of `kind` may be `*`, and `constraint` (`name` or `Kind/name`) leaves other constraints out.
 */
export function tracingOf(request: PlainObject, config: PlainObject | undefined): Tracing | undefined {
  const entries = listAt(config, "spec", "validation", "traces").filter((entry) => asksFor(entry, request));
  if (entries.length === 0) return undefined;
  const named = entries.map((entry) => textAt(entry, "constraint"));
  const only = (kind: string, name: string): boolean =>
    named.some((each) => each === name || each === `${kind}/${name}`);
  return {
    explain: named.includes("") ? {} : { only },
    dump: entries.some((entry) => textAt(entry, "dump").toLowerCase() === "all"),
  };
}

const KIND_PARTS = ["group", "version", "kind"];

function asksFor(entry: Value, request: PlainObject): boolean {
  if (!KIND_PARTS.every((part) => isOrAny(textAt(entry, "kind", part), textAt(request, "kind", part))))
    return false;
  return fits(textAt(entry, "user"), textAt(request, "userInfo", "username"));
}

function isOrAny(wanted: string, given: string): boolean {
  return wanted === "*" || wanted === given;
}

/** Whether a text fits a pattern in which each `*` stands for any text. Linear in the length of both. */
function fits(pattern: string, text: string): boolean {
  const [first = "", ...parts] = pattern.split("*");
  const last = parts.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

/**
 * Writes each trace, and each dump, as one log message under the headings that Gatekeeper gives them: what became of each
 * constraint in words for people, then OPA's trace as Gatekeeper writes it.
 */
export function traceLog(log: Log): TraceLog {
  const write = (request: PlainObject, text: string): void =>
    log.info(text, { logger: "webhook", process: "admission", request_uid: textAt(request, "uid") });
  return {
    trace: (request, response) => write(request, traceText(request, response)),
    dump(request, state) {
      write(request, `DRIVER: Rego:\n${writeJson(state, { indent: "\t", escapeHtml: false })}`);
    },
  };
}

function traceText(request: PlainObject, response: Response): string {
  const results = response.results.map((result, index) => {
    const shown = {
      constraint: `${result.constraint.kind}/${result.constraint.name}`,
      enforcementAction: result.enforcementAction,
      msg: result.msg,
      details: result.details,
    };
    return `Result(${index}):\n\n${writeJson(shown, { indent: "\t", escapeHtml: false })}\n`;
  });
  return [
    "Target: admission.k8s.gatekeeper.sh",
    `Request: ${requestText(request)}`,
    "Trace:",
    "DRIVER Rego:",
    response.explanation ?? "no constraint",
    ...(response.trace ? ["", response.trace] : []),
    ...response.errors.map(({ message }) => `Error: ${message}`),
    ...results,
  ].join("\n");
}

/** `705ab4f5 CREATE v1/Pod shop/web, asked by ann` */
function requestText(request: PlainObject): string {
  const [group, version, kind] = KIND_PARTS.map((part) => textAt(request, "kind", part));
  const type = [group, version, kind].filter((part) => part !== "").join("/");
  const namespace = textAt(request, "namespace");
  const name = namespace === "" ? subjectName(request) : `${namespace}/${subjectName(request)}`;
  const dry = valueAt(request, "dryRun") === true ? " (dry run)" : "";
  const user = textAt(request, "userInfo", "username");
  return `${textAt(request, "uid")} ${textAt(request, "operation")}${dry} ${type} ${name}, asked by ${user}`;
}
