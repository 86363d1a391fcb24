import { judgedHere, sweep } from "@portcullis/audit";
import { valueAt } from "@portcullis/engine";
import { createRego } from "@portcullis/interpreter";
import type { PlainObject, Value } from "@portcullis/interpreter";
import type { AdmissionOptions } from "@portcullis/server";
import { folderSource } from "@portcullis/server";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testData } from "../test-data.ts";
import { readAll, reviewOf, webhook } from "../webhook.ts";
import type { Webhook } from "../webhook.ts";

// The policies of five published texts, each case run against a real Gatekeeper before: `seeds/README.md` in the test data.

interface SeedCase {
  readonly id: string;
  readonly apply: readonly string[];
  readonly cluster?: readonly string[];
  readonly inventory?: readonly string[];
  readonly flags?: readonly string[];
  readonly request?: { readonly operation: string; readonly object: string; readonly userInfo?: PlainObject };
  readonly endpoint?: string;
  readonly expect?: Expected;
  readonly expectCode?: number;
  readonly expectMessageStartsWith?: string;
  readonly expectMessageContains?: readonly string[];
  readonly expectTrace?: boolean;
  readonly expectDump?: boolean;
  readonly details?: unknown;
  readonly auditStatus?: ExpectedStatus;
  readonly templateError?: boolean;
  readonly constraintError?: boolean;
  /** An object to send to `/v1/mutate`, `times` times, each time as the last answer made it. */
  readonly mutate?: string;
  readonly times?: number;
  /** Dotted paths of the mutated object; null: nothing there. */
  readonly expectPaths?: Readonly<Record<string, unknown>>;
  readonly webhookCalled?: boolean;
}

interface Expected {
  readonly allowed: boolean;
  readonly deny: readonly Expectation[];
  readonly warn: readonly Expectation[];
  readonly dryrun: readonly Expectation[];
  readonly code?: number;
  readonly messageLines?: readonly string[];
  readonly warnings?: readonly string[];
}

interface Expectation {
  readonly constraint: string;
  readonly msg: string;
}

interface ExpectedStatus {
  readonly constraint: string;
  readonly totalViolations: number;
  readonly violations?: readonly object[];
  readonly violationsCount?: number;
}

const folder = testData("seeds");
const cases = folder
  ? (JSON.parse(readFileSync(join(folder, "cases.json"), "utf8")) as readonly SeedCase[])
  : [];

if (!folder) console.log("seeds: skipped, the test data is absent (set PORTCULLIS_TEST_DATA)");
else {
  const skipped = cases.flatMap((seed) => skipReason(seed) ?? []);
  const reasons = [...new Set(skipped)].map(
    (reason) => `${skipped.filter((each) => each === reason).length} ${reason}`,
  );
  console.log(`seeds: ${cases.length} cases, ${skipped.length} skipped (${reasons.join("; ")})`);
}

describe.skipIf(folder === undefined)("the seed policies", () => {
  it.for(cases.map((seed) => [seed.id, seed] as const))("%s", async ([, seed], { skip }) => {
    skip(skipReason(seed) !== undefined, skipReason(seed));
    await runCase(seed);
    expect.hasAssertions();
  });
});

function skipReason(seed: SeedCase): string | undefined {
  if (seed.webhookCalled === false) return "never reach the webhook: the API server does not call it";
  return undefined;
}

async function runCase(seed: SeedCase): Promise<void> {
  const flags = parseFlags(seed.flags ?? []);
  const server = webhook(flags.admission);
  const paths = [...seed.apply, ...(seed.cluster ?? []), ...(seed.inventory ?? [])].map((file) =>
    join(folder as string, file),
  );
  const problems = await server.load(paths);
  expect(problems.length > 0, "a constraint or template is refused").toBe(seed.constraintError ?? false);
  if (seed.request) await checkRequest(seed, seed.request, server);
  if (seed.mutate !== undefined) await checkMutation(seed, seed.mutate, server);
  if (seed.auditStatus) await checkAudit(seed.auditStatus, server, flags);
}

