import { mkdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import type { PlainObject } from "@portcullis/interpreter";
import { customResourceDefinitions, servingCertificate } from "@portcullis/server";
import { repositoryRoot } from "../test-data.ts";
import type { ControlPlane } from "./control-plane.ts";
import type { PodAccount } from "./pod-account.ts";
import { freePorts, startProcess, untilReady } from "./processes.ts";
import type { TestProcess } from "./processes.ts";
import { webhookConfigurations } from "./webhook-configurations.ts";

/** A process that the API server calls, ours or Gatekeeper's own: both take the same command line. */
export interface Manager {
  readonly podName: string;
  readonly process: TestProcess;
  /** Base of the webhook's URLs. */
  readonly url: string;
  readonly port: number;
  readonly healthPort: number;
  readonly metricsPort: number;
  /** The folder of its certificate, where it does not keep one itself. */
  readonly certificates: string;
  /** PEM of the authority of the webhook's certificate; empty where it keeps its own. */
  readonly ca: string;
  /** Milliseconds from the start of the process until it was ready, give or take one look. */
  readonly readyMs: number;
  /** Status of `/readyz`; 0 where nothing answers. */
  readyz(): Promise<number>;
  /** Text of `/metrics`. */
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

/** One whose process has been started. */
export interface LaunchedManager extends Omit<Manager, "readyMs"> {
  /** Milliseconds that went by before the start of the process. */
  readonly preparedMs: number;
}

export interface ManagerOptions {
  readonly podName?: string;
  /** Besides those that give it its ports and certificates. */
  readonly flags?: readonly string[];
  /** Puts this process into the webhook configurations; default true. */
  readonly register?: boolean;
  /** The program and its first arguments; by default this tree's sources, or `MANAGER_BIN`. */
  readonly program?: Program;
  /** It keeps its own certificate in the Secret that all replicas share; default false. */
  readonly ownCertificates?: boolean;
  /** Another way to the API server than the control plane's own. */
  readonly kubeconfig?: string;
  /** Instead of a kubeconfig: it finds the API server, and its token, as in a Pod. */
  readonly account?: PodAccount;
}

export type Program = readonly [file: string, ...first: string[]];

export const OWN_NAMESPACE = "gatekeeper-system";

/** `MANAGER_BIN` names a manager to test instead of ours: with Gatekeeper's own the tests themselves are tested. */
const OTHER = process.env["MANAGER_BIN"];

/** What has to be in a cluster before a manager starts: its namespace and its kinds. */
export async function installKinds(plane: ControlPlane): Promise<void> {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: OWN_NAMESPACE } };
  await apply(plane, [namespace, ...customResourceDefinitions()]);
  const established = ["wait", "--for=condition=Established", "crd", "-l", "gatekeeper.sh/system=yes"];
  // kubectl fails where a CRD has no conditions at all yet.
  for (let left = 5; left > 0; left--) {
    const { code } = await plane.kubectl([...established, "--timeout=60s"]);
    if (code === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await kubectl(plane, [...established, "--timeout=1s"]);
}

/** What a manager gets to become ready, whatever else the machine does. */
const READY_MS = 120_000;

/** Starts a manager, and waits until it is ready and the API server calls it. */
export async function startManager(plane: ControlPlane, options: ManagerOptions = {}): Promise<Manager> {
  const started = performance.now();
  const manager = await launchManager(plane, options);
  await untilReady(manager.process, async () => (await manager.readyz()) === 200, READY_MS);
  const readyMs = performance.now() - started - manager.preparedMs;
  const { url, ca } = manager;
  if (options.register ?? options.ownCertificates !== true)
    await apply(plane, webhookConfigurations({ url, ca }));
  return { ...manager, readyMs };
}

/** Starts a manager and waits for nothing. */
export async function launchManager(
  plane: ControlPlane,
  options: ManagerOptions = {},
): Promise<LaunchedManager> {
  const begun = performance.now();
  const { account, podName = "gatekeeper-webhook-0", flags = [], ownCertificates = false } = options;
  const [port = 0, health = 0, metrics = 0] = await freePorts(3);
  const certificates = join(plane.folder, podName);
  mkdirSync(certificates, { recursive: true });
  if (!ownCertificates)
    await servingCertificate(certificates, { hosts: ["localhost", "127.0.0.1"], now: new Date() });
  const ca = ownCertificates ? "" : readFileSync(join(certificates, "ca.crt"), "utf8");
  await apply(plane, [podOf(podName)]);
  const program = options.program ?? command();
  const [file, ...first] = account ? account.inPod(program) : program;
  const preparedMs = performance.now() - begun;
  const process = startProcess(
    podName,
    file,
    [
      ...first,
      `--port=${port}`,
      `--cert-dir=${certificates}`,
      `--health-addr=127.0.0.1:${health}`,
      `--prometheus-port=${metrics}`,
      ...(ownCertificates ? [] : ["--disable-cert-rotation"]),
      ...flags,
    ],
    {
      env: {
        ...globalThis.process.env,
        KUBECONFIG: options.kubeconfig ?? plane.kubeconfig,
        ...account?.env,
        POD_NAME: podName,
        POD_NAMESPACE: OWN_NAMESPACE,
      },
    },
  );
  return {
    podName,
    process,
    preparedMs,
    url: `https://127.0.0.1:${port}`,
    port,
    healthPort: health,
    metricsPort: metrics,
    certificates,
    ca,
    readyz: () => statusOf(health, "/readyz"),
    metrics: async () => (await answerOf(metrics, "/metrics")).text,
    stop: () => process.stop(10_000),
  };
}

/** The manager of this tree, or `MANAGER_BIN`; flags are Node's. */
export function command(...nodeFlags: readonly string[]): Program {
  if (OTHER !== undefined && OTHER !== "") return [OTHER];
  return [
    process.execPath,
    ...nodeFlags,
    "--conditions=@portcullis/source",
    "--no-warnings",
    join(repositoryRoot, "server/src/cli/main.ts"),
  ];
}

/** Nothing runs it; pod statuses are owned by it. */
export function podOf(name: string): PlainObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: OWN_NAMESPACE },
    spec: { containers: [{ name: "manager", image: "manager" }] },
  };
}

/** `kubectl apply`; throws what kubectl says where it fails. */
export function apply(plane: ControlPlane, objects: readonly PlainObject[]): Promise<string> {
  const list = { apiVersion: "v1", kind: "List", items: objects };
  return kubectl(plane, ["apply", "-f", "-"], JSON.stringify(list));
}

/**
 * `kubectl apply`, again and again for ten seconds: objects that come in one go with the templates of their kinds are
 * refused until these kinds are served.
 */
export async function applyPatiently(plane: ControlPlane, objects: readonly PlainObject[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await apply(plane, objects);
      return;
    } catch (error) {
      if (attempt === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

export async function kubectl(plane: ControlPlane, args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await plane.kubectl(args, input);
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** Status of a plain HTTP answer on loopback; 0 where nothing answers. */
export async function statusOf(port: number, path: string): Promise<number> {
  return (await answerOf(port, path)).status;
}

/** What loopback answers over plain HTTP; status 0 where nobody does. */
export function answerOf(
  port: number,
  path: string,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve) => {
    request({ host: "127.0.0.1", port, path, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.once("close", () => resolve({ status: answer.statusCode ?? 0, text }));
    })
      .once("error", () => resolve({ status: 0, text: "" }))
      .end();
  });
}
