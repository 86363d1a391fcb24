import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { OPERATIONS } from "@portcullis/engine/cluster";
import { flagProblems } from "./check-flags.ts";
import { FLAGS_WITHOUT_EFFECT, tellOfFlagsWithoutEffect } from "./flags-without-effect.ts";
import { parseGoFlags } from "./go-flags.ts";
import { MANAGER_FLAGS } from "./manager-flags.ts";
import type { ManagerFlags } from "./manager-flags.ts";

// Gatekeeper's flags, one row each (contract 6.1): default, a text that the flag takes, and what is read from it.

type Row = readonly [name: keyof ManagerFlags, fallback: unknown, text: string, value: unknown];

const switches = (fallback: boolean, ...names: readonly (keyof ManagerFlags)[]): readonly Row[] =>
  names.map((name) => [name, fallback, String(!fallback), !fallback]);

const FLAGS: readonly Row[] = [
  ["operation", OPERATIONS, "audit,status", ["audit", "status"]],
  ["port", 443, "8443", 8443],
  ["host", "", "127.0.0.1", "127.0.0.1"],
  ["cert-dir", "/certs", "/tmp/certs", "/tmp/certs"],
  ["cert-service-name", "gatekeeper-webhook-service", "svc", "svc"],
  ["tls-min-version", "1.3", "1.2", "1.2"],
  ["client-ca-name", "", "clients.crt", "clients.crt"],
  ["client-cn-name", "kube-apiserver", "front-proxy", "front-proxy"],
  ["validating-webhook-configuration-name", "gatekeeper-validating-webhook-configuration", "v", "v"],
  ["mutating-webhook-configuration-name", "gatekeeper-mutating-webhook-configuration", "m", "m"],
  ["additional-validating-webhook-configs-to-rotate-certs", "", "a,b", "a,b"],
  ["additional-mutating-webhook-configs-to-rotate-certs", "", "a,b", "a,b"],
  ["exempt-namespace", [], "kube-system", ["kube-system"]],
  ["exempt-namespace-prefix", [], "kube-", ["kube-"]],
  ["exempt-namespace-suffix", [], "-infra", ["-infra"]],
  ["max-serving-threads", -1, "4", 4],
  ["audit-interval", 60, "0", 0],
  ["constraint-violations-limit", 20, "500", 500],
  ["audit-chunk-size", 500, "100", 100],
  ["api-cache-dir", "/tmp/audit", "/tmp", "/tmp"],
  ["audit-connection", "audit-connection", "c", "c"],
  ["audit-channel", "audit-channel", "c", "c"],
  ["external-data-provider-response-cache-ttl", 180_000, "1m30s", 90_000],
  ["default-k8s-native-validation-failure-policy", "Fail", "Ignore", "Ignore"],
  ["default-wait-for-vapb-generation", 30, "0", 0],
  ["disable-opa-builtin", [], "{http.send}", ["{http.send}"]],
  ["readiness-retries", 0, "-1", -1],
  ["health-addr", ":9090", "127.0.0.1:1", "127.0.0.1:1"],
  ["metrics-addr", "0", ":8080", ":8080"],
  ["prometheus-port", 8888, "9999", 9999],
  ["metrics-backend", ["prometheus"], "OpenTelemetry", ["opentelemetry"]],
  ["otlp-endpoint", "", "localhost:4318", "localhost:4318"],
  ["otlp-metric-interval", 10_000, "1s", 1000],
  ["stackdriver-metric-interval", 10_000, "1s", 1000],
  ["log-level", "INFO", "DEBUG", "DEBUG"],
  ["log-level-key", "level", "severity", "severity"],
  ["log-level-encoder", "lower", "capitalcolor", "capitalcolor"],
  ["log-file", "", "/tmp/log", "/tmp/log"],
  ["pprof-port", 6060, "6061", 6061],
  ["shutdown-delay", 10, "0", 0],
  ["kubeconfig", "", "/tmp/config", "/tmp/config"],
  ...switches(
    false,
    "disable-cert-rotation",
    "enable-tls-healthcheck",
    "log-denies",
    "emit-admission-events",
    "admission-events-involved-namespace",
    "log-stats-admission",
    "disable-enforcementaction-validation",
    "audit-from-cache",
    "audit-match-kind-only",
    "emit-audit-events",
    "audit-events-involved-namespace",
    "log-stats-audit",
    "enable-violation-export",
    "enable-admission-violation-export",
    "enable-mutation",
    "log-mutations",
    "mutation-annotations",
    "stackdriver-only-when-available",
    "enable-pprof",
    "debug-use-fake-pod",
    "enable-remote-cluster",
    "logtostderr",
    "alsologtostderr",
  ),
  ...switches(
    true,
    "enable-external-data",
    "enable-generator-resource-expansion",
    "enable-k8s-native-validation",
    "default-create-vap-for-templates",
    "default-create-vap-binding-for-constraints",
    "sync-vap-enforcement-scope",
    "enable-referential-rules",
  ),
  ["v", "", "4", "4"],
  ["vmodule", "", "a=2", "a=2"],
  ["stderrthreshold", "2", "ERROR", "ERROR"],
  ["log_dir", "", "/tmp", "/tmp"],
  ["log_backtrace_at", "", "a.go:1", "a.go:1"],
  ["log_link", "", "/tmp", "/tmp"],
  ["logbuflevel", 0, "-1", -1],
];

const parse = (...args: readonly string[]) => parseGoFlags(MANAGER_FLAGS, args);
const valueOf = (name: keyof ManagerFlags, ...args: readonly string[]): unknown => {
  const parsed = parse(...args);
  return parsed.ok === true ? parsed.values[name] : parsed;
};
const isSwitch = (value: unknown): value is boolean => typeof value === "boolean";

