import { pino } from "pino";
import type { DestinationStream } from "pino";

/** Fields of a log line; `logger` names the part of the program that speaks, as in Gatekeeper's lines. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** `--log-level` of Gatekeeper: WARNING and ERROR both mean warnings and above; anything else is INFO. */
export type LogLevel = "DEBUG" | "INFO" | "WARNING" | "ERROR";

/** JSON lines with Gatekeeper's keys: level, ts (seconds), logger, msg, then the fields. */
export function jsonLog(destination: DestinationStream, level: LogLevel = "INFO"): Log {
  const logger = pino(
    {
      level: level === "DEBUG" ? "debug" : level === "INFO" ? "info" : "warn",
      base: null,
      messageKey: "msg",
      timestamp: () => `,"ts":${Date.now() / 1000}`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
  };
}

/** Lines for a person at a terminal: the time, the message, and the fields that matter there. */
export function plainLog(write: (line: string) => void, now: () => Date = () => new Date()): Log {
  const line = (mark: string, message: string): void => {
    write(`${now().toTimeString().slice(0, 8)} ${mark}${message}\n`);
  };
  return {
    debug: () => {},
    info: (message) => line("", message),
    error: (message, fields) =>
      line("error: ", fields?.error === undefined ? message : `${message}: ${fields.error}`),
  };
}
