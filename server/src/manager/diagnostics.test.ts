import { expect, it } from "vitest";
import { diagnosticsApp } from "./diagnostics.ts";

it.each<readonly [string, number, RegExp]>([
  ["/debug/pprof/", 200, /profile\?seconds=30/],
  ["/debug/pprof/memory", 200, /"total_heap_size":\d+/],
  ["/debug/pprof/heap", 200, /^\{"snapshot":/],
  ["/debug/pprof/profile?seconds=0.02", 200, /^\{"nodes":\[/],
  ["/debug/pprof/profile?seconds=0", 400, /above 0/],
  ["/debug/pprof/profile?seconds=301", 400, /at most 300/],
  ["/debug/pprof/profile?seconds=x", 400, /above 0/],
  ["/metrics", 404, /not found/i],
])("%s is answered with %d", async (url, status, body) => {
  const answer = await diagnosticsApp().inject(url);
  expect(answer.statusCode).toBe(status);
  expect(answer.body).toMatch(body);
});
