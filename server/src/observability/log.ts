import { pino } from "pino";
import type { DestinationStream } from "pino";
import { printable } from "./printable.ts";

/** Fields of a log line; `logger` names the part of the program that speaks, as in Gatekeeper's lines. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** `--log-level` of Gatekeeper: WARNING and ERROR both mean warnings and above; anything else is INFO. */
export type LogLevel = "DEBUG" | "INFO" | "WARNING" | "ERROR";

/** How a line names its level: `--log-level-key`, `--log-level-encoder`. */
export interface LevelField {
  readonly levelKey?: string;
  readonly capital?: boolean;
}

/** JSON lines with Gatekeeper's keys: level, ts (seconds), logger, msg, then the fields. */
export function jsonLog(
  destination: DestinationStream,
  level: LogLevel = "INFO",
  { levelKey = "level", capital = false }: LevelField = {},
): Log {
  const logger = pino(
    {
      level: level === "DEBUG" ? "debug" : level === "WARNING" || level === "ERROR" ? "warn" : "info",
      base: null,
      messageKey: "msg",
      timestamp: () => `,"ts":${Date.now() / 1000}`,
      formatters: { level: (label) => ({ [levelKey]: capital ? label.toUpperCase() : label }) },
    },
    destination,
  );
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
  };
}

/**
 * What `--log-level=DEBUG` gives, debug lines included: zap's lines for people, tab between time, level, logger, message and
 * the other fields as JSON.
 */
export function consoleLog(
  destination: DestinationStream,
  { capital = true }: Pick<LevelField, "capital"> = {},
): Log {
  const writer =
    (level: string) =>
    (message: string, { logger, ...fields }: LogFields = {}): void => {
      const shown = capital ? level.toUpperCase() : level;
      const rest = Object.keys(fields).length === 0 ? [] : [JSON.stringify(fields)];
      const columns = [new Date().toISOString(), shown, ...(logger === undefined ? [] : [String(logger)])];
      destination.write(`${[...columns, message, ...rest].join("\t")}\n`);
    };
  return { debug: writer("debug"), info: writer("info"), error: writer("error") };
}

/** Lines for a person at a terminal: the time, the message, and the fields that matter there. */
export function plainLog(write: (line: string) => void, now: () => Date = () => new Date()): Log {
  const line = (message: string): void =>
    write(`${now().toTimeString().slice(0, 8)} ${printable(message)}\n`);
  return {
    debug: () => {},
    info: (message, fields = {}) => line(`${message}${aboutViolation(fields)}`),
    error: (message, { error } = {}) =>
      line(`error: ${message}${error === undefined ? "" : `: ${String(error)}`}`),
  };
}

/** Which constraint, about what, asked by whom. */
function aboutViolation(fields: LogFields): string {
  if (fields["event_type"] !== "violation") return "";
  const text = (name: string): string => String(fields[name] ?? "");
  const namespace = text("resource_namespace");
  const object = `${text("resource_kind")} ${namespace === "" ? "" : `${namespace}/`}${text("resource_name")}`;
  const constraint = `${text("constraint_kind")}/${text("constraint_name")}, ${text("constraint_action")}`;
  return ` [${constraint}] ${object}, asked by ${text("request_username")}`;
}

/** The same log under a part's name. */
export function named(log: Log, logger: string): Log {
  return {
    debug: (message, fields) => log.debug(message, { logger, ...fields }),
    info: (message, fields) => log.info(message, { logger, ...fields }),
    error: (message, fields) => log.error(message, { logger, ...fields }),
  };
}
