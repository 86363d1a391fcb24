import type { LogLevel } from "../observability/log.ts";
import type { Address } from "../address.ts";

/** The flags of `portcullis serve`, named and meant as Gatekeeper's. */
export interface ServeOptions {
  readonly local: string;
  readonly port: number;
  readonly host: string;
  readonly certDir?: string;
  readonly healthAddr?: Address;
  readonly tlsMinVersion: "1.0" | "1.1" | "1.2" | "1.3";
  readonly auditInterval: number;
  readonly once: boolean;
  readonly format: "table" | "json";
  readonly constraintViolationsLimit: number;
  readonly auditFromCache: boolean;
  readonly logDenies: boolean;
  readonly logFormat: "text" | "json";
  readonly logLevel: LogLevel;
  readonly disableEnforcementactionValidation: boolean;
  readonly exemptNamespace: readonly string[];
  readonly exemptNamespacePrefix: readonly string[];
  readonly exemptNamespaceSuffix: readonly string[];
  readonly enableReferentialRules: boolean;
  readonly allowNet: readonly string[];
  readonly disableOpaBuiltin: readonly string[];
  readonly maxServingThreads: number;
}
