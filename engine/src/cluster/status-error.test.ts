import { describe, expect, it } from "vitest";
import { isAlreadyExists, isConflict, isExpired, isForbidden, isNotFound } from "./kube-error.ts";
import { errorOfAnswer } from "./status-error.ts";

const status = (code: number, reason: string, message: string, details = {}) =>
  JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", message, reason, details, code });

describe("errorOfAnswer", () => {
  it.each([
    [404, "NotFound", isNotFound, false],
    [409, "Conflict", isConflict, false],
    [409, "AlreadyExists", isAlreadyExists, false],
    [410, "Expired", isExpired, false],
    [403, "Forbidden", isForbidden, false],
    [422, "Invalid", undefined, false],
    [429, "TooManyRequests", undefined, true],
    [500, "InternalError", undefined, true],
    [503, "ServiceUnavailable", undefined, true],
  ])("reads the Status of a %s %s", (code, reason, is, retryable) => {
    const error = errorOfAnswer(code, status(code, reason, "the server's words"), undefined);
    expect(error).toEqual({ code, reason, message: "the server's words", retryable });
    for (const test of [isNotFound, isConflict, isAlreadyExists, isExpired, isForbidden]) {
      expect(test(error)).toBe(test === is);
    }
  });

  it("makes the best of an answer that is no Status, as a proxy gives it", () => {
    expect(errorOfAnswer(503, "<html>\nbusy</html>", undefined)).toEqual({
      code: 503,
      reason: "ServiceUnavailable",
      message: "<html>",
      retryable: true,
    });
    expect(errorOfAnswer(418, "", undefined)).toEqual({
      code: 418,
      reason: "Unknown",
      message: "HTTP status 418",
      retryable: false,
    });
  });

  it("says how long the server asks to wait, by header or in the Status", () => {
    expect(errorOfAnswer(429, "", "7").retryAfterSeconds).toBe(7);
    expect(
      errorOfAnswer(500, status(500, "ServerTimeout", "", { retryAfterSeconds: 2 }), undefined),
    ).toMatchObject({ retryAfterSeconds: 2 });
    expect(errorOfAnswer(429, "", "Fri, 31 Dec 1999 23:59:59 GMT").retryAfterSeconds).toBeUndefined();
  });
});
