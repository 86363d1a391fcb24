import { expect, it } from "vitest";
import { noAnswerText } from "./no-answer.ts";

it.each([
  ["ConnectionFailed", "connect ECONNREFUSED 127.0.0.1:1", /nothing listens there/],
  ["ConnectionFailed", "getaddrinfo ENOTFOUND no.such.host", /no such host/],
  ["ConnectionFailed", "self-signed certificate in certificate chain", /certificate-authority-data/],
  ["ConnectionFailed", "Hostname/IP does not match certificate's altnames", /tls-server-name/],
  ["TimedOut", "GET /api: no answer in 30000 ms", /VPN/],
  ["Unauthorized", "Unauthorized", /log in again/],
  ["NoCredentials", "spawn /no/such/plugin ENOENT", /credentials/],
  ["MalformedAnswer", "GET /api: unexpected token", /no API server/],
])("%s, %s: names the server, and says what may mend it", (reason, message, hint) => {
  const text = noAnswerText({ code: 0, reason, message, retryable: true }, "https://a:1");
  expect(text).toMatch(/^cannot ask the API server https:\/\/a:1 what it serves: /);
  expect(text).toContain(message);
  expect(text).toMatch(hint);
});

it("says no more than it knows", () => {
  const error = { code: 500, reason: "InternalError", message: "boom", retryable: true };
  expect(noAnswerText(error, "s")).toBe("cannot ask the API server s what it serves: boom");
});
