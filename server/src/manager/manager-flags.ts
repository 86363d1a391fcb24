import { boolean, duration, integer, repeated, text, words } from "./go-flags.ts";
import type { Flag, FlagType, FlagValues } from "./go-flags.ts";
import { OPERATIONS } from "@portcullis/engine/cluster";

function flag<T>(type: FlagType<T>, fallback: T, help: string): Flag<T> {
  return { type, default: fallback, help };
}

const DAY_MS = 24 * 3_600_000;
const YEAR_MS = 365 * DAY_MS;

const METRICS_BACKENDS = ["prometheus", "opentelemetry", "stackdriver"] as const;

const operations = words(
  OPERATIONS,
  (word) =>
    `operation ${word} is not a valid operation: map[${OPERATIONS.map((each) => `${each}:true`).join(" ")}]`,
);
const backends = words(
  METRICS_BACKENDS,
  (word) => `exporter ${word} is not a valid exporter: [stackdriver opentelemetry prometheus]`,
  (word) => word.toLowerCase(),
);

/**
 * The manager's flags: every one of Gatekeeper 3.23, with its name, type and default, so that its manifests start us.
 * `flags-without-effect.ts` names those that change nothing, with the reason.
 */
export const MANAGER_FLAGS = {
  operation: flag(operations, OPERATIONS, "what this process does; repeatable, or separated by commas"),

  port: flag(integer, 443, "port of the webhook"),
  host: flag(text, "", "address that the webhook listens on; empty for all"),
  "cert-dir": flag(text, "/certs", "folder of tls.crt and tls.key"),
  "cert-service-name": flag(
    text,
    "gatekeeper-webhook-service",
    "Service whose DNS name the serving certificate carries",
  ),
  "disable-cert-rotation": flag(boolean, false, "leave certificates and CA bundles to somebody else"),
  "tls-min-version": flag(text, "1.3", "lowest TLS version: 1.0, 1.1, 1.2 or 1.3"),
  "client-ca-name": flag(text, "", "file in --cert-dir with the CA that clients must have a certificate of"),
  "client-cn-name": flag(text, "kube-apiserver", "common name that a client's certificate must have"),
  "enable-tls-healthcheck": flag(boolean, false, "let /healthz also check the certificate that is served"),
  "validating-webhook-configuration-name": flag(
    text,
    "gatekeeper-validating-webhook-configuration",
    "ValidatingWebhookConfiguration that the CA is put into",
  ),
  "mutating-webhook-configuration-name": flag(
    text,
    "gatekeeper-mutating-webhook-configuration",
    "MutatingWebhookConfiguration that the CA is put into",
  ),
  "additional-validating-webhook-configs-to-rotate-certs": flag(
    text,
    "",
    "further ValidatingWebhookConfigurations that get the CA, separated by commas",
  ),
  "additional-mutating-webhook-configs-to-rotate-certs": flag(
    text,
    "",
    "further MutatingWebhookConfigurations that get the CA, separated by commas",
  ),

  "exempt-namespace": flag(repeated, [], "namespace that may carry the ignore label; repeatable"),
  "exempt-namespace-prefix": flag(
    repeated,
    [],
    "prefix of namespaces that may carry the ignore label; repeatable",
  ),
  "exempt-namespace-suffix": flag(
    repeated,
    [],
    "suffix of namespaces that may carry the ignore label; repeatable",
  ),
  "log-denies": flag(boolean, false, "log each violation of an admission request"),
  "emit-admission-events": flag(boolean, false, "make an Event of each violation of an admission request"),
  "admission-events-involved-namespace": flag(
    boolean,
    false,
    "make these Events in the object's namespace instead of our own",
  ),
  "log-stats-admission": flag(boolean, false, "log what each admission review cost"),
  "disable-enforcementaction-validation": flag(
    boolean,
    false,
    "let constraints with unknown enforcement actions be created",
  ),
  "max-serving-threads": flag(integer, -1, "reviews that run at once; below 1 as many as there are cores"),

  "audit-interval": flag(integer, 60, "seconds between audits; 0 for none"),
  "constraint-violations-limit": flag(integer, 20, "violations listed in the status of a constraint"),
  "audit-chunk-size": flag(integer, 500, "objects a page that audit asks the API server for; 0 for no pages"),
  "audit-from-cache": flag(boolean, false, "audit only what Config and SyncSets sync"),
  "audit-match-kind-only": flag(boolean, false, "audit only the kinds that constraints name"),
  "emit-audit-events": flag(boolean, false, "make an Event of each violation that audit finds"),
  "audit-events-involved-namespace": flag(
    boolean,
    false,
    "make these Events in the object's namespace instead of our own",
  ),
  "api-cache-dir": flag(text, "/tmp/audit", "without effect; pages of an audit never touch the disk here"),
  "log-stats-audit": flag(boolean, false, "log what the reviews of an audit cost"),
  "enable-violation-export": flag(boolean, false, "export the violations that audit finds to a Connection"),
  "enable-admission-violation-export": flag(
    boolean,
    false,
    "export the violations of admission requests to a Connection",
  ),
  "audit-connection": flag(
    text,
    "audit-connection",
    "Connection, in our own namespace, that violations are exported to",
  ),
  "audit-channel": flag(text, "audit-channel", "folder, or topic, that they are exported to there"),

  "enable-external-data": flag(boolean, true, "let policies ask Providers"),
  "external-data-provider-response-cache-ttl": flag(
    duration,
    180_000,
    "how long a Provider's answers count; 0s for not at all",
  ),
  "enable-generator-resource-expansion": flag(boolean, true, "review what ExpansionTemplates generate"),
  "enable-k8s-native-validation": flag(boolean, true, "use the CEL code of templates"),
  "default-k8s-native-validation-failure-policy": flag(
    text,
    "Fail",
    "failure policy of CEL code that names none: Fail or Ignore",
  ),
  "default-create-vap-for-templates": flag(
    boolean,
    true,
    "make ValidatingAdmissionPolicies of templates that do not say",
  ),
  "default-create-vap-binding-for-constraints": flag(
    boolean,
    true,
    "make ValidatingAdmissionPolicyBindings of constraints that do not say",
  ),
  "default-wait-for-vapb-generation": flag(integer, 30, "seconds between a policy and its bindings"),
  "sync-vap-enforcement-scope": flag(boolean, true, "without effect; deprecated in Gatekeeper"),
  "enable-referential-rules": flag(boolean, true, "let templates read data.inventory"),
  "disable-opa-builtin": flag(repeated, [], "builtin that templates may not call; repeatable"),
  "enable-mutation": flag(boolean, false, "without effect; deprecated in Gatekeeper"),
  "log-mutations": flag(boolean, false, "log each mutation"),
  "mutation-annotations": flag(
    boolean,
    false,
    "annotate mutated objects with the mutators that changed them",
  ),

  "readiness-retries": flag(
    integer,
    0,
    "failed attempts to ingest an object that /readyz forgives; -1 for all",
  ),
  "health-addr": flag(text, ":9090", "address of /healthz and /readyz"),
  "metrics-addr": flag(text, "0", "without effect; all metrics are at --prometheus-port"),
  "prometheus-port": flag(integer, 8888, "port of /metrics"),
  "metrics-backend": flag(backends, ["prometheus"], "where metrics go; repeatable, or separated by commas"),
  "otlp-endpoint": flag(text, "", "without effect; metrics are read from /metrics here"),
  "otlp-metric-interval": flag(duration, 10_000, "without effect; metrics are read from /metrics here"),
  "stackdriver-only-when-available": flag(
    boolean,
    false,
    "without effect; metrics are read from /metrics here",
  ),
  "stackdriver-metric-interval": flag(
    duration,
    10_000,
    "without effect; metrics are read from /metrics here",
  ),
  "log-level": flag(text, "INFO", "lowest level of log lines: DEBUG, INFO, WARNING or ERROR"),
  "log-level-key": flag(text, "level", "field of a log line that has its level"),
  "log-level-encoder": flag(text, "lower", "how it is written: lower, capital, color or capitalcolor"),
  "log-file": flag(text, "", "file that log lines are added to; empty for stderr"),
  "enable-pprof": flag(boolean, false, "serve diagnostics of this process on localhost"),
  "pprof-port": flag(integer, 6060, "port of these diagnostics"),
  "shutdown-delay": flag(integer, 10, "seconds to go on serving after SIGTERM"),
  "debug-use-fake-pod": flag(boolean, false, "run outside of a Pod: status objects have no owner"),
  "enable-remote-cluster": flag(boolean, false, "not supported: refused at the start"),
  kubeconfig: flag(text, "", "kubeconfig of the cluster; empty for KUBECONFIG, or the cluster we run in"),

  // Of Go's glog: every manifest passes --logtostderr.
  logtostderr: flag(boolean, false, "without effect; log lines go to stderr"),
  alsologtostderr: flag(boolean, false, "without effect; log lines go to stderr"),
  stderrthreshold: flag(text, "2", "without effect; log lines go to stderr"),
  v: flag(text, "", "without effect; --log-level says what is logged"),
  vmodule: flag(text, "", "without effect; --log-level says what is logged"),
  log_dir: flag(text, "", "without effect; --log-file says where log lines go"),
  log_backtrace_at: flag(text, "", "without effect"),
  log_link: flag(text, "", "without effect"),
  logbuflevel: flag(integer, 0, "without effect"),

  // Beyond Gatekeeper.
  "refuse-broken-templates": flag(
    boolean,
    true,
    "refuse at admission a ConstraintTemplate whose Rego does not compile",
  ),
  "admit-early-constraints": flag(
    boolean,
    true,
    "admit, with a warning, constraints whose template is not loaded yet",
  ),
  "allow-net": flag(
    repeated,
    [],
    "host, *.domain, address or CIDR that templates may reach with http.send; repeatable",
  ),
  shards: flag(integer, 1, "processes that answer admission requests behind the one port; 0 for one a core"),
  "shard-hang-timeout": flag(duration, 10_000, "how long a silent one of them is put up with"),
  "cert-validity": flag(duration, YEAR_MS, "how long a new serving certificate is valid"),
  "ca-validity": flag(duration, 10 * YEAR_MS, "how long a new CA is valid"),
  "cert-renew-before": flag(duration, 90 * DAY_MS, "how long before their end both are renewed"),
  "audit-report": flag(
    text,
    "",
    "file that the whole result of each audit is written to as JSON lines; it is also the memory of what was seen when",
  ),
  "audit-report-keep": flag(integer, 5, "older results that are kept beside --audit-report"),
  "audit-api-addr": flag(text, "", "loopback address that serves the results of the audit; empty for none"),
  "audit-api-token-file": flag(text, "", "file of the token that callers of --audit-api-addr must show"),
  "audit-full-every": flag(
    integer,
    60,
    "audits between two that judge every object anew; the others judge what has changed. 1 for every audit, 0 for the first alone",
  ),
  "audit-memory": flag(
    integer,
    128,
    "MiB for the verdicts that audit remembers; the rest is judged each time",
  ),
  "audit-threads": flag(
    integer,
    0,
    "threads that audit judges with; 0 for one less than there are cores, at most eight",
  ),
  "kube-api-qps": flag(integer, 100, "calls a second to the API server in the long run; 0 for no limit"),
  "kube-api-burst": flag(integer, 200, "calls to the API server that may come at once"),
} as const;

export type ManagerFlags = FlagValues<typeof MANAGER_FLAGS>;
