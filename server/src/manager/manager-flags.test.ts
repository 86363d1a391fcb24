import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { flagProblems } from "./check-flags.ts";
import { parseGoFlags, usage } from "./go-flags.ts";
import { MANAGER_FLAGS } from "./manager-flags.ts";
import { OPERATIONS } from "@portcullis/engine/cluster";

const parse = (...args: readonly string[]) => {
  const parsed = parseGoFlags(MANAGER_FLAGS, args);
  if (parsed.ok !== true) throw new Error(parsed.ok === "help" ? "help" : parsed.error);
  return parsed.values;
};
const errorOf = (...args: readonly string[]) => {
  const parsed = parseGoFlags(MANAGER_FLAGS, args);
  return parsed.ok === false ? parsed.error : undefined;
};

describe("a manager's command line", () => {
  it("of Gatekeeper's own manifests is understood", () => {
    const flags = parse(
      "--port=8443",
      "--logtostderr",
      "--log-denies=false",
      "--exempt-namespace=gatekeeper-system",
      "--operation=webhook",
      "--operation=mutation-webhook",
      "--disable-opa-builtin={http.send}",
    );
    expect(flags).toMatchObject({
      port: 8443,
      operation: ["webhook", "mutation-webhook"],
      "exempt-namespace": ["gatekeeper-system"],
      "cert-dir": "/certs",
    });
  });

  it.for<[string, readonly string[], object]>([
    ["without --operation everything", [], { operation: OPERATIONS }],
    ["operations by comma", ["--operation=audit,status"], { operation: ["audit", "status"] }],
    ["one dash, value behind a space", ["-port", "1"], { port: 1 }],
    ["a switch takes no value behind a space", ["-log-denies", "false"], { "log-denies": true }],
    ["a negative number behind a space", ["-max-serving-threads", "-1"], { "max-serving-threads": -1 }],
    ["the last one counts", ["-port=1", "-port=2"], { port: 2 }],
    ["repeated values are not split", ["--exempt-namespace=a,b"], { "exempt-namespace": ["a,b"] }],
    [
      "durations in milliseconds",
      ["--external-data-provider-response-cache-ttl=1h1.5s"],
      { "external-data-provider-response-cache-ttl": 3_601_500 },
    ],
    ["backends in any case", ["--metrics-backend=Prometheus"], { "metrics-backend": ["prometheus"] }],
    ["-- ends the flags", ["--", "--port=1"], { port: 443 }],
    ["a word ends the flags", ["word", "--port=1"], { port: 443 }],
  ])("%s", ([, args, expected]) => {
    expect(parse(...args)).toMatchObject(expected);
  });

  it.for<[readonly string[], string]>([
    [["--nope"], "flag provided but not defined: -nope"],
    [["--__proto__=1"], "flag provided but not defined: -__proto__"],
    [["---x"], "bad flag syntax: ---x"],
    [["--=1"], "bad flag syntax: --=1"],
    [["--port"], "flag needs an argument: -port"],
    [["--port=x"], 'invalid value "x" for flag -port: parse error'],
    [["--port=1.5"], 'invalid value "1.5" for flag -port: parse error'],
    [
      ["--port=99999999999999999999"],
      'invalid value "99999999999999999999" for flag -port: value out of range',
    ],
    [["--log-denies=maybe"], 'invalid boolean value "maybe" for -log-denies: parse error'],
    [
      ["--external-data-provider-response-cache-ttl=5"],
      'invalid value "5" for flag -external-data-provider-response-cache-ttl: parse error',
    ],
    [
      ["--operation=foo"],
      'invalid value "foo" for flag -operation: operation foo is not a valid operation: ' +
        "map[audit:true generate:true mutation-controller:true mutation-status:true mutation-webhook:true status:true webhook:true]",
    ],
    [
      ["--metrics-backend=foo"],
      'invalid value "foo" for flag -metrics-backend: exporter foo is not a valid exporter: [stackdriver opentelemetry prometheus]',
    ],
  ])("%j is refused in Go's words", ([args, error]) => {
    expect(errorOf(...args)).toBe(error);
  });

  it.for<[readonly string[], string]>([
    [["--audit-interval=-5"], "invalid value for flag -audit-interval: -5 is not within 0 and 315360000"],
    [
      ["--tls-min-version=1.5"],
      'invalid value for flag -tls-min-version: "1.5" is none of "", "1.0", "1.1", "1.2", "1.3"',
    ],
    [
      ["--client-ca-name=../ca.crt"],
      "invalid value for flag -client-ca-name: it is the name of a file in -cert-dir",
    ],
  ])("%j is refused at the start", ([args, problem]) => {
    expect(flagProblems(parse(...args))).toEqual([problem]);
  });

  it("with the defaults has no problem", () => {
    expect(flagProblems(parse())).toEqual([]);
  });
});

const gatekeeper = process.env["GATEKEEPER_BIN"];
if (!gatekeeper) console.log("manager flags: not compared with Gatekeeper's, GATEKEEPER_BIN names no binary");

describe.skipIf(!gatekeeper)("the manager's flags", () => {
  it("are Gatekeeper's, with its defaults", () => {
    const ours = defaults(usage(MANAGER_FLAGS));
    const theirs = defaults(spawnSync(gatekeeper as string, ["--help"], { encoding: "utf8" }).stderr);
    expect(theirs.size).toBeGreaterThan(60);
    const compared = [...theirs].filter(([name]) => !ELSEWHERE_WRITTEN.has(name));
    expect(compared.map(([name]) => [name, ours.get(name)])).toEqual(compared);
    expect([...theirs.keys()].filter((name) => !ours.has(name))).toEqual([]);
  });
});

/** Defaults that Go prints in a form of its own. */
const ELSEWHERE_WRITTEN = new Set([
  "operation",
  "metrics-backend",
  "external-data-provider-response-cache-ttl",
  "otlp-metric-interval",
  "stackdriver-metric-interval",
  "default-k8s-native-validation-failure-policy",
  "stderrthreshold",
]);

function defaults(usageText: string): ReadonlyMap<string, string> {
  const entries = usageText.split(/^ {2}-/m).slice(1);
  return new Map(
    entries.map((entry) => [
      /^[\w-]+/.exec(entry)?.[0] ?? "",
      /\(default ([^()]*)\)\s*$/.exec(entry)?.[1] ?? "",
    ]),
  );
}
