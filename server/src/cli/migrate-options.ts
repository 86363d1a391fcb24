/** The flags of `portcullis migrate check`. */
export interface MigrateOptions {
  readonly filename: readonly string[];
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly values?: string;
  readonly format: "text" | "json";
}
