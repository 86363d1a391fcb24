// Each public name of the package, one by one. `spec-tests/architecture/api.test.ts` holds the list.
export { createClient } from "./create-client.ts";
export type {
  Client,
  ClientFactory,
  ClientOptions,
  ConstraintInfo,
  Dependence,
  InventoryRead,
  Reviewer,
  Revisions,
  TemplateHint,
  TemplateInfo,
} from "./client.ts";
export type { EngineError, EngineErrorCode, Outcome } from "./errors.ts";
export type {
  ConstraintRef,
  EnforcementAction,
  EnforcementPoint,
  Explain,
  Response,
  Result,
  Review,
  ReviewOptions,
  TemplateStats,
} from "./reviews/review.ts";
export { goDuration } from "./go-duration.ts";
export { describedStats, executionStats } from "./execution-stats.ts";
export type { StatsLabels } from "./execution-stats.ts";
export { denyLine } from "./reviews/messages.ts";
export { reviewOfObject } from "./target/review-of-object.ts";
export type { ReviewOfObjectOptions } from "./target/review-of-object.ts";
export { MATCH_SCHEMA_OBJECT } from "./target/match-schema.ts";
export { validateEnforcementActions } from "./constraints/enforcement-action.ts";
export { processExcluder } from "./inventory/process-exclusion.ts";
export type { Process, ProcessExcluder } from "./inventory/process-exclusion.ts";
export { inventoryChanges } from "./inventory/inventory-changes.ts";
export type { InventoryChanges } from "./inventory/inventory-changes.ts";
export { syncedKinds } from "./inventory/sync-selection.ts";
export type { GroupVersionKind, SyncSelection } from "./inventory/sync-selection.ts";
export { listAt, objectAt, objectMeta, textAt, valueAt } from "./kubernetes/object-meta.ts";
export type { ObjectMeta } from "./kubernetes/object-meta.ts";
export { reviewWithExpansion } from "./expansion/review-with-expansion.ts";
export { ExpansionError } from "./expansion/generate.ts";
export { ExpansionSystem } from "./expansion/system.ts";
export {
  decodeExpansionTemplate,
  InvalidExpansionTemplateError,
  isExpansionTemplate,
} from "./expansion/template.ts";
export { InvalidMutatorError } from "./mutation/mutators/decode.ts";
export { decodeMutator, isMutator } from "./mutation/mutators/decode-mutator.ts";
export { MutationError } from "./mutation/walk.ts";
export { MutationSystem } from "./mutation/system.ts";
export type { MutationOutcome, MutationTarget } from "./mutation/system.ts";
export type { Mutator, MutatorId } from "./mutation/mutator.ts";
