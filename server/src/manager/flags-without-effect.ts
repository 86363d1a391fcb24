import type { Log } from "../observability/log.ts";
import { MANAGER_FLAGS } from "./manager-flags.ts";
import type { ManagerFlags } from "./manager-flags.ts";

interface WithoutEffect {
  /** Why the flag changes nothing, for the log and `docs/reference/manager.md`. */
  readonly because: string;
  /** Somebody who sets it to this expects something that does not happen: said as an error at the start. */
  readonly misses?: (value: unknown) => boolean;
}

const isTrue = (value: unknown): boolean => value === true;
const always = (): boolean => true;
const GLOG: WithoutEffect = {
  because: "a flag of Go's glog: --log-level, --log-file and their like say what is logged, and where",
};
const NO_ADMISSION_POLICIES: WithoutEffect = {
  because: "no ValidatingAdmissionPolicies are made of templates: the webhook enforces them all",
};
const PULLED: WithoutEffect = { because: "metrics are read from --prometheus-port and never pushed" };

/** Flags of Gatekeeper's that are read, checked, and then change nothing. */
export const FLAGS_WITHOUT_EFFECT: Readonly<Partial<Record<keyof ManagerFlags, WithoutEffect>>> = {
  "api-cache-dir": { because: "the pages of an audit stay in memory, one at a time" },
  "audit-match-kind-only": { because: "kinds that no constraint can match are never listed" },
  "external-data-provider-response-cache-ttl": {
    because: "no Provider is ever asked: policies that need one are refused",
  },
  "enable-k8s-native-validation": {
    because: "templates are evaluated by their Rego; one that has CEL alone is refused",
  },
  "default-k8s-native-validation-failure-policy": NO_ADMISSION_POLICIES,
  "default-create-vap-for-templates": NO_ADMISSION_POLICIES,
  "default-create-vap-binding-for-constraints": NO_ADMISSION_POLICIES,
  "default-wait-for-vapb-generation": NO_ADMISSION_POLICIES,
  "sync-vap-enforcement-scope": { ...NO_ADMISSION_POLICIES, misses: always },
  "enable-mutation": { because: "deprecated: --operation says whether this process mutates", misses: isTrue },
  "metrics-addr": { because: "all metrics are at --prometheus-port", misses: (value) => value !== "0" },
  "metrics-backend": {
    ...PULLED,
    misses: (value) => !(value as readonly string[]).includes("prometheus"),
  },
  "otlp-endpoint": { ...PULLED, misses: always },
  "otlp-metric-interval": PULLED,
  "stackdriver-only-when-available": PULLED,
  "stackdriver-metric-interval": PULLED,
  logtostderr: GLOG,
  alsologtostderr: GLOG,
  stderrthreshold: GLOG,
  v: GLOG,
  vmodule: GLOG,
  log_dir: GLOG,
  log_backtrace_at: GLOG,
  log_link: GLOG,
  logbuflevel: GLOG,
};

/** Says of each flag on the command line that it changes nothing: as an error where somebody relies on it. */
export function tellOfFlagsWithoutEffect(flags: ManagerFlags, given: ReadonlySet<string>, log: Log): void {
  for (const name of given) {
    const row = isFlag(name) ? FLAGS_WITHOUT_EFFECT[name] : undefined;
    if (!row) continue;
    const fields = { logger: "setup", flag: name, because: row.because };
    if (row.misses?.(flags[name as keyof ManagerFlags])) log.error("a flag has no effect", fields);
    else log.debug("a flag has no effect", fields);
  }
}

function isFlag(name: string): name is keyof ManagerFlags {
  return Object.hasOwn(MANAGER_FLAGS, name);
}
