// Each public name of the package, one by one. `spec-tests/architecture/api.test.ts` holds the list.
export { buildApp, buildHealthApp } from "./app.ts";
export type { AppDeps } from "./app.ts";
export type { AdmissionOptions, Policies } from "./admission/policies.ts";
export { FolderPolicies } from "./local/folder-policies.ts";
export type { FolderPoliciesDeps, FolderUpdate } from "./local/folder-policies.ts";
export { folderSource } from "./local/folder-source.ts";
export type { FolderSource } from "./local/folder-source.ts";
export { cacheFolder, servingCertificate } from "./certificates/certificate-folder.ts";
export type { CertificateOptions, ServingCertificate } from "./certificates/certificate-folder.ts";
export { createMetrics } from "./observability/metrics.ts";
export type { ServerMetrics } from "./observability/metrics.ts";
export { jsonLog, plainLog } from "./observability/log.ts";
export type { Log, LogFields, LogLevel } from "./observability/log.ts";
export type { Readiness } from "./routes/health.ts";
export { customResourceDefinitions } from "./manifests/crds.ts";
export type { TlsMaterial } from "./tls.ts";
