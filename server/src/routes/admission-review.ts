import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { PlainObject } from "@portcullis/interpreter";
import { encodeReply, toVerdict } from "../admission/reply.ts";
import type { ReplyHeader } from "../admission/reply.ts";
import { decodeReview, wrongContentType } from "../admission/review-codec.ts";
import type { Verdict } from "../admission/verdict.ts";
import { callerOf } from "./caller.ts";
import type { Caller } from "./caller.ts";

/** Answers an admission request. */
export type Decider = (request: PlainObject, caller: Caller) => Promise<Verdict>;

/**
 * A route that takes AdmissionReviews. Whatever is sent there, the answer is an AdmissionReview with HTTP status 200.
 */
export function admissionReviewRoute(app: FastifyInstance, url: string, decider: Decider): void {
  app.all(url, {
    // Fastify's own refusals (a media type it cannot read, a broken stream) are answered in the same form.
    errorHandler: (error, request, reply) => {
      void sendVerdict(reply, {}, fastifyVerdict(error, contentTypeOf(request)));
    },
    handler: async (request, reply) => {
      const bytes = (request.body as Uint8Array | "too-large" | undefined) ?? new Uint8Array();
      const decoded = decodeReview({ contentType: contentTypeOf(request), bytes });
      if (!decoded.ok) return sendVerdict(reply, decoded.header, decoded.verdict);
      const { header } = decoded.review;
      const caller = callerOf(request.url, reply.raw);
      const verdict = await decider(decoded.review.request, caller).catch(toVerdict);
      return sendVerdict(reply, header, verdict);
    },
  });
}

function fastifyVerdict(error: unknown, contentType: string): Verdict {
  const { code } = error as { readonly code?: string };
  if (code !== "FST_ERR_CTP_INVALID_MEDIA_TYPE") return toVerdict(error);
  return { allowed: false, code: 400, message: wrongContentType(contentType) };
}

function sendVerdict(reply: FastifyReply, header: ReplyHeader, verdict: Verdict): FastifyReply {
  return reply.code(200).type("application/json").send(encodeReply(header, verdict));
}

function contentTypeOf(request: FastifyRequest): string {
  return request.headers["content-type"] ?? "";
}
