// Each public name of the package, one by one. `spec-tests/architecture/api.test.ts` holds the list.
export { AuditWorker } from "./worker.ts";
export type { AuditWorkerDeps, Publish } from "./worker.ts";
export { runIdOf, sweep } from "./sweep.ts";
export type { SweepDeps, SweepReport } from "./sweep.ts";
export { DEFAULT_VIOLATIONS_LIMIT } from "./tally.ts";
export type { ConstraintTally, StatusViolation, Violation } from "./tally.ts";
export type { AuditedObject, ObjectSource } from "./object-source.ts";
export type { Changes } from "./history.ts";
export { reportJson } from "./publish/json.ts";
export { reportTable } from "./publish/table.ts";
export type { TableOptions } from "./publish/table.ts";
export { logReport } from "./publish/log.ts";
export type { WriteEvent } from "./publish/log.ts";
export { auditMetrics } from "./publish/metrics.ts";
