import type { Result } from "@portcullis/engine";
import { Decimal } from "@portcullis/interpreter";
import { describe, expect, it } from "vitest";
import { History } from "../history.ts";
import type { SweepReport } from "../sweep.ts";
import { Tally } from "../tally.ts";
import { violationsOf } from "../violation.ts";
import { jsonReport } from "./json-report.ts";
import { junitReport } from "./junit.ts";
import { sarifReport } from "./sarif.ts";
import { presentViolations } from "./whole-report.ts";
import type { ReportForm } from "./whole-report.ts";

const RUN = { runId: "2026-01-02T03:04:05Z", startedAt: 0 };
const NASTY = "a \"b\" <c> & 'd'\n\u0000\u001b[31m]]> \ud800 \uffff 😀";

const constraint = (name: string) => ({
  group: "constraints.gatekeeper.sh",
  version: "v1beta1",
  kind: "K8sTest",
  name,
  object: {},
});
const result = (name: string, msg: string, over: Partial<Result> = {}): Result => ({
  constraint: constraint(name),
  msg,
  details: { size: new Decimal("12345678901234567890") },
  enforcementAction: "deny",
  actions: ["deny"],
  ...over,
});
const warned = { enforcementAction: "warn", actions: ["warn"] } as const;
const scoped = { enforcementAction: "scoped", actions: ["deny", "warn"] } as const;

const FOUND = [
  ...violationsOf({ apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace: "shop" } }, [
    result("c", NASTY),
    result("w", "careful", warned),
  ]),
  ...violationsOf(
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "system:a/b" } },
    [result("s", "scoped", scoped)],
    "roles/my role.yaml:12",
  ),
];

/** What a form says of a run that found these, did not look at Jobs, and met a clean constraint. */
async function formOf(form: ReportForm, errorCount = 1): Promise<string> {
  const info = (name: string, enforcementAction: string) => ({
    ...constraint(name),
    enforcementAction,
    revision: 1,
  });
  const tally = new Tally([info("c", "deny"), info("w", "warn"), info("s", "scoped"), info("clean", "deny")]);
  for (const violation of FOUND) tally.add(violation);
  const report: SweepReport = {
    runId: RUN.runId,
    constraints: tally.close(),
    errors: [{ message: "could not list Job.batch: <no>", scope: { kind: "Job" } }].slice(0, errorCount),
    errorCount,
    objects: 9,
    seconds: 1.5,
  };
  const history = new History();
  await history.started(RUN);
  await history.found(RUN, FOUND);
  await history.finished(RUN, report);
  const lines = await history.lines();
  let text = "";
  for await (const piece of form({ report, violations: () => presentViolations(lines), version: "1.2.3" }))
    text += piece;
  return text;
}

describe("the whole result as JSON", () => {
  it("has counts, errors and every violation", async () => {
    const text = await formOf(jsonReport);
    expect(text).toContain('"size":12345678901234567890');
    expect(JSON.parse(text)).toEqual({
      runId: RUN.runId,
      seconds: 1.5,
      objects: 9,
      incomplete: true,
      errorCount: 1,
      errors: [{ message: "could not list Job.batch: <no>", scope: { kind: "Job" } }],
      constraints: [
        { kind: "K8sTest", name: "c", enforcementAction: "deny", totalViolations: 1 },
        { kind: "K8sTest", name: "clean", enforcementAction: "deny", totalViolations: 0 },
        { kind: "K8sTest", name: "s", enforcementAction: "scoped", totalViolations: 1 },
        { kind: "K8sTest", name: "w", enforcementAction: "warn", totalViolations: 1 },
      ],
      violations: FOUND.map(
        ({ id, message }) => expect.objectContaining({ id, message: message.toWellFormed() }) as unknown,
      ),
    });
  });
});

