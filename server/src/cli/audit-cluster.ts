import {
  ClusterAudit,
  EvaluatorPool,
  fileReports,
  History,
  jsonReport,
  junitReport,
  memoryReports,
  presentViolations,
  reportFileProblem,
  reportTable,
  runAudit,
  sarifReport,
} from "@portcullis/audit";
import type { AuditListener, ReportForm, SweepError, SweepReport } from "@portcullis/audit";
import { createClient } from "@portcullis/engine";
import { connectToCluster, createKubeApi, isNotFound } from "@portcullis/engine/cluster";
import type { Connection, Discovery, KubeApi, Resource } from "@portcullis/engine/cluster";
import { formatProblem, readManifests } from "@portcullis/engine/files";
import { networkFor, packageVersion } from "@portcullis/interpreter/node";
import type { PlainObject } from "@portcullis/interpreter";
import nodeCrypto from "node:crypto";
import { once } from "node:events";
import { access } from "node:fs/promises";
import { printable } from "../observability/printable.ts";
import type { AuditOptions } from "./audit-options.ts";
import { terminalWidth } from "./audit-once.ts";
import { clusterData, clusterPolicies } from "./cluster-audit/cluster-objects.ts";
import type { FoundObjects } from "./cluster-audit/cluster-objects.ts";
import { noAnswerText } from "./cluster-audit/no-answer.ts";
import { policiesInForce } from "./cluster-audit/policies-in-force.ts";
import type { PoliciesInForce } from "./cluster-audit/policies-in-force.ts";
import { keepHeapSmall } from "./cluster-audit/small-heap.ts";
import { progressBar } from "./cluster-audit/progress-bar.ts";
import { REVIEW_TIMEOUT_MS } from "./local-setup.ts";

const NAMESPACES: Resource = {
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
};

const FORMS: Readonly<Record<Exclude<AuditOptions["format"], "table">, ReportForm>> = {
  json: jsonReport,
  junit: junitReport,
  sarif: sarifReport,
};

/** Output goes in pieces of this length: a call for each violation would cost more than making it. */
const PIECE = 64 * 1024;

/** Progress is drawn so often. */
const DRAW_MS = 200;

/**
 * Audits a cluster once and prints the result. Answers the exit code: 1 denied, 2 no audit was possible or not everything could be
 * judged, else 0.
 */
