import type { FastifyInstance } from "fastify";
import type { PlainObject } from "@portcullis/interpreter";
import type { IncomingMessage, ServerResponse } from "node:http";
import { encodeReply, toVerdict } from "../admission/reply.ts";
import type { ReplyHeader } from "../admission/reply.ts";
import { decodeReview } from "../admission/review-codec.ts";
import type { Verdict } from "../admission/verdict.ts";
import { readBytes } from "./body.ts";
import { callerOf } from "./caller.ts";
import type { Caller } from "./caller.ts";

/** Answers an admission request. */
export type Decider = (request: PlainObject, caller: Caller) => Promise<Verdict>;

/**
 * A route that takes AdmissionReviews. Whatever is sent there, the answer is an AdmissionReview with HTTP status 200.
 */
export function admissionReviewRoute(app: FastifyInstance, url: string, decider: Decider): void {
  app.all(url, (request, reply) => {
    // The answer is a text with headers that are always the same: nothing is left for Fastify to find out about it.
    reply.hijack();
    void answer(request.raw, reply.raw, decider);
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, decider: Decider): Promise<void> {
  try {
    const contentType = request.headers["content-type"] ?? "";
    const decoded = decodeReview({ contentType, bytes: await readBytes(request) });
    if (!decoded.ok) return send(response, decoded.header, decoded.verdict);
    const caller = callerOf(request.url ?? "", response);
    const verdict = await decider(decoded.review.request, caller).catch(toVerdict);
    send(response, decoded.review.header, verdict);
  } catch (error) {
    // The body broke off: whoever sent it is gone, or has stopped listening.
    send(response, {}, toVerdict(error));
  }
}

function send(response: ServerResponse, header: ReplyHeader, verdict: Verdict): void {
  const text = encodeReply(header, verdict);
  response.writeHead(200, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  // Headers and body in one piece: one TLS record, one call of the system.
  response.end(text);
}
