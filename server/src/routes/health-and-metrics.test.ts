import { describe, expect, it } from "vitest";
import { buildHealthApp } from "../app.ts";
import { createMetrics } from "../observability/metrics.ts";
import { podRequest, testApp, violation } from "../testing/test-app.ts";

it("/readyz names what is missing", async () => {
  expect((await testApp().app.inject("/readyz")).statusCode).toBe(200);
  const waiting = await testApp({ missing: ["ConstraintTemplate a", "Config"] }).app.inject("/readyz");
  expect(waiting.statusCode).toBe(500);
  expect(waiting.body).toBe("not ready, missing:\nConstraintTemplate a\nConfig\n");
  expect((await testApp({ missing: ["x"] }).app.inject("/healthz")).body).toBe("ok");
});

describe("checks by name", () => {
  const checks = {
    alive: [],
    ready: [
      { name: "tracker", problems: () => [] },
      { name: "tls-check", problems: () => Promise.resolve(["no certificate", "no port"]) },
    ],
  };
  it.each<readonly [string, number, string]>([
    ["/readyz", 500, "not ready, missing:\nno certificate\nno port\n"],
    ["/readyz?exclude=tls-check", 200, "ok"],
    ["/readyz?exclude=tls-check&exclude=tracker", 200, "ok"],
    [
      "/readyz?verbose",
      500,
      "[+]tracker ok\n[-]tls-check failed: no certificate; no port\nreadyz check failed\n",
    ],
    ["/readyz?verbose=1&exclude=tls-check", 200, "[+]tracker ok\nreadyz check passed\n"],
    ["/readyz/tracker", 200, "ok"],
    ["/readyz/tls-check", 500, "no certificate\nno port\n"],
    ["/healthz", 200, "ok"],
    ["/healthz?verbose", 200, "healthz check passed\n"],
  ])("%s", async (url, status, body) => {
    const answer = await buildHealthApp({ checks, metrics: createMetrics().registry }).inject(url);
    expect([answer.statusCode, answer.body]).toEqual([status, body]);
  });
});

it("/metrics counts requests under Gatekeeper's names", async () => {
  const { app, send } = testApp({ review: () => ({ results: [violation("c", "no")], errors: [] }) });
  await send(podRequest());
  await send(podRequest({ dryRun: true }));
  await send(
    podRequest({ userInfo: { username: "system:serviceaccount:gatekeeper-system:gatekeeper-admin" } }),
  );
  const { body, headers } = await app.inject("/metrics");
  expect(headers["content-type"]).toContain("text/plain; version=0.0.4");
  expect(body).toContain(
    'gatekeeper_validation_request_count_total{admission_status="deny",admission_dryrun="false"} 1',
  );
  expect(body).toContain(
    'gatekeeper_validation_request_count_total{admission_status="deny",admission_dryrun="true"} 1',
  );
  expect(body).toContain('gatekeeper_validation_request_duration_seconds_count{admission_status="deny"} 2');
  expect(body).not.toContain('admission_status="allow"');
});
