import { describe, expect, it } from "vitest";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { readTarget } from "./connection-config.ts";

const connection = (driver: string, config?: Value): PlainObject => ({
  metadata: { name: "audit-connection" },
  spec: { driver, ...(config !== undefined && { config }) },
});
const disk = { path: "/tmp/violations", maxAuditResults: 3 };

describe("a Connection", () => {
  it.each<[what: string, driver: string, config: Value, target: object]>([
    ["names a folder", "disk", disk, { path: "/tmp/violations", maxAuditResults: 3 }],
    ["waits ten minutes for folders to be emptied", "disk", disk, { closedConnectionTtlMs: 600_000 }],
    [
      "may say how long that is tried",
      "disk",
      { ...disk, closedConnectionTTL: "1m30s" },
      { closedConnectionTtlMs: 90_000 },
    ],
    ["may name a folder below the present one", "disk", { ...disk, path: "a//b/./c/" }, { path: "a/b/c/" }],
    ["may have two dots in a name", "disk", { ...disk, path: "/a..b" }, { path: "/a..b" }],
    ["may keep no results", "disk", { ...disk, maxAuditResults: 0 }, { maxAuditResults: 0 }],
    ["names a component of Dapr", "dapr", { component: "pubsub" }, { component: "pubsub" }],
  ])("%s", (_, driver, config, target) => {
    expect(readTarget(connection(driver, config))).toMatchObject({ ok: true, target: { driver, ...target } });
  });

  const missing = "missing or invalid 'path'";
  it.each<[driver: string, config: Value | undefined, message: string]>([
    ["kafka", {}, "driver kafka is not supported"],
    ["__proto__", {}, "driver __proto__ is not supported"],
    ["", {}, "driver  is not supported"],
    ["disk", undefined, "invalid config format, expected map[string]interface{}"],
    ["disk", "text", "invalid config format, expected map[string]interface{}"],
    ["disk", [disk], "invalid config format, expected map[string]interface{}"],
    ["disk", { maxAuditResults: 3 }, missing],
    ["disk", { ...disk, path: 3 }, missing],
    ["disk", { ...disk, path: "" }, "invalid path: path cannot be empty"],
    ["disk", { ...disk, path: "/a/../b" }, "path must not contain '..', dir traversal is not allowed"],
    ["disk", { ...disk, path: "a\\..\\b" }, "path must not contain '..', dir traversal is not allowed"],
    ["disk", { ...disk, path: "/a\0b" }, "path must not contain a NUL character"],
    ["disk", { ...disk, path: "//." }, "path must not be filesystem root"],
    ["disk", { ...disk, path: "./" }, "path must not resolve to the current working directory"],
    ["disk", { ...disk, path: process.cwd() }, "path must not resolve to the current working directory"],
    ["disk", { path: "/a" }, "missing or invalid 'maxAuditResults'"],
    ["disk", { ...disk, maxAuditResults: "3" }, "missing or invalid 'maxAuditResults'"],
    ["disk", { ...disk, maxAuditResults: -1 }, "maxAuditResults cannot be negative"],
    ["disk", { ...disk, maxAuditResults: 1.5 }, "maxAuditResults must be an integer"],
    ["disk", { ...disk, maxAuditResults: 6 }, "cannot be greater than the maximum allowed audit runs: 5"],
    ["disk", { ...disk, closedConnectionTTL: 60 }, "invalid ttl format: expected string"],
    ["disk", { ...disk, closedConnectionTTL: "soon" }, "invalid ttl format: "],
    [
      "disk",
      { ...disk, closedConnectionTTL: "11m" },
      "closedConnectionTTL 11m exceeds maximum allowed: 10m0s",
    ],
    ["disk", { ...disk, closedConnectionTTL: "59s" }, "closedConnectionTTL 59s is too short"],
    ["dapr", undefined, "invalid type assertion, config is not in expected format"],
    ["dapr", {}, "failed to get value of component"],
    ["dapr", { component: "" }, "failed to get value of component"],
  ])("cannot be %s with %j", (driver, config, message) => {
    const read = readTarget(connection(driver, config));
    expect(read).toEqual({ ok: false, message: expect.stringContaining(message) as string });
  });
});
