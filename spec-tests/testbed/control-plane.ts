import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PlainObject } from "@portcullis/interpreter";
import { servingCertificate } from "@portcullis/server";
import { findPart } from "./parts.ts";
import { freePorts, startProcess, untilReady } from "./processes.ts";
import type { TestProcess } from "./processes.ts";

/** A real API server on loopback, for one test file. */
export interface ControlPlane {
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca: string;
  /** Of a user who may do everything. */
  readonly token: string;
  /** Path of a kubeconfig of that user. */
  readonly kubeconfig: string;
  /** A folder of the test's own, gone with the control plane. */
  readonly folder: string;
  /** Where the API server asks for connections to Services, by HTTP CONNECT, when started so. */
  readonly serviceSocket: string;
  /** Path of the audit log, when started so: an Event of `audit.k8s.io/v1` a line. */
  readonly auditLog: string;
  readonly etcd: TestProcess;
  readonly apiServer: TestProcess;
  /** kubectl as that user; standard input is the text given. Never throws for kubectl's own failures. */
  kubectl(args: readonly string[], input?: string): Promise<CommandResult>;
  /** kill -9 of the API server, if it runs, and a new one in its place, at the same address. */
  restartApiServer(): Promise<void>;
  /** etcd forgets all states but the present one, as it does every five minutes in a cluster. */
  compactEtcd(): Promise<void>;
  stop(): Promise<void>;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ControlPlaneOptions {
  /** Controllers of the controller manager to run; none: it is not started. */
  readonly controllers?: readonly string[];
  /** The API server calls Services through a Unix socket in the folder: {@link ControlPlane.serviceSocket}. */
  readonly services?: boolean;
  /** The API server writes down every request of these users: {@link ControlPlane.auditLog}. */
  readonly audited?: readonly string[];
}

const TOKEN = "token-of-admin";

/** Of a user without any rights. */
export const NOBODY_TOKEN = "token-of-nobody";

/** What is missing for a control plane, and how to get it; undefined where all is there. */
export function whyNoControlPlane(...more: readonly string[]): string | undefined {
  const missing = ["etcd", "kube-apiserver", "kubectl", ...more].filter(
    (name) => findPart(name) === undefined,
  );
  return missing.length === 0
    ? undefined
    : `SKIPPED: no ${missing.join(", ")}. Run \`npm run testbed\` (needs Go), or set KUBEBUILDER_ASSETS.`;
}

export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-cluster-"));
  const plane = new Plane(folder, options);
  try {
    await plane.start();
    return plane;
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

class Plane implements ControlPlane {
  readonly folder: string;
  readonly token = TOKEN;
  readonly kubeconfig: string;
  readonly serviceSocket: string;
  readonly auditLog: string;
  server = "";
  ca = "";

  readonly #controllers: readonly string[];
  readonly #services: boolean;
  readonly #audited: readonly string[];
  #ports: { readonly etcd: number; readonly peer: number; readonly server: number } | undefined;
  #etcd: TestProcess | undefined;
  #apiServer: TestProcess | undefined;
  #controllerManager: TestProcess | undefined;

  constructor(folder: string, { controllers = [], services = false, audited = [] }: ControlPlaneOptions) {
    this.folder = folder;
    this.serviceSocket = join(folder, "services.sock");
    this.#services = services;
    this.auditLog = join(folder, "audit.log");
    this.#audited = audited;
    this.kubeconfig = join(folder, "kubeconfig");
    this.#controllers = controllers;
  }

  get etcd(): TestProcess {
    return started(this.#etcd);
  }

  get apiServer(): TestProcess {
    return started(this.#apiServer);
  }

  async start(): Promise<void> {
    const [etcd = 0, peer = 0, server = 0] = await freePorts(3);
    this.#ports = { etcd, peer, server };
    this.server = `https://127.0.0.1:${server}`;
    await this.#writeFiles();
    await this.#startEtcd();
    await this.#startApiServer();
    if (this.#controllers.length > 0) this.#startControllerManager();
  }

  async restartApiServer(): Promise<void> {
    await this.#apiServer?.stop(0);
    await this.#startApiServer();
  }

  async compactEtcd(): Promise<void> {
    const { etcd } = started(this.#ports);
    const ask = async (path: string, body: object): Promise<unknown> => {
      const answer = await fetch(`http://127.0.0.1:${etcd}/v3/kv/${path}`, {
        method: "POST",
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`etcd ${path}: ${await answer.text()}`);
      return answer.json();
    };
    const { header } = (await ask("range", { key: "AA==" })) as { header: { revision: string } };
    await ask("compaction", { revision: header.revision, physical: true });
  }

  kubectl(args: readonly string[], input = ""): Promise<CommandResult> {
    // The cache of its discovery would outlive the kinds of a test.
    const all = [`--kubeconfig=${this.kubeconfig}`, `--cache-dir=${join(this.folder, "kubectl")}`, ...args];
    return runCommand(found("kubectl"), all, input);
  }

  async stop(): Promise<void> {
    // The API server takes its time with SIGTERM, and nothing here is worth saving.
    await Promise.all([this.#controllerManager?.stop(0), this.#apiServer?.stop(0)]);
    await this.#etcd?.stop(0);
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #writeFiles(): Promise<void> {
    const hosts = ["localhost", "127.0.0.1"];
    await servingCertificate(this.folder, { hosts, now: new Date() });
    const account = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs1", format: "pem" },
    });
    this.ca = readFileSync(this.#path("ca.crt"), "utf8");
    this.#write("accounts.key", account.privateKey);
    this.#write("accounts.pub", account.publicKey);
    this.#write("tokens.csv", `${TOKEN},admin,admin,"system:masters"\n${NOBODY_TOKEN},nobody,nobody\n`);
    const transport = { uds: { udsName: this.serviceSocket } };
    this.#write("egress.json", {
      apiVersion: "apiserver.k8s.io/v1beta1",
      kind: "EgressSelectorConfiguration",
      egressSelections: [{ name: "cluster", connection: { proxyProtocol: "HTTPConnect", transport } }],
    });
    this.#write("audit-policy.json", {
      apiVersion: "audit.k8s.io/v1",
      kind: "Policy",
      omitStages: ["RequestReceived", "ResponseStarted"],
      rules: [{ level: "Metadata", users: this.#audited }, { level: "None" }],
    });
    this.#write("kubeconfig", kubeconfigOf(this.server, this.#path("ca.crt"), TOKEN));
  }

  async #startEtcd(): Promise<void> {
    const { etcd, peer } = started(this.#ports);
    const url = `http://127.0.0.1:${etcd}`;
    const process = startProcess("etcd", found("etcd"), [
      `--data-dir=${this.#path("etcd")}`,
      "--unsafe-no-fsync",
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      "--log-level=warn",
    ]);
    this.#etcd = process;
    await untilReady(process, async () => (await fetch(`${url}/health`)).ok);
  }

  async #startApiServer(): Promise<void> {
    const { etcd, server } = started(this.#ports);
    const process = startProcess("kube-apiserver", found("kube-apiserver"), [
      `--etcd-servers=http://127.0.0.1:${etcd}`,
      `--cert-dir=${this.#path("certificates")}`,
      `--tls-cert-file=${this.#path("tls.crt")}`,
      `--tls-private-key-file=${this.#path("tls.key")}`,
      "--bind-address=127.0.0.1",
      "--advertise-address=127.0.0.1",
      `--secure-port=${server}`,
      `--service-account-issuer=${this.server}`,
      `--service-account-key-file=${this.#path("accounts.pub")}`,
      `--service-account-signing-key-file=${this.#path("accounts.key")}`,
      "--authorization-mode=RBAC",
      `--token-auth-file=${this.#path("tokens.csv")}`,
      "--service-cluster-ip-range=10.0.0.0/24",
      "--disable-admission-plugins=ServiceAccount",
      "--allow-privileged=true",
      ...(this.#audited.length > 0
        ? [`--audit-policy-file=${this.#path("audit-policy.json")}`, `--audit-log-path=${this.auditLog}`]
        : []),
      ...(this.#services ? [`--egress-selector-config-file=${this.#path("egress.json")}`] : []),
    ]);
    this.#apiServer = process;
    await untilReady(process, () => this.#isReady());
  }

  #startControllerManager(): void {
    this.#controllerManager = startProcess("kube-controller-manager", found("kube-controller-manager"), [
      `--kubeconfig=${this.kubeconfig}`,
      `--controllers=${this.#controllers.join(",")}`,
      `--service-account-private-key-file=${this.#path("accounts.key")}`,
      `--root-ca-file=${this.#path("ca.crt")}`,
      "--leader-elect=false",
      "--secure-port=0",
    ]);
  }

  #isReady(): Promise<boolean> {
    const headers = { authorization: `Bearer ${TOKEN}` };
    return new Promise((resolve, reject) => {
      get(`${this.server}/readyz`, { ca: this.ca, headers, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      }).once("error", reject);
    });
  }

  #path(name: string): string {
    return join(this.folder, name);
  }

  #write(name: string, content: string | object): void {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    writeFileSync(this.#path(name), text, { mode: 0o600 });
  }
}

/** A kubeconfig for a server, its CA in a file, and a user with a token. */
export function kubeconfigOf(server: string, caFile: string, token: string): PlainObject {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server, "certificate-authority": caFile } }],
    users: [{ name: "test", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    "current-context": "test",
  };
}

/** Runs a command to its end. */
export function runCommand(file: string, args: readonly string[], input = ""): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = execFile(file, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
    // A command that does not read its input may close it first.
    child.stdin?.once("error", () => undefined);
    child.stdin?.end(input);
  });
}

function found(name: string): string {
  const path = findPart(name);
  if (path === undefined) throw new Error(`no ${name}; run \`npm run testbed\``);
  return path;
}

function started<T>(part: T | undefined): T {
  if (part === undefined) throw new Error("the control plane has not been started");
  return part;
}
