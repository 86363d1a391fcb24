/** The flags of `portcullis audit`; those that mean the same as the manager's have its names. */
export interface AuditOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  /** Files and folders with the policies; empty for those of the cluster. */
  readonly filename: readonly string[];
  readonly format: "table" | "json" | "junit" | "sarif";
  readonly constraintViolationsLimit: number;
  readonly auditReport?: string;
  readonly auditReportKeep: number;
  readonly auditChunkSize: number;
  readonly auditThreads: number;
  readonly enableReferentialRules: boolean;
  readonly disableOpaBuiltin: readonly string[];
  readonly allowNet: readonly string[];
  readonly kubeApiQps: number;
  readonly kubeApiBurst: number;
}
