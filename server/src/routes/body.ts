import type { FastifyInstance } from "fastify";
import type { Readable } from "node:stream";
import { MAX_BODY_BYTES } from "../admission/review-codec.ts";

/**
 * Leaves the bodies of requests, whatever their method, to the routes. Fastify's own parsers have limits and refusals
 * (1 MiB, `__proto__`, media types) that would answer with something that is no AdmissionReview, and the API server lets
 * such requests pass.
 */
export function leaveBodies(app: FastifyInstance): void {
  for (const method of app.supportedMethods) {
    app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  }
}

/** The bytes of a body, or that there are more than the limit; what is too much is read and thrown away. */
export function readBytes(payload: Readable): Promise<Uint8Array | "too-large"> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | "too-large">();
  const pieces: Uint8Array[] = [];
  let size = 0;
  let isWhole = false;
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
    isWhole = true;
    const [only] = pieces;
    if (size > MAX_BODY_BYTES) resolve("too-large");
    else resolve(only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces));
  });
  payload.once("error", reject);
  payload.once("close", () => {
    // An error costs a walk over the stack: only where it is one.
    if (!isWhole) reject(new Error("the request ended in the middle of its body"));
  });
  return promise;
}