describe("the whole result as JUnit XML", () => {
  it("fails a test for each denied violation, and says the others", async () => {
    const [c, , s] = FOUND;
    const shown = "a &quot;b&quot; &lt;c&gt; &amp; &apos;d&apos;&#10;\ufffd\ufffd[31m]]&gt; \ufffd \ufffd 😀";
    expect((await formOf(junitReport)).split("\n")).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites name="portcullis audit" tests="5" failures="2" errors="1" skipped="1" time="1.500">',
      '<testsuite name="portcullis audit" tests="5" failures="2" errors="1" skipped="1" time="1.500" timestamp="2026-01-02T03:04:05Z">',
      '<testcase classname="K8sTest/clean" name="nothing violates it"></testcase>',
      `<testcase classname="K8sTest/c" name="Pod shop/web"><failure message="${shown}" type="deny">${shown}&#10;violation ${c?.id}</failure></testcase>`,
      '<testcase classname="K8sTest/w" name="Pod shop/web"><skipped message="warn: careful"/></testcase>',
      `<testcase classname="K8sTest/s" name="ClusterRole.rbac.authorization.k8s.io system:a/b"><failure message="scoped" type="deny">scoped&#10;violation ${s?.id}</failure></testcase>`,
      '<testcase classname="portcullis audit" name="could not list Job.batch: &lt;no&gt;"><error message="could not list Job.batch: &lt;no&gt;" type="incomplete"/></testcase>',
      "</testsuite>",
      "</testsuites>",
      "",
    ]);
  });
});

interface Sarif {
  readonly version: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly Record<string, unknown>[] } };
    readonly invocations: readonly Record<string, unknown>[];
    readonly results: readonly Record<string, unknown>[];
  }[];
}

describe("the whole result as SARIF", () => {
  it("has a rule for each constraint and a result for each violation", async () => {
    const sarif = JSON.parse(await formOf(sarifReport)) as Sarif;
    expect(sarif.version).toBe("2.1.0");
    const [run] = sarif.runs;
    expect(run?.tool.driver).toMatchObject({ name: "Portcullis", semanticVersion: "1.2.3" });
    expect(run?.tool.driver.rules.map(({ id, defaultConfiguration }) => [id, defaultConfiguration])).toEqual([
      ["K8sTest/c", { level: "error" }],
      ["K8sTest/clean", { level: "error" }],
      ["K8sTest/s", { level: "warning" }],
      ["K8sTest/w", { level: "warning" }],
    ]);
    expect(run?.invocations).toEqual([
      {
        executionSuccessful: false,
        startTimeUtc: RUN.runId,
        toolExecutionNotifications: [{ level: "error", message: { text: "could not list Job.batch: <no>" } }],
      },
    ]);
    expect(run?.results).toEqual([
      {
        ruleId: "K8sTest/c",
        ruleIndex: 0,
        level: "error",
        message: { text: FOUND[0]?.message.toWellFormed() },
        locations: [
          {
            physicalLocation: { artifactLocation: { uri: "shop/Pod/web", uriBaseId: "CLUSTER" } },
            logicalLocations: [{ name: "web", fullyQualifiedName: "shop/Pod/web", kind: "resource" }],
          },
        ],
        partialFingerprints: { "portcullisViolation/v1": FOUND[0]?.id },
        properties: { enforcementAction: "deny", actions: ["deny"] },
      },
      expect.objectContaining({ ruleId: "K8sTest/w", ruleIndex: 3, level: "warning" }),
      expect.objectContaining({
        ruleId: "K8sTest/s",
        ruleIndex: 2,
        level: "error",
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: "roles/my%20role.yaml" },
              region: { startLine: 12 },
            },
            logicalLocations: [
              {
                name: "system:a/b",
                fullyQualifiedName: "ClusterRole.rbac.authorization.k8s.io/system:a/b",
                kind: "resource",
              },
            ],
          },
        ],
      }),
    ]);
  });

  it("is a success where everything was judged", async () => {
    const sarif = JSON.parse(await formOf(sarifReport, 0)) as Sarif;
    expect(sarif.runs[0]?.invocations[0]).toMatchObject({
      executionSuccessful: true,
      toolExecutionNotifications: [],
    });
  });
});
