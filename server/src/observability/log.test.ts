import { expect, it } from "vitest";
import { consoleLog, jsonLog, plainLog } from "./log.ts";
import type { LogLevel } from "./log.ts";

const fields = {
  event_type: "violation",
  constraint_kind: "K8sTest",
  constraint_name: "c",
  constraint_action: "deny",
  resource_kind: "Pod",
  resource_namespace: "shop",
  resource_name: "web",
  request_username: "ann",
};

it("writes lines for people, without escape sequences", () => {
  const lines: string[] = [];
  const log = plainLog(
    (line) => lines.push(line),
    () => new Date(2026, 0, 2, 3, 4, 5),
  );
  log.info("denied admission: no \u001b[31m", fields);
  log.info("two\nlines");
  log.error("failed", { error: "why" });
  log.debug("not shown");
  expect(lines).toEqual([
    "03:04:05 denied admission: no \uFFFD[31m [K8sTest/c, deny] Pod shop/web, asked by ann\n",
    "03:04:05 two\nlines\n",
    "03:04:05 error: failed: why\n",
  ]);
});

it.each([
  ["DEBUG", ["debug", "info", "error"]],
  ["INFO", ["info", "error"]],
  ["WARNING", ["error"]],
  ["ERROR", ["error"]],
  ["TRACE", ["info", "error"]],
  ["", ["info", "error"]],
] as const)("writes Gatekeeper's JSON lines at %s", (level, expected) => {
  const lines: string[] = [];
  const log = jsonLog({ write: (line) => void lines.push(line) }, level as LogLevel);
  log.debug("d");
  log.info("i", { logger: "webhook" });
  log.error("e");
  const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(parsed.map((line) => line["level"])).toEqual(expected);
  expect(Math.abs((parsed[0]?.["ts"] as number) - Date.now() / 1000)).toBeLessThan(60);
});

it("puts the level where and how it is told to", () => {
  const lines: string[] = [];
  const log = jsonLog({ write: (line) => void lines.push(line) }, "INFO", {
    levelKey: "severity",
    capital: true,
  });
  log.info("i");
  expect(JSON.parse(lines[0] as string)).toMatchObject({ severity: "INFO", msg: "i" });
});

it("at DEBUG writes lines for people, as zap's development encoder", () => {
  const lines: string[] = [];
  const log = consoleLog({ write: (line) => void lines.push(line) });
  log.debug("looking", { logger: "webhook", at: 1 });
  log.error("failed");
  expect(lines.map((line) => line.replace(/^\S+Z\t/, ""))).toEqual([
    'DEBUG\twebhook\tlooking\t{"at":1}\n',
    "ERROR\tfailed\n",
  ]);
  expect(Date.parse(lines[0]?.split("\t")[0] ?? "")).not.toBeNaN();
});
