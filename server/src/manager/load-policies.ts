import { createClient } from "@portcullis/engine";
import {
  ClusterPolicies,
  connectToCluster,
  createEventRecorder,
  createKubeApi,
  operationsOf,
  ownPod,
} from "@portcullis/engine/cluster";
import type {
  EventRecorder,
  ExportConnection,
  KubeApi,
  Operations,
  ReportingPod,
} from "@portcullis/engine/cluster";
import { networkFor } from "@portcullis/interpreter/node";
import nodeCrypto, { randomUUID } from "node:crypto";
import { OWN_NAMESPACE } from "../admission/policies.ts";
import { warmUp } from "../admission/warm-up.ts";
import { AdmissionExport } from "../export/admission-export.ts";
import { named } from "../observability/log.ts";
import type { Log } from "../observability/log.ts";
import type { ServerMetrics } from "../observability/metrics.ts";
import { disabledBuiltins } from "./disabled-builtins.ts";
import type { ManagerFlags } from "./manager-flags.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A connection to the API server, as the flags and the environment say. */
export async function connectApi(flags: ManagerFlags, env: Environment): Promise<KubeApi> {
  const connection = await connectToCluster({
    env,
    ...(flags.kubeconfig === "" ? {} : { kubeconfig: flags.kubeconfig }),
  });
  return createKubeApi({ connection, qps: flags["kube-api-qps"], burst: flags["kube-api-burst"] });
}

export interface LoadingOptions {
  readonly flags: ManagerFlags;
  readonly env: Environment;
  readonly log: Log;
  readonly api: KubeApi;
  readonly operations: Operations;
  readonly metrics: ServerMetrics;
  /** False where another process of this Pod writes its pod statuses. */
  readonly reports: boolean;
}

/** The policies of the cluster. */
export interface LoadedPolicies {
  /** Nothing is asked before their `start()`. */
  readonly policies: ClusterPolicies;
  /** To be called when they are loaded, before they decide anything. */
  readonly warmUp: () => Promise<void>;
}

export async function loadPolicies(options: LoadingOptions): Promise<LoadedPolicies> {
  const { flags, env, log, api, operations, metrics, reports } = options;
  let warming = false;
  const client = createClient({
    generateCode: true,
    referentialRules: flags["enable-referential-rules"],
    disabledBuiltins: disabledBuiltins(flags),
    crypto: nodeCrypto,
    nowNs: () => BigInt(Date.now()) * 1_000_000n,
    random: Math.random,
    hostCall: await networkFor(flags["allow-net"]),
    // What a policy prints about requests that nobody has made would only confuse.
    onPrint: (line) => void (warming || log.info(line, { logger: "print" })),
  });
  const policies = new ClusterPolicies({
    api,
    client,
    operations,
    pod: reports ? await reportingPod(api, flags, env, log) : silentPod(env),
    reports,
    log: named(log, "controller"),
    observer: metrics,
    newId: randomUUID,
    readinessRetries: flags["readiness-retries"],
    ...(exportsViolations(options) && { exportConnection: flags["audit-connection"] }),
    externalData: flags["enable-external-data"],
    expands: flags["enable-generator-resource-expansion"],
  });
  return {
    policies,
    async warmUp() {
      warming = true;
      await warmUp(client).finally(() => (warming = false));
    },
  };
}

/** Whoever reports does so for the whole Pod, whichever of its processes exports. */
function exportsViolations({ flags, operations, reports }: LoadingOptions): boolean {
  return (
    (flags["enable-violation-export"] && (reports || operations.has("audit"))) ||
    (flags["enable-admission-violation-export"] && (reports || operations.has("webhook")))
  );
}

/** Stands where nothing is reported; its namespace still tells where the Config is. */
function silentPod(env: Environment): ReportingPod {
  return { name: "", namespace: env["POD_NAMESPACE"] ?? OWN_NAMESPACE, uid: "", operations: [] };
}

/** Makes Events of violations, where the flags want them. */
export function admissionEvents(flags: ManagerFlags, api: KubeApi, log: Log): EventRecorder | undefined {
  return flags["emit-admission-events"] ? eventRecorder(api, named(log, "webhook")) : undefined;
}

/** Exports violations of admission requests, where the flags want it. */
export function admissionExport(
  flags: ManagerFlags,
  connection: ExportConnection,
  metrics: ServerMetrics,
  log: Log,
): AdmissionExport | undefined {
  if (!flags["enable-admission-violation-export"]) return undefined;
  return new AdmissionExport({
    connection,
    name: flags["audit-connection"],
    channel: flags["audit-channel"],
    metrics: metrics.exports(),
    log: named(log, "export"),
  });
}

function reportingPod(
  api: KubeApi,
  flags: ManagerFlags,
  env: Environment,
  log: Log,
): ReturnType<typeof ownPod> {
  const pod = {
    name: flags["debug-use-fake-pod"] ? "no-pod" : (env["POD_NAME"] ?? ""),
    namespace: env["POD_NAMESPACE"] ?? OWN_NAMESPACE,
    operations: operationsOf(flags.operation).list,
  };
  if (flags["debug-use-fake-pod"]) return Promise.resolve({ ...pod, uid: "" });
  if (pod.name === "") throw new Error("POD_NAME is not set: status objects are named by it");
  return ownPod(api, pod, {
    onFailure: (message) => log.error("cannot find the Pod of this process", { error: message }),
  });
}

function eventRecorder(api: KubeApi, log: Log): EventRecorder {
  return createEventRecorder({
    api,
    now: () => new Date(),
    newId: () => randomUUID().replaceAll("-", "").slice(0, 16),
    onLoss: (message, dropped) => log.error("could not write Events", { error: message, dropped }),
  });
}