export async function auditCluster(options: AuditOptions): Promise<number> {
  keepHeapSmall();
  let api: KubeApi | undefined;
  const stopped = stopSignal(() => void api?.close());
  try {
    const { auditReport } = options;
    const problem = auditReport === undefined ? undefined : await reportFileProblem(auditReport);
    if (problem !== undefined) throw new Error(`cannot use --audit-report: ${problem}`);
    const connection = await connect(options);
    const { kubeApiQps: qps, kubeApiBurst: burst } = options;
    api = createKubeApi({ connection, qps, burst });
    const discovered = await api.discover();
    if (!discovered.ok) throw new Error(noAnswerText(discovered.error, connection.server));
    return await audit(options, api, discovered.value, stopped);
  } catch (error) {
    // What failed because of it says nothing.
    if (stopped.aborted) return Number(stopped.reason);
    complain(`portcullis: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  } finally {
    await api?.close();
  }
}

/** Exit codes of what a terminal or a CI system ends a program with, as shells have them. */
const STOP_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Fires with the exit code when somebody wants the program to stop. The second time it is not asked. */
function stopSignal(onStop: () => void): AbortSignal {
  const controller = new AbortController();
  for (const [name, code] of Object.entries(STOP_CODES)) {
    process.once(name, () => {
      controller.abort(code);
      onStop();
    });
  }
  return controller.signal;
}

async function audit(
  options: AuditOptions,
  api: KubeApi,
  discovery: Discovery,
  signal: AbortSignal,
): Promise<number> {
  await checkNamespace(options, api);
  const found = await (options.filename.length > 0
    ? policiesOfFiles(options.filename)
    : clusterPolicies(api, discovery));
  const policies = policiesInForce(await engine(options), found);
  if (policies.client.constraints().length === 0) complain("portcullis: no constraint is in force");
  const data = await loadData(api, discovery, policies);
  const history = new History({
    store:
      options.auditReport === undefined
        ? memoryReports()
        : fileReports(options.auditReport, options.auditReportKeep),
    onProblem: complain,
  });
  const pool = new EvaluatorPool({
    threads: options.auditThreads,
    referentialRules: options.enableReferentialRules,
    disabledBuiltins: options.disableOpaBuiltin,
    allowNet: options.allowNet,
    reviewTimeoutMs: REVIEW_TIMEOUT_MS,
    onPrint: complain,
  });
  try {
    const deps = {
      ...clusterAudit(options, api, policies, pool).prepare(),
      violationsLimit: options.format === "table" ? options.constraintViolationsLimit : 0,
      problems: [...found.errors, ...policies.errors, ...data],
    };
    const bar: readonly AuditListener[] = process.stderr.isTTY ? [progressBar(process.stderr)] : [];
    const { report } = await runAudit(deps, [history, ...bar], new Date(), {
      signal,
      progressMs: DRAW_MS,
    });
    // A reader that has seen enough ends the process while it prints.
    process.exitCode = exitCode(report);
    await print(options, report, history);
    return exitCode(report);
  } finally {
    await pool.close();
  }
}

function connect({ kubeconfig, context }: AuditOptions): Promise<Connection> {
  return connectToCluster({
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
  });
}

async function engine(options: AuditOptions) {
  return createClient({
    referentialRules: options.enableReferentialRules,
    disabledBuiltins: options.disableOpaBuiltin,
    crypto: nodeCrypto,
    nowNs: () => BigInt(Date.now()) * 1_000_000n,
    random: Math.random,
    hostCall: await networkFor(options.allowNet),
    onPrint: complain,
  });
}

function clusterAudit(
  options: AuditOptions,
  api: KubeApi,
  policies: PoliciesInForce,
  pool: EvaluatorPool,
): ClusterAudit {
  return new ClusterAudit({
    api,
    policies: {
      ...policies,
      config: () => policies.config,
      excluder: () => policies.excluder,
      namespace: (name) => namespaceOf(api, name),
      syncedObjects: () => [],
    },
    pool,
    pageSize: options.auditChunkSize,
    ...(options.namespace !== undefined && { namespace: options.namespace }),
    fromCache: false,
    // There is no second sweep.
    fullEvery: 1,
    memoryBytes: 0,
  });
}

async function namespaceOf(api: KubeApi, name: string): Promise<PlainObject | undefined> {
  const found = await api.get(NAMESPACES, { name });
  if (found.ok) return found.value;
  if (isNotFound(found.error)) return undefined;
  throw new Error(found.error.message);
}

/** Fills `data.inventory`, where some template reads it. */
async function loadData(
  api: KubeApi,
  discovery: Discovery,
  { client, synced, excluder }: PoliciesInForce,
): Promise<readonly SweepError[]> {
  if (!client.templates().some(({ dependsOn }) => dependsOn !== "object")) return [];
  const { objects, errors } = await clusterData(api, discovery, synced.kinds);
  for (const object of objects) if (!excluder.isExcluded("sync", object)) client.addData(object);
  return errors;
}

/** Throws where there is no such namespace: nothing in it would look like nothing wrong with it. */
async function checkNamespace({ namespace }: AuditOptions, api: KubeApi): Promise<void> {
  if (namespace === undefined) return;
  const found = await api.get(NAMESPACES, { name: namespace });
  if (!found.ok && isNotFound(found.error)) throw new Error(`there is no namespace \`${namespace}\``);
}

async function policiesOfFiles(paths: readonly string[]): Promise<FoundObjects> {
  const objects: PlainObject[] = [];
  const places = new Map<PlainObject, string>();
  const errors: SweepError[] = [];
  for (const path of paths) {
    await access(path);
    const { manifests, problems } = await readManifests(path);
    for (const { object, place } of manifests) {
      objects.push(object);
      places.set(object, `${place.file}:${place.line}`);
    }
    errors.push(...problems.map((problem) => ({ message: formatProblem(problem), scope: {} })));
  }
  return { objects, places, errors };
}

async function print(options: AuditOptions, report: SweepReport, history: History): Promise<void> {
  if (options.format === "table") {
    await write(`${reportTable(report, history.changes, terminalWidth())}\n`);
    return;
  }
  if (history.summary === undefined)
    throw new Error(
      "the violations went to --audit-report, which could not be written: nothing can be printed",
    );
  const lines = await history.lines();
  const version = packageVersion(import.meta.url);
  const whole = { report, violations: () => presentViolations(lines), version };
  let text = "";
  for await (const piece of FORMS[options.format](whole)) {
    text += piece;
    if (text.length < PIECE) continue;
    await write(text);
    text = "";
  }
  await write(text);
  // The form is for a machine; people see why it is not whole.
  for (const { message } of report.errors) complain(`incomplete: ${message}`);
}

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}

function complain(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

function exitCode({ constraints, errorCount }: SweepReport): number {
  if (constraints.some(({ denied }) => denied > 0)) return 1;
  return errorCount > 0 ? 2 : 0;
}
