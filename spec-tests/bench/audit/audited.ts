// Audits a cluster by 36 policies of the library, a sweep each time its parent says so, and tells what it cost:
// `audited.ts SERVER` or `audited.ts KUBECONFIG`. Outputs are left out: the sweep ends with every violation handed over.
import {
  createClient,
  ExpansionSystem,
  MutationSystem,
  objectMeta,
  processExcluder,
} from "@portcullis/engine";
import { connectToCluster, createKubeApi, plainConnection } from "@portcullis/engine/cluster";
import type { KubeResult, Resource } from "@portcullis/engine/cluster";
import { ClusterAudit, EvaluatorPool, sweep } from "@portcullis/audit";
import type { PlainObject } from "@portcullis/interpreter";
import { libraryPolicies } from "../library-policies.ts";
import { GENERATED_KINDS, NAMESPACE } from "./cluster-objects.ts";

/** What one sweep cost this process, threads included. */
export interface AuditedSweep {
  readonly objects: number;
  readonly violations: number;
  readonly errors: readonly string[];
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Seconds of CPU that judging took, over all threads. */
  readonly judgingSeconds: number;
  readonly requests: number;
  /** The most that this process ever had in memory. */
  readonly peakMiB: number;
}

const POLICIES = 36;

const [, , target = ""] = process.argv;
const api = createKubeApi({
  connection: target.startsWith("http")
    ? plainConnection({ server: target })
    : await connectToCluster({ kubeconfig: target }),
  // What the API server is spared is waited for here, which costs no CPU but time.
  qps: 0,
});
const policies = libraryPolicies(POLICIES, POLICIES);
if (!policies) throw new Error("the test data is absent");
const client = createClient();
for (const template of policies.templates) must(client.addTemplate(template));
for (const constraint of policies.constraints) must(client.addConstraint(constraint));
const mutation = new MutationSystem({ newId: () => "" });
/** By kind, the versions of the objects that are copied. */
const copied = new Map<string, Map<string, string>>();
const namespaces = new Map<string, PlainObject>();
const audit = new ClusterAudit({
  api,
  policies: {
    client,
    mutation,
    expansion: new ExpansionSystem(mutation),
    config: () => undefined,
    excluder: () => processExcluder(),
    namespace: (name) => Promise.resolve(namespaces.get(name)),
    syncedObjects: () => [],
  },
  pool: new EvaluatorPool({
    threads: 0,
    referentialRules: true,
    disabledBuiltins: [],
    allowNet: [],
    reviewTimeoutMs: 10_000,
  }),
  pageSize: 500,
  fromCache: false,
  fullEvery: 0,
  memoryBytes: 128 * 1024 * 1024,
});

process.on("message", () => void audited().then((result) => process.send?.(result)));
process.on("disconnect", () => process.exit());
process.send?.("ready");

async function audited(): Promise<AuditedSweep> {
  await follow();
  const cpu = process.cpuUsage();
  const started = performance.now();
  let violations = 0;
  const report = await sweep(
    { ...audit.prepare(), onViolations: (found) => void (violations += found.length) },
    new Date(),
    new AbortController().signal,
  );
  const { user, system } = process.cpuUsage(cpu);
  return {
    objects: report.objects,
    violations,
    errors: report.errors.map(({ message }) => message),
    wallSeconds: (performance.now() - started) / 1000,
    cpuSeconds: (user + system) / 1e6,
    judgingSeconds: audit.cost.judgingMs / 1000,
    requests: audit.cost.requests,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  };
}

/** What list-watches do in a manager, all the time and not in a sweep: brings what is copied to its present state. */
async function follow(): Promise<void> {
  for await (const object of changed(NAMESPACE)) namespaces.set(objectMeta(object).name, object);
  const ingresses = GENERATED_KINDS.find(({ resource }) => resource.kind === "Ingress");
  if (ingresses) for await (const object of changed(ingresses.resource)) must(client.addData(object));
}

/** The objects of a kind whose versions are not those that were met before: all of them, or else a few. */
async function* changed(resource: Resource): AsyncGenerator<PlainObject> {
  const isFirst = !copied.has(resource.kind);
  const known = copied.get(resource.kind) ?? new Map<string, string>();
  copied.set(resource.kind, known);
  let next: string | undefined;
  do {
    const asked = { limit: 500, ...(next !== undefined && { continue: next }) };
    const versions = answer(await api.listVersions(resource, asked));
    const whole = isFirst ? answer(await api.list(resource, asked)).items : undefined;
    for (const [index, { namespace, name, resourceVersion }] of versions.items.entries()) {
      if (known.get(`${namespace}/${name}`) === resourceVersion) continue;
      known.set(`${namespace}/${name}`, resourceVersion);
      yield whole?.[index] ?? answer(await api.get(resource, { namespace, name }));
    }
    next = versions.continue;
  } while (next !== undefined);
}

function answer<T>(given: KubeResult<T>): T {
  if (!given.ok) throw new Error(given.error.message);
  return given.value;
}

function must(outcome: { readonly ok: boolean }): void {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome));
}
