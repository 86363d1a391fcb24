import { createClient, ExpansionSystem, MutationSystem, processExcluder } from "@portcullis/engine";
import type { Client } from "@portcullis/engine";
import { createKubeApi, plainConnection } from "@portcullis/engine/cluster";
import type { KubeApi } from "@portcullis/engine/cluster";
import { createFakeApiServer } from "@portcullis/engine/testing";
import type { FakeApiServer } from "@portcullis/engine/testing";
import type { PlainObject } from "@portcullis/interpreter";
import { ClusterAudit } from "../cluster/cluster-audit.ts";
import type { AuditedPolicies, ClusterAuditOptions } from "../cluster/cluster-audit.ts";
import { EvaluatorPool } from "../threads/evaluator-pool.ts";
import type { EvaluatorPoolOptions } from "../threads/evaluator-pool.ts";
import { sweep } from "../sweep.ts";
import type { SweepReport } from "../sweep.ts";
import type { Violation } from "../violation.ts";

export const PODS = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };
export const SERVICES = { group: "", version: "v1", kind: "Service", plural: "services", namespaced: true };
export const NAMESPACES = {
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
};

/** A cluster of the fake API server, and policies that a test loads itself. */
export interface TestCluster {
  readonly server: FakeApiServer;
  readonly api: KubeApi;
  readonly client: Client;
  readonly policies: AuditedPolicies;
  config: PlainObject | undefined;
  synced: PlainObject[];
  audit(options?: Partial<ClusterAuditOptions>): ClusterAudit;
  stop(): Promise<void>;
}

export interface Swept {
  readonly report: SweepReport;
  /** All of them, in the order of their ids. */
  readonly violations: readonly Violation[];
}

/** Threads for the audits of many tests: each takes a second to start. */
export function testPool(options: Partial<EvaluatorPoolOptions> = {}): EvaluatorPool {
  const setup = { referentialRules: true, disabledBuiltins: [], allowNet: [], reviewTimeoutMs: 60_000 };
  return new EvaluatorPool({ threads: 2, ...setup, ...options });
}

export async function testCluster(
  pool: EvaluatorPool,
  resources = [PODS, SERVICES, NAMESPACES],
): Promise<TestCluster> {
  const server = await createFakeApiServer({ resources });
  const api = createKubeApi({ connection: plainConnection({ server: server.url }), qps: 0 });
  const client = createClient();
  const mutation = new MutationSystem({ newId: () => "" });
  const cluster: TestCluster = {
    server,
    api,
    client,
    config: undefined,
    synced: [],
    policies: {
      client,
      mutation,
      expansion: new ExpansionSystem(mutation),
      config: () => cluster.config,
      excluder: () => processExcluder(cluster.config),
      // Namespaces that a test does not make are there, without labels.
      namespace: (name) =>
        Promise.resolve(
          server.get(NAMESPACES, { name }) ?? { apiVersion: "v1", kind: "Namespace", metadata: { name } },
        ),
      syncedObjects: () => cluster.synced,
    },
    audit(options = {}) {
      return new ClusterAudit({
        api,
        policies: cluster.policies,
        pool,
        pageSize: 3,
        fromCache: false,
        fullEvery: 0,
        memoryBytes: 1_000_000,
        patience: { outageMs: 5_000, firstPauseMs: 1, longestPauseMs: 50 },
        ...options,
      });
    },
    async stop() {
      await api.close();
      await server.stop();
    },
  };
  return cluster;
}

const AT = new Date("2026-01-02T03:04:05Z");

/** One sweep; `onPage` is called whenever a page of violations has come. */
export async function sweepOnce(audit: ClusterAudit, onPage: () => void = () => {}): Promise<Swept> {
  const violations: Violation[] = [];
  const onViolations = (found: readonly Violation[]): void => {
    violations.push(...found);
    onPage();
  };
  const report = await sweep({ ...audit.prepare(), onViolations }, AT, new AbortController().signal);
  return { report, violations: violations.toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
}
