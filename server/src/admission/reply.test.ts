import { parseJson, writeJson } from "@portcullis/interpreter";
import fc from "fast-check";
import { expect, it } from "vitest";
import { encodeReply } from "./reply.ts";
import type { ReplyHeader } from "./reply.ts";
import type { Verdict } from "./verdict.ts";

const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constantFrom('"', "\u2028", "<a&b>\n"));
const verdict = fc
  .record(
    {
      allowed: fc.boolean(),
      code: fc.constantFrom(200, 299, 403, 422, 500),
      message: text,
      reason: text,
      warnings: fc.array(text, { minLength: 1 }),
      patch: fc.constant([{ op: "add", path: "/a", value: { "<": 1 } }] as const),
    },
    { requiredKeys: ["allowed", "code"] },
  )
  .map((made): Verdict => made);
const header = fc
  .record({ apiVersion: fc.constant("admission.k8s.io/v1"), uid: text }, { requiredKeys: [] })
  .map((made): ReplyHeader => made);

it("is the JSON of the AdmissionReview, its keys in order, one line", () => {
  fc.assert(
    fc.property(header, verdict, (asked, { allowed, code, message, reason, warnings, patch }) => {
      const reply = encodeReply(asked, {
        allowed,
        code,
        ...(message !== undefined && { message }),
        ...(reason !== undefined && { reason }),
        ...(warnings !== undefined && { warnings }),
        ...(patch !== undefined && { patch }),
      });
      const json = Buffer.from('[{"op":"add","path":"/a","value":{"<":1}}]').toString("base64");
      const response = {
        allowed,
        ...(patch !== undefined && { patch: json, patchType: "JSONPatch" }),
        status: {
          code,
          metadata: {},
          ...(message !== undefined && { message }),
          ...(reason !== undefined && { reason }),
        },
        uid: asked.uid ?? "",
        ...(warnings !== undefined && { warnings }),
      };
      const { apiVersion } = asked;
      const review = {
        ...(apiVersion !== undefined && { apiVersion, kind: "AdmissionReview" }),
        response,
      };
      expect(reply).toBe(`${writeJson(review, { escapeHtml: false })}\n`);
      expect(parseJson(reply).ok).toBe(true);
    }),
  );
});
