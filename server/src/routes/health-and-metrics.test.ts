import { expect, it } from "vitest";
import { podRequest, testApp, violation } from "../testing/test-app.ts";

it("/readyz names what is missing", async () => {
  expect((await testApp().app.inject("/readyz")).statusCode).toBe(200);
  const waiting = await testApp({ missing: ["ConstraintTemplate a", "Config"] }).app.inject("/readyz");
  expect(waiting.statusCode).toBe(500);
  expect(waiting.body).toBe("not ready, missing:\nConstraintTemplate a\nConfig\n");
  expect((await testApp({ missing: ["x"] }).app.inject("/healthz")).body).toBe("ok");
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
