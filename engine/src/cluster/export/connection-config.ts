import { mkdir } from "node:fs/promises";
import { isAbsolute, normalize, resolve } from "node:path";
import { BuiltinError, isObject, parseDuration } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { textAt, valueAt } from "../../kubernetes/object-meta.ts";

/** Where violations go, as a Connection says (contract 5.5). */
export type ExportTarget = DiskTarget | DaprTarget;

/** Files below a folder. */
export interface DiskTarget {
  readonly driver: "disk";
  /** Normalized. */
  readonly path: string;
  /** Audits whose results are kept, 0 to 5. */
  readonly maxAuditResults: number;
  /** How long it is tried to take files away once the Connection is gone or points elsewhere. */
  readonly closedConnectionTtlMs: number;
}

/** A topic of a broker behind a Dapr sidecar. */
export interface DaprTarget {
  readonly driver: "dapr";
  /** The pub/sub component of Dapr. */
  readonly component: string;
}

export type ExportTargetResult =
  { readonly ok: true; readonly target: ExportTarget } | { readonly ok: false; readonly message: string };

/** Reads the spec of a Connection. The messages of what is wrong with it are Gatekeeper's. */
export function readTarget(connection: PlainObject): ExportTargetResult {
  const driver = textAt(connection, "spec", "driver");
  const read = READERS.get(driver);
  if (!read) return { ok: false, message: `driver ${driver} is not supported` };
  const result = read(valueAt(connection, "spec", "config"));
  if (result.ok) return result;
  return {
    ok: false,
    message: `error creating connection ${textAt(connection, "metadata", "name")}: ${result.message}`,
  };
}

/** Makes the folder of a target, where it has one: who may not should hear so before the first violation. Answers what is wrong. */
export async function prepareTarget(target: ExportTarget): Promise<string | undefined> {
  if (target.driver !== "disk") return undefined;
  try {
    await mkdir(target.path, { recursive: true, mode: 0o770 });
    return undefined;
  } catch (error) {
    return `invalid path: failed to create directory: ${(error as Error).message}`;
  }
}

const READERS = new Map<string, (config: Value | undefined) => ExportTargetResult>([
  ["disk", readDisk],
  ["dapr", readDapr],
]);

const MAX_AUDIT_RESULTS = 5;
const MINUTE_MS = 60_000;
const LONGEST_TTL_MS = 10 * MINUTE_MS;

function readDisk(config: Value | undefined): ExportTargetResult {
  if (config === undefined || !isObject(config))
    return wrong("invalid config format, expected map[string]interface{}");
  const path = valueAt(config, "path");
  if (typeof path !== "string") return wrong("missing or invalid 'path'");
  const fault = pathFault(path);
  if (fault !== undefined) return wrong(`invalid path: ${fault}`);
  const kept = valueAt(config, "maxAuditResults");
  if (typeof kept !== "number") return wrong("missing or invalid 'maxAuditResults'");
  if (kept < 0) return wrong("maxAuditResults cannot be negative");
  if (!Number.isInteger(kept)) return wrong("maxAuditResults must be an integer");
  if (kept > MAX_AUDIT_RESULTS)
    return wrong(
      `maxAuditResults cannot be greater than the maximum allowed audit runs: ${MAX_AUDIT_RESULTS}`,
    );
  const ttl = readTtl(valueAt(config, "closedConnectionTTL"));
  if (typeof ttl === "string") return wrong(ttl);
  const target = { driver: "disk", path: normalize(path), maxAuditResults: kept } as const;
  return { ok: true, target: { ...target, closedConnectionTtlMs: ttl } };
}

function readDapr(config: Value | undefined): ExportTargetResult {
  if (config === undefined || !isObject(config))
    return wrong("invalid type assertion, config is not in expected format");
  const component = valueAt(config, "component");
  if (typeof component !== "string" || component === "") return wrong("failed to get value of component");
  return { ok: true, target: { driver: "dapr", component } };
}

/** A folder of its own is wanted: files are taken away from it. */
function pathFault(path: string): string | undefined {
  if (path === "") return "path cannot be empty";
  if (path.includes("\0")) return "path must not contain a NUL character";
  if (path.split(/[/\\]/).includes("..")) return "path must not contain '..', dir traversal is not allowed";
  const whole = resolve(path);
  if (isAbsolute(path) && whole === "/") return "path must not be filesystem root";
  if (whole === process.cwd()) return "path must not resolve to the current working directory";
  return undefined;
}

/** Milliseconds, or what is wrong. */
function readTtl(value: Value | undefined): number | string {
  if (value === undefined) return LONGEST_TTL_MS;
  if (typeof value !== "string") return "invalid ttl format: expected string";
  try {
    const ms = Number(parseDuration(value)) / 1e6;
    if (ms > LONGEST_TTL_MS) return `closedConnectionTTL ${value} exceeds maximum allowed: 10m0s`;
    if (ms < MINUTE_MS) return `closedConnectionTTL ${value} is too short, must be at least 1 minute`;
    return ms;
  } catch (error) {
    if (!(error instanceof BuiltinError)) throw error;
    return `invalid ttl format: ${error.message}`;
  }
}

function wrong(message: string): ExportTargetResult {
  return { ok: false, message };
}
