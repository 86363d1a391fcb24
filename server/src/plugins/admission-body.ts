import type { FastifyInstance } from "fastify";
import type { IncomingMessage } from "node:http";
import { MAX_BODY_BYTES } from "../admission/review-codec.ts";

/**
 * Takes request bodies as bytes. Fastify's own parsers are off: their limits and refusals (1 MiB, `__proto__`, media
 * types) would answer with something that is no AdmissionReview, and the API server lets such requests pass.
 */
export function admissionBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", async (_request: unknown, payload: IncomingMessage) => readBytes(payload));
}

/** The bytes of a body, or that there are more than the limit; what is too much is read and thrown away. */
export async function readBytes(payload: AsyncIterable<Uint8Array>): Promise<Uint8Array | "too-large"> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of payload) {
    size += piece.length;
    if (size <= MAX_BODY_BYTES) pieces.push(piece);
    // The client should get its answer rather than a broken connection, but not for ever.
    else if (size > 4 * MAX_BODY_BYTES) break;
    else pieces.length = 0;
  }
  return size > MAX_BODY_BYTES ? "too-large" : Buffer.concat(pieces);
}
