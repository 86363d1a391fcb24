import type { ServerResponse } from "node:http";
import { writeJson } from "@portcullis/interpreter";
import type { PlainObject } from "@portcullis/interpreter";
import type { KubeError } from "../../cluster/kube-error.ts";

/** The `Status` object that says an error. */
export function statusOf({ code, reason, message, continue: token }: KubeError): PlainObject {
  const metadata = token === undefined ? {} : { continue: token };
  return { kind: "Status", apiVersion: "v1", metadata, status: "Failure", message, reason, code };
}

export function sendObject(response: ServerResponse, code: number, object: PlainObject): void {
  response.writeHead(code, { "content-type": "application/json" }).end(writeJson(object));
}

export function sendError(response: ServerResponse, error: KubeError): void {
  const seconds = error.retryAfterSeconds;
  if (seconds !== undefined) response.setHeader("retry-after", seconds);
  sendObject(response, error.code, statusOf(error));
}
