import { parseJson } from "@portcullis/interpreter";
import type { Value } from "@portcullis/interpreter";
import { textAt, valueAt } from "../kubernetes/object-meta.ts";
import type { KubeError } from "./kube-error.ts";

/** The reason where the server gave none, as from a proxy in between. */
const REASONS: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  409: "Conflict",
  410: "Expired",
  413: "RequestEntityTooLarge",
  415: "UnsupportedMediaType",
  422: "Invalid",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};

/** The error of an answer that is no success: its `Status` object where it is one, else what the HTTP status says. */
export function errorOfAnswer(code: number, text: string, retryAfter: string | undefined): KubeError {
  const body = parseJson(text);
  const header = Number(retryAfter);
  const error = errorOfStatus(body.ok ? body.value : null, code);
  const message = error.message === "" ? firstLine(text) || `HTTP status ${code}` : error.message;
  return {
    ...error,
    message,
    ...(retryAfter !== undefined && Number.isFinite(header) && header >= 0 && { retryAfterSeconds: header }),
  };
}

/** The error that a `Status` object describes. */
export function errorOfStatus(status: Value, httpCode?: number): KubeError {
  const own = valueAt(status, "code");
  const code = httpCode ?? (typeof own === "number" ? own : 500);
  const seconds = valueAt(status, "details", "retryAfterSeconds");
  const token = textAt(status, "metadata", "continue");
  return {
    code,
    reason: textAt(status, "reason") || (REASONS[code] ?? "Unknown"),
    message: textAt(status, "message"),
    retryable: code === 429 || code >= 500,
    ...(typeof seconds === "number" && { retryAfterSeconds: seconds }),
    ...(token !== "" && { continue: token }),
  };
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] as string).slice(0, 200);
}
