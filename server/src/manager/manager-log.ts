import { createWriteStream } from "node:fs";
import { gatheredLines } from "../observability/gathered-lines.ts";
import { consoleLog, jsonLog } from "../observability/log.ts";
import type { Log, LogLevel } from "../observability/log.ts";
import type { ManagerFlags } from "./manager-flags.ts";

/** The log that the flags ask for. Several processes may add to one file. */
export function managerLog(flags: ManagerFlags): Log {
  const file = flags["log-file"];
  const destination = gatheredLines(file === "" ? process.stderr : createWriteStream(file, { flags: "a" }));
  const level = flags["log-level"].toUpperCase();
  if (level === "DEBUG") return consoleLog(destination);
  return jsonLog(destination, level as LogLevel, {
    levelKey: flags["log-level-key"],
    capital: flags["log-level-encoder"].startsWith("capital"),
  });
}
