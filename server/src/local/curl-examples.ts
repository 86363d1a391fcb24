import { objectMeta } from "@portcullis/engine";
import { writeJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import { decide } from "../admission/decide.ts";
import type { Deciding } from "../admission/decide.ts";

/** A request to try out, made from an object of the folder. */
export interface CurlExample {
  /** What the webhook will answer. */
  readonly outcome: "allowed" | "denied";
  /** `Pod default/web`. */
  readonly object: string;
  /** The AdmissionReview, as JSON on one line. */
  readonly review: string;
}

// Deciding costs a review each, and the examples are not worth a late start.
const MAX_TRIED = 200;

/** One object that is allowed and one that is denied, Pods and small ones first, if the folder has them. */
export async function findExamples(
  objects: readonly PlainObject[],
  deciding: Deciding,
): Promise<readonly CurlExample[]> {
  const candidates = objects
    .filter((object) => objectMeta(object).name !== "")
    .map((object) => ({ object, review: writeJson(reviewOf(object), { escapeHtml: false }) }))
    .sort((a, b) => rank(a.object) - rank(b.object) || a.review.length - b.review.length)
    .slice(0, MAX_TRIED);
  const found = new Map<"allowed" | "warned" | "denied", CurlExample>();
  const caller = { signal: new AbortController().signal, remainingMs: () => undefined };
  for (const { object, review } of candidates) {
    const decision = await decide(requestOf(object), deciding, caller).catch(() => undefined);
    const outcome = decision && OUTCOMES.get(decision.verdict.code);
    if (!outcome || found.has(outcome)) continue;
    const { kind, namespace, name } = objectMeta(object);
    const shown = `${kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
    found.set(outcome, { outcome: outcome === "denied" ? "denied" : "allowed", review, object: shown });
    if (found.has("allowed") && found.has("denied")) break;
  }
  const examples = [found.get("allowed") ?? found.get("warned"), found.get("denied")];
  return examples.filter((example) => example !== undefined);
}

const OUTCOMES: ReadonlyMap<number, "allowed" | "warned" | "denied"> = new Map([
  [200, "allowed"],
  [299, "warned"],
  [403, "denied"],
]);

/** What most policies are about comes first. */
function rank(object: PlainObject): number {
  const { group, kind } = objectMeta(object);
  return group === "" && kind === "Pod" ? 0 : 1;
}

/** A command line for a POSIX shell. */
export function curlLine(example: CurlExample, url: string, caFile: string | undefined): string {
  const trust = caFile === undefined ? "--insecure" : `--cacert ${shellQuote(caFile)}`;
  return `curl -s ${trust} -H 'Content-Type: application/json' ${url}/v1/admit -d ${shellQuote(example.review)}`;
}

function reviewOf(object: PlainObject): PlainObject {
  return { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: requestOf(object) };
}

/** The request that the API server would send for `kubectl create`. */
function requestOf(object: PlainObject): PlainObject {
  const { group, version, kind, namespace, name } = objectMeta(object);
  return {
    uid: "00000000-0000-0000-0000-000000000001",
    kind: { group, version, kind },
    resource: { group, version, resource: pluralOf(kind) },
    name,
    ...(namespace === "" ? {} : { namespace }),
    operation: "CREATE",
    userInfo: { username: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] },
    object,
    oldObject: null,
  };
}

/** English plurals serve nearly every kind; no policy here depends on the rest. */
function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  if (/(?:s|x|ch|sh)$/.test(lower)) return `${lower}es`;
  return /[^aeiou]y$/.test(lower) ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}

function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