async function checkRequest(
  seed: SeedCase,
  request: NonNullable<SeedCase["request"]>,
  server: Webhook,
): Promise<void> {
  const file = join(folder as string, request.object);
  const object = (await readAll([file])).manifests[0]?.object as PlainObject;
  const answer = await server.post(reviewOf(object, request.operation, request.userInfo), seed.endpoint);
  const expected = seed.expect as Expected;
  const message = answer.status.message ?? "";

  expect(answer.allowed).toBe(expected.allowed);
  const code = expected.code ?? seed.expectCode;
  if (code !== undefined) expect(answer.status.code).toBe(code);
  if (expected.messageLines) expect(message.split("\n").sort()).toEqual(expected.messageLines.toSorted());
  expect((answer.warnings ?? []).toSorted()).toEqual((expected.warnings ?? []).toSorted());
  if (seed.expectMessageStartsWith) expect(message.startsWith(seed.expectMessageStartsWith)).toBe(true);
  for (const part of seed.expectMessageContains ?? []) expect(message).toContain(part);

  for (const action of ["deny", "warn", "dryrun"] as const) {
    // Where a request is refused for another reason than a policy, the lists are empty.
    if (seed.expectMessageStartsWith && action === "deny") continue;
    expect({ [action]: violationsIn(server, action) }).toEqual({
      [action]: expected[action].map(shown).sort(),
    });
  }
  if (seed.details !== undefined)
    expect(server.log.map((line) => line.fields["details"])).toContainEqual(seed.details);
  if (seed.expectTrace !== undefined) expect(hasMessage(server, "Target: ")).toBe(seed.expectTrace);
  if (seed.expectDump !== undefined) expect(hasMessage(server, "DRIVER: ")).toBe(seed.expectDump);
  if (seed.templateError) {
    const files = [...seed.apply.map((each) => join(folder as string, each)), file];
    expect(await server.load(files)).not.toEqual([]);
  }
}

async function checkMutation(seed: SeedCase, path: string, server: Webhook): Promise<void> {
  let object = (await readAll([join(folder as string, path)])).manifests[0]?.object as PlainObject;
  for (let i = 0; i < (seed.times ?? 1); i++) {
    const answer = await server.post(reviewOf(object, "CREATE"), "/v1/mutate");
    expect(answer.allowed).toBe(true);
    if (answer.patch !== undefined) object = patched(object, answer.patch);
  }
  for (const [dotted, expected] of Object.entries(seed.expectPaths ?? {})) {
    expect({ [dotted]: valueAt(object, ...dotted.split(".")) ?? null }).toEqual({ [dotted]: expected });
  }
}

const patcher = createRego({ modules: [] }).prepare("x := json.patch(input.object, input.patch)");

function patched(object: PlainObject, base64: string): PlainObject {
  const patch = JSON.parse(Buffer.from(base64, "base64").toString()) as Value;
  return patcher.eval({ input: { object, patch } }).results[0]?.bindings["x"] as PlainObject;
}

function violationsIn(server: Webhook, action: string): readonly string[] {
  const lines = server.log.filter(
    ({ fields }) => fields["event_type"] === "violation" && fields["constraint_action"] === action,
  );
  return lines
    .map(({ message, fields }) =>
      shown({
        constraint: String(fields["constraint_name"]),
        msg: message.slice("denied admission: ".length),
      }),
    )
    .sort();
}

function shown({ constraint, msg }: Expectation): string {
  return `[${constraint}] ${msg}`;
}

function hasMessage(server: Webhook, start: string): boolean {
  return server.log.some((line) => line.message.startsWith(start));
}

async function checkAudit(expected: ExpectedStatus, server: Webhook, flags: Flags): Promise<void> {
  const { policies } = server;
  const objects = flags.auditFromCache ? policies.syncedObjects() : policies.objects();
  const report = await sweep(
    {
      ...judgedHere({
        client: policies.client,
        expansion: policies.expansion,
        source: folderSource(objects, (name) => Promise.resolve(policies.namespace(name))),
        excluder: policies.excluder(),
      }),
      ...(flags.violationsLimit === undefined ? {} : { violationsLimit: flags.violationsLimit }),
    },
    new Date(),
    new AbortController().signal,
  );
  expect(report.errors).toEqual([]);
  const row = report.constraints.find(({ name }) => name === expected.constraint);
  expect(row?.totalViolations).toBe(expected.totalViolations);
  const violations = row?.violations.map(({ status }) => status) ?? [];
  if (expected.violationsCount !== undefined) expect(violations).toHaveLength(expected.violationsCount);
  if (!expected.violations) return;
  expect(violations).toHaveLength(expected.violations.length);
  for (const violation of expected.violations)
    expect(violations).toContainEqual(expect.objectContaining(violation));
}

interface Flags {
  readonly admission: AdmissionOptions;
  readonly violationsLimit?: number;
  readonly auditFromCache: boolean;
}

function parseFlags(flags: readonly string[]): Flags {
  const values = new Map(flags.map((flag) => flag.replace(/^--/, "").split("=", 2) as [string, string]));
  const limit = values.get("constraint-violations-limit");
  const exempt = values.get("exempt-namespace");
  return {
    admission: {
      disableEnforcementActionValidation: values.get("disable-enforcementaction-validation") === "true",
      ...(exempt === undefined ? {} : { exemptNamespaces: [exempt] }),
    },
    ...(limit === undefined ? {} : { violationsLimit: Number(limit) }),
    auditFromCache: values.get("audit-from-cache") === "true",
  };
}
