import type { FastifyInstance } from "fastify";
import type { Readable } from "node:stream";
import { MAX_BODY_BYTES } from "../admission/review-codec.ts";

/**
 * Takes request bodies as bytes. Fastify's own parsers are off: their limits and refusals (1 MiB, `__proto__`, media
 * types) would answer with something that is no AdmissionReview, and the API server lets such requests pass.
 */
export function admissionBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request: unknown, payload: Readable) => readBytes(payload));
}

/** The bytes of a body, or that there are more than the limit; what is too much is read and thrown away. */
export function readBytes(payload: Readable): Promise<Uint8Array | "too-large"> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | "too-large">();
  const pieces: Uint8Array[] = [];
  let size = 0;
  payload.on("data", (piece: Uint8Array) => {
    size += piece.length;
    if (size <= MAX_BODY_BYTES) pieces.push(piece);
    // The client should get its answer rather than a broken connection, but not for ever.
    else if (size > 4 * MAX_BODY_BYTES) {
      resolve("too-large");
      payload.destroy();
    } else pieces.length = 0;
  });
  payload.once("end", () => {
    const [only] = pieces;
    if (size > MAX_BODY_BYTES) resolve("too-large");
    else resolve(only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces));
  });
  payload.once("error", reject);
  // After the end, and after an error, this comes too late to matter.
  payload.once("close", () => reject(new Error("the request ended in the middle of its body")));
  return promise;
}