describe.each(FLAGS.map((row) => [row[0], row] as const))("--%s", (_name, [name, fallback, text, value]) => {
  it("has Gatekeeper's default", () => {
    expect(valueOf(name)).toEqual(fallback);
  });

  it("is read in each of Go's spellings", () => {
    const spellings = [[`-${name}=${text}`], [`--${name}=${text}`]];
    if (isSwitch(value)) spellings.push([`--${name}=${value ? "T" : "0"}`]);
    else spellings.push([`-${name}`, text], [`--${name}`, text]);
    for (const args of spellings) expect(valueOf(name, ...args)).toEqual(value);
  });

  it("that comes twice counts as Go counts it", () => {
    const both = valueOf(name, `--${name}=${text}`, `--${name}=${text}`);
    const isList = name.startsWith("exempt-") || name === "disable-opa-builtin";
    expect(both).toEqual(isList ? [...(value as string[]), ...(value as string[])] : value);
  });
});

const CHECKED = FLAGS.filter(([, , , value]) => typeof value === "number" || isSwitch(value));

it.each(CHECKED)("--%s says what is wrong with a value", (name, _fallback, _text, value) => {
  const parsed = parse(`--${name}=wrong`);
  const kind = isSwitch(value) ? "invalid boolean value" : "invalid value";
  expect(parsed.ok === false && parsed.error).toMatch(
    new RegExp(`^${kind} "wrong" for .*-${name}: parse error$`),
  );
});

it("the rows above are all flags of the contract; what is left is our own", () => {
  const ours = Object.keys(MANAGER_FLAGS).filter((name) => !FLAGS.some(([row]) => row === name));
  // Those of ours that no manifest of Gatekeeper's passes.
  expect(ours.filter((name) => /audit|admission|log|metric|operation/.test(name)).sort()).toEqual([
    "audit-api-addr",
    "audit-api-token-file",
    "audit-full-every",
    "audit-memory",
    "audit-report",
    "audit-report-keep",
    "audit-threads",
  ]);
});

describe("a value that makes no sense is named before anything starts", () => {
  it.each([
    "--audit-interval=-1",
    "--constraint-violations-limit=-1",
    "--audit-chunk-size=-1",
    "--audit-report-keep=-1",
    "--audit-api-addr=127.0.0.1:8889",
    "--port=-1",
    "--port=65536",
    "--prometheus-port=65536",
    "--pprof-port=-1",
    "--shutdown-delay=-1",
    "--readiness-retries=-2",
    "--default-wait-for-vapb-generation=-1",
    "--external-data-provider-response-cache-ttl=-1s",
    "--otlp-metric-interval=-1s",
    "--stackdriver-metric-interval=0s",
    "--tls-min-version=1.4",
    "--log-level-encoder=upper",
    "--default-k8s-native-validation-failure-policy=fail",
    "--client-ca-name=a/b",
    "--enable-remote-cluster",
    "--health-addr=here:there",
  ])("%s", (arg) => {
    const parsed = parse(arg);
    if (parsed.ok !== true) throw new Error(JSON.stringify(parsed));
    const name = /^--([\w-]+)/.exec(arg)?.[1] ?? "";
    expect(flagProblems(parsed.values)).toEqual([expect.stringContaining(`-${name}`)]);
  });
});

describe("a flag without effect", () => {
  const file = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

  it("is one that nothing reads; every other flag is read", () => {
    const sources = readdirSync(new URL(".", import.meta.url)).filter((name) => READS_FLAGS.test(name));
    const found = sources.flatMap((name) => [...file(name).matchAll(/flags\["([\w-]+)"\]|flags\.(\w+)/g)]);
    const read = new Set(found.map(([, quoted, bare]) => quoted ?? bare));
    const unread = Object.keys(MANAGER_FLAGS).filter((name) => !read.has(name));
    expect(Object.keys(FLAGS_WITHOUT_EFFECT).sort()).toEqual(
      unread.filter((name) => !REFUSED.has(name)).sort(),
    );
  });

  it("stands in the reference, with the reason", () => {
    const reference = file("../../../docs/reference/manager.md");
    for (const name of Object.keys(FLAGS_WITHOUT_EFFECT)) expect(reference).toContain(`\`--${name}\``);
  });

  it("is told of in the log: as an error where somebody relies on it", () => {
    const told = (...args: readonly string[]) => {
      const lines: string[] = [];
      const parsed = parse(...args);
      if (parsed.ok !== true) throw new Error(JSON.stringify(parsed));
      const write = (level: string) => (_message: string, fields?: object) =>
        void lines.push(`${level} ${(fields as { readonly flag: string }).flag}`);
      const log = { debug: write("debug"), info: write("info"), error: write("error") };
      tellOfFlagsWithoutEffect(parsed.values, parsed.given, log);
      return lines;
    };
    expect(told()).toEqual([]);
    expect(told("--logtostderr", "--port=1")).toEqual(["debug logtostderr"]);
    expect(told("--enable-mutation=false")).toEqual(["debug enable-mutation"]);
    expect(told("--metrics-backend=prometheus,opentelemetry")).toEqual(["debug metrics-backend"]);
    expect(told("--metrics-backend=opentelemetry")).toEqual(["error metrics-backend"]);
    expect(told("--enable-mutation")).toEqual(["error enable-mutation"]);
  });
});

/** The manager's own files, without the tables of flags. */
const READS_FLAGS = /^(?!.*flags)(?!.*\.test\.).*\.ts$/;

/** Refused at the start as long as they ask for anything. */
const REFUSED: ReadonlySet<string> = new Set(["enable-remote-cluster"]);
