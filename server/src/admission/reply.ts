import { writeJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { denyLine } from "@portcullis/engine";
import type { Response } from "@portcullis/engine";
import type { PatchOperation } from "./json-patch.ts";
import { AdmissionRefusal } from "./verdict.ts";
import type { Verdict } from "./verdict.ts";

/** What of the question the answer repeats. All absent when the question could not be read. */
export interface ReplyHeader {
  readonly apiVersion?: string;
  readonly uid?: string;
}

/**
 * The verdict on a review: 403 with one line a violation that denies, warnings for those that warn (299 when nothing
 * denies), nothing for `dryrun`. A review with failures is no verdict: code 500, never "allowed".
 */
export function reviewVerdict(response: Response): Verdict {
  const failure = response.errors[0];
  if (failure) throw new AdmissionRefusal(500, failure.message);
  const denied: string[] = [];
  const warnings: string[] = [];
  for (const result of response.results) {
    if (result.actions.includes("deny")) denied.push(denyLine(result));
    if (result.actions.includes("warn")) warnings.push(denyLine(result));
  }
  const warned = warnings.length > 0 ? { warnings } : {};
  if (denied.length > 0) {
    return { allowed: false, code: 403, reason: "Forbidden", message: denied.join("\n"), ...warned };
  }
  return { allowed: true, code: warnings.length > 0 ? 299 : 200, ...warned };
}

/** The one place where anything thrown becomes an answer. */
export function toVerdict(error: unknown): Verdict {
  if (error instanceof AdmissionRefusal) return { allowed: false, code: error.code, message: error.message };
  const text = error instanceof Error ? error.message : String(error);
  return { allowed: false, code: 500, message: `panic: ${text} [recovered]` };
}

/**
 * The text of the AdmissionReview that answers, keys in sort order. The form is always the same, so it is written out here
 * rather than made as an object first.
 */
export function encodeReply(header: ReplyHeader, verdict: Verdict): string {
  const { allowed, code, message, reason, warnings, patch } = verdict;
  const patched = patch === undefined ? "" : `,"patch":"${encodePatch(patch)}","patchType":"JSONPatch"`;
  const told = message === undefined ? "" : `,"message":${quoted(message)}`;
  const why = reason === undefined ? "" : `,"reason":${quoted(reason)}`;
  const warned = warnings === undefined ? "" : `,"warnings":[${warnings.map(quoted).join(",")}]`;
  const response =
    `{"allowed":${allowed}${patched},"status":{"code":${code}${told},"metadata":{}${why}},` +
    `"uid":${quoted(header.uid ?? "")}${warned}}`;
  return header.apiVersion === undefined
    ? `{"response":${response}}\n`
    : `{"apiVersion":${quoted(header.apiVersion)},"kind":"AdmissionReview","response":${response}}\n`;
}

function quoted(text: string): string {
  return writeJson(text, { escapeHtml: false });
}

/** An AdmissionReview carries the patch as base64 of its JSON text. */
function encodePatch(patch: readonly PatchOperation[]): string {
  const operations = patch.map((operation): PlainObject => ({ ...operation }));
  return Buffer.from(writeJson(operations, { escapeHtml: false })).toString("base64");
}
