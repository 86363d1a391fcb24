import { parseAddress } from "../address.ts";
import type { ManagerFlags } from "./manager-flags.ts";

type Name = keyof ManagerFlags;

/** Numbers that have bounds: both included. A port may be 0: then a free one is chosen. */
const BOUNDS: Readonly<Partial<Record<Name, readonly [min: number, max: number]>>> = {
  port: [0, 65_535],
  "prometheus-port": [0, 65_535],
  "pprof-port": [0, 65_535],
  "audit-interval": [0, 10 * 365 * 24 * 3600],
  "constraint-violations-limit": [0, 1_000_000],
  "audit-chunk-size": [0, 1_000_000],
  "audit-report-keep": [0, 1000],
  "audit-full-every": [0, 1_000_000],
  "audit-memory": [0, 1_000_000],
  "audit-threads": [0, 256],
  "shutdown-delay": [0, 3600],
  "readiness-retries": [-1, 1_000_000],
  "default-wait-for-vapb-generation": [0, 3600],
  "external-data-provider-response-cache-ttl": [0, 365 * 24 * 3_600_000],
  "cert-validity": [60_000, 100 * 365 * 24 * 3_600_000],
  "ca-validity": [60_000, 100 * 365 * 24 * 3_600_000],
  "cert-renew-before": [10_000, 10 * 365 * 24 * 3_600_000],
  "otlp-metric-interval": [1, 24 * 3_600_000],
  "stackdriver-metric-interval": [1, 24 * 3_600_000],
  shards: [0, 256],
  "shard-hang-timeout": [500, 600_000],
  "kube-api-qps": [0, 1_000_000],
  "kube-api-burst": [1, 1_000_000],
};

/** Texts of which only some are right, with what is said of others. */
const WORDS: Readonly<Partial<Record<Name, readonly string[]>>> = {
  "tls-min-version": ["", "1.0", "1.1", "1.2", "1.3"],
  "log-level-encoder": ["lower", "capital", "color", "capitalcolor"],
  "default-k8s-native-validation-failure-policy": ["Fail", "Ignore"],
};

/**
 * What is wrong with the values of flags that can be read: one line each, naming the flag. Gatekeeper finds some of these
 * late or never; a process that starts with them would not do what its author thinks.
 */
export function flagProblems(flags: ManagerFlags): readonly string[] {
  const problems: string[] = [];
  for (const [name, [min, max]] of Object.entries(BOUNDS)) {
    const value = flags[name as Name] as number;
    if (value < min || value > max)
      problems.push(`invalid value for flag -${name}: ${value} is not within ${min} and ${max}`);
  }
  for (const [name, words] of Object.entries(WORDS)) {
    const value = flags[name as Name] as string;
    if (words.includes(value)) continue;
    const known = words.map((word) => JSON.stringify(word)).join(", ");
    problems.push(`invalid value for flag -${name}: ${JSON.stringify(value)} is none of ${known}`);
  }
  if (flags["enable-remote-cluster"])
    problems.push("-enable-remote-cluster is not supported: policies and pod statuses are in one cluster");
  if (flags["client-ca-name"].includes("/"))
    problems.push("invalid value for flag -client-ca-name: it is the name of a file in -cert-dir");
  for (const name of ["cert-validity", "ca-validity"] as const) {
    if (flags["cert-renew-before"] >= flags[name])
      problems.push(`invalid value for flag -cert-renew-before: it must be shorter than -${name}`);
  }
  try {
    parseAddress(flags["health-addr"]);
  } catch (error) {
    problems.push(`invalid value for flag -health-addr: ${(error as Error).message}`);
  }
  problems.push(...auditApiProblems(flags));
  return problems;
}

/** The token goes in the clear: nobody outside of the Pod may hear it. */
function auditApiProblems(flags: ManagerFlags): readonly string[] {
  const address = flags["audit-api-addr"];
  if (address === "") return [];
  const problems: string[] = [];
  if (flags["audit-api-token-file"] === "")
    problems.push("-audit-api-addr needs -audit-api-token-file: results are for callers that show a token");
  try {
    const { host } = parseAddress(address);
    if (!/^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host))
      problems.push(`invalid value for flag -audit-api-addr: ${JSON.stringify(host)} is no loopback address`);
  } catch (error) {
    problems.push(`invalid value for flag -audit-api-addr: ${(error as Error).message}`);
  }
  return problems;
}
