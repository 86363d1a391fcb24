import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listAt, objectAt, objectMeta, textAt, valueAt } from "@portcullis/engine";
import { connectToCluster, createKubeApi, createListWatch } from "@portcullis/engine/cluster";
import type { KubeApi, ListWatch, Resource } from "@portcullis/engine/cluster";
import type { PlainObject, Value } from "@portcullis/interpreter";
import { kubeconfigOf } from "./control-plane.ts";
import type { ControlPlane } from "./control-plane.ts";
import { kubectl, statusOf } from "./manager.ts";
import type { Program } from "./manager.ts";
import { freePorts, startProcess } from "./processes.ts";
import type { TestProcess } from "./processes.ts";
import { Service } from "./service.ts";
import type { ServiceEndpoint } from "./service.ts";

export interface NodeOptions {
  /** What stands for the commands of pods, by the first word of `command`; `IMAGE COMMAND` goes before it. */
  readonly programs: Readonly<Record<string, Program>>;
  /** The Service whose connections the API server asks for. */
  readonly service: { readonly namespace: string; readonly name: string };
}

interface RunningPod {
  readonly key: string;
  readonly process: TestProcess;
  /** Ports of this machine in the place of the container's, by the port's name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly probe: NodeJS.Timeout;
  restarts: number;
}

const core = (kind: string, plural: string): Resource => ({
  group: "",
  version: "v1",
  kind,
  plural,
  namespaced: true,
});
const PODS = core("Pod", "pods");
const SERVICES = core("Service", "services");
const SECRETS = core("Secret", "secrets");
const PROBE_MS = 250;
const RESTART_MS = 500;

/**
 * What a kubelet and a Service are to the pods of a test: every Pod in the cluster becomes a process of this machine, with
 * the command, arguments, environment, mounted Secrets and ServiceAccount that its spec says; what its readiness probe
 * answers stands in the Pod's status; processes that end are started again. Only the ports are others: pods share them.
 */
export class TestNode {
  readonly #plane: ControlPlane;
  readonly #options: NodeOptions;
  readonly #api: KubeApi;
  readonly #pods: ListWatch;
  readonly #services: ListWatch;
  readonly #router = new Service();
  readonly #running = new Map<string, RunningPod>();
  readonly #starting = new Set<string>();
  readonly #endpoints = new Map<RunningPod, ServiceEndpoint>();
  readonly #ending: Promise<void>[] = [];
  #isDown = false;
  #isStopped = false;

  private constructor(plane: ControlPlane, options: NodeOptions, api: KubeApi) {
    this.#plane = plane;
    this.#options = options;
    this.#api = api;
    const watch = (resource: Resource): ListWatch =>
      createListWatch({ api, resource, onChange: ({ key }) => this.#look(key) });
    this.#pods = watch(PODS);
    this.#services = watch(SERVICES);
  }

  static async start(plane: ControlPlane, options: NodeOptions): Promise<TestNode> {
    const api = createKubeApi({
      connection: await connectToCluster({ kubeconfig: plane.kubeconfig }),
      qps: 0,
    });
    const node = new TestNode(plane, options, api);
    await node.#router.listen(plane.serviceSocket);
    node.#pods.start();
    node.#services.start();
    return node;
  }

  /** The processes of the pods whose name begins so. */
  processes(prefix: string): readonly TestProcess[] {
    return [...this.#running.values()]
      .filter(({ process }) => process.name.startsWith(prefix))
      .map(({ process }) => process);
  }

  /** kill -9 of everything that runs here, as when a machine loses power; nothing is started until {@link up}. */
  async down(): Promise<void> {
    this.#isDown = true;
    await Promise.all([...this.#running.values()].map((pod) => this.#end(pod, 0)));
  }

  /** Starts what should run, again. */
  up(): void {
    this.#isDown = false;
    for (const key of this.#pods.cache.keys()) this.#look(key);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.down();
    await Promise.all([this.#pods.stop(), this.#services.stop(), ...this.#ending]);
    this.#router.close();
    await this.#api.close();
  }

  #look(key: string): void {
    const pod = this.#pods.cache.get(key);
    const running = this.#running.get(key);
    if (running && pod === undefined) this.#ending.push(this.#end(running, GRACE_MS));
    const isOver = ["Succeeded", "Failed"].includes(textAt(pod, "status", "phase"));
    const wanted = pod && !isOver && textAt(pod, "metadata", "deletionTimestamp") === "";
    if (!wanted || running || this.#starting.has(key) || this.#isDown || this.#isStopped) return;
    this.#starting.add(key);
    void this.#start(key, pod, 0).finally(() => this.#starting.delete(key));
  }

  async #start(key: string, pod: PlainObject, restarts: number): Promise<void> {
    const container = listAt(pod, "spec", "containers")[0] as Value;
    const folder = folderOf(this.#plane, key);
    mkdirSync(folder, { recursive: true });
    const mounts = await this.#mount(pod, container, folder);
    const ports = await portsOf(container);
    const env = await this.#environment(pod, container, folder);
    const [word = "", ...more] = listAt(container, "command") as readonly string[];
    const { programs } = this.#options;
    const [file, ...first] = programs[`${textAt(container, "image")} ${word}`] ?? programs[word] ?? [word];
    const args = listAt(container, "args") as readonly string[];
    const process = startProcess(
      objectMeta(pod).name,
      file,
      [...first, ...more, ...args.map((arg) => mappedArgument(arg, container, ports, mounts))],
      { env },
    );
    const running: RunningPod = {
      key,
      process,
      ports,
      restarts,
      probe: setInterval(() => void this.#probe(running), PROBE_MS),
    };
    this.#running.set(key, running);
    await this.#report(running, "Running", false);
  }

  /** The pod answers connections to the Service from now on, if that means it. */
  async #serve(running: RunningPod, pod: PlainObject): Promise<void> {
    if (this.#endpoints.has(running) || !this.#servesService(pod)) return;
    const endpoint = { port: running.ports[this.#targetPort()] ?? 0, readyz: () => readyz(running) };
    this.#endpoints.set(running, endpoint);
    this.#router.add(endpoint);
    await this.#router.probe();
  }

  #service(): PlainObject | undefined {
    const { namespace, name } = this.#options.service;
    return this.#services.cache.get(`${namespace}/${name}`);
  }

  #targetPort(): string {
    return textAt(listAt(this.#service(), "spec", "ports")[0], "targetPort");
  }

  /** The Service is there, and its selector means the pod. */
  #servesService(pod: PlainObject): boolean {
    const selector = objectAt(this.#service(), "spec", "selector");
    const labels = objectAt(pod, "metadata", "labels") ?? {};
    return (
      selector !== undefined && Object.entries(selector).every(([name, value]) => labels[name] === value)
    );
  }

  /** Reports what the readiness probe says, and starts a process that has ended again. */
  async #probe(running: RunningPod): Promise<void> {
    if (this.#running.get(running.key) !== running) return;
    const pod = this.#pods.cache.get(running.key);
    if (!pod) return;
    if (running.process.ended !== undefined) return this.#startAgain(running, pod);
    const ready = (await readyz(running)) === 200;
    if (this.#running.get(running.key) !== running) return;
    // A kubelet brings mounted Secrets up to date as well.
    if (!ready)
      await this.#mount(
        pod,
        listAt(pod, "spec", "containers")[0] as Value,
        folderOf(this.#plane, running.key),
      );
    if (ready) await this.#serve(running, pod);
    if (ready !== isReady(pod)) await this.#report(running, "Running", ready);
  }

  async #startAgain(running: RunningPod, pod: PlainObject): Promise<void> {
    this.#forget(running);
    const mayRestart = textAt(pod, "spec", "restartPolicy") === "Always";
    if (!mayRestart) {
      await this.#report(running, running.process.ended === "exit code 0" ? "Succeeded" : "Failed", false);
      return;
    }
    await this.#report(running, "Running", false);
    await new Promise((resolve) => setTimeout(resolve, RESTART_MS));
    if (this.#isDown || this.#isStopped || !this.#pods.cache.get(running.key)) return;
    await this.#start(running.key, pod, running.restarts + 1);
  }

  #forget(running: RunningPod): void {
    clearInterval(running.probe);
    this.#running.delete(running.key);
    const endpoint = this.#endpoints.get(running);
    if (endpoint) this.#router.remove(endpoint);
    this.#endpoints.delete(running);
  }

  async #end(running: RunningPod, graceMs: number): Promise<void> {
    this.#forget(running);
    await running.process.stop(graceMs);
    if (this.#pods.cache.get(running.key)) await this.#report(running, "Running", false);
  }

  async #report({ key, process, restarts }: RunningPod, phase: string, ready: boolean): Promise<void> {
    const pod = this.#pods.cache.get(key);
    if (!pod) return;
    const { namespace, name } = objectMeta(pod);
    const container = listAt(pod, "spec", "containers")[0] as Value;
    const isOver = phase !== "Running";
    const state = isOver
      ? { terminated: { exitCode: phase === "Succeeded" ? 0 : 1, reason: phase } }
      : { running: {} };
    const status = (type: string, holds: boolean): PlainObject => ({
      type,
      status: holds ? "True" : "False",
    });
    const patch: PlainObject = {
      status: {
        phase,
        podIP: "10.1.0.1",
        podIPs: [{ ip: "10.1.0.1" }],
        conditions: [status("PodScheduled", true), status("ContainersReady", ready), status("Ready", ready)],
        containerStatuses: [
          {
            name: textAt(container, "name"),
            image: textAt(container, "image"),
            imageID: String(process.pid),
            ready,
            started: !isOver,
            restartCount: restarts,
            state,
          },
        ],
      },
    };
    await this.#api.mergePatch(PODS, { namespace, name }, patch, { subresource: "status" });
  }

  /** Writes the Secrets that the container mounts; answers the folders that stand for its mount paths. */
  async #mount(pod: PlainObject, container: Value, folder: string): Promise<ReadonlyMap<string, string>> {
    const mounts = new Map<string, string>();
    for (const mount of listAt(container, "volumeMounts")) {
      const name = textAt(mount, "name");
      const place = join(folder, name);
      mkdirSync(place, { recursive: true });
      mounts.set(textAt(mount, "mountPath"), place);
      const volume = listAt(pod, "spec", "volumes").find((each) => textAt(each, "name") === name);
      const secret = textAt(volume, "secret", "secretName");
      if (secret === "") continue;
      const found = await this.#api.get(SECRETS, { namespace: objectMeta(pod).namespace, name: secret });
      if (!found.ok) throw new Error(`Secret ${secret}: ${found.error.message}`);
      for (const [file, data] of Object.entries(objectAt(found.value, "data") ?? {}))
        bringUpToDate(join(place, file), Buffer.from(data as string, "base64"));
    }
    return mounts;
  }

  async #environment(pod: PlainObject, container: Value, folder: string): Promise<NodeJS.ProcessEnv> {
    const { namespace } = objectMeta(pod);
    const env: NodeJS.ProcessEnv = { PATH: process.env["PATH"], HOME: folder };
    for (const each of listAt(container, "env")) {
      const field = textAt(each, "valueFrom", "fieldRef", "fieldPath");
      const value = field === "" ? textAt(each, "value") : textAt(pod, ...field.split("."));
      env[textAt(each, "name")] = value;
    }
    // In the place of the token that a kubelet mounts: one from a TokenRequest, with the rights of the pod's account.
    if (valueAt(pod, "spec", "automountServiceAccountToken") === false) return env;
    const account = textAt(pod, "spec", "serviceAccountName") || "default";
    const token = await kubectl(this.#plane, ["create", "token", account, "-n", namespace]);
    const kubeconfig = join(folder, "kubeconfig");
    const ca = join(this.#plane.folder, "ca.crt");
    writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf(this.#plane.server, ca, token.trim())));
    return { ...env, KUBECONFIG: kubeconfig };
  }
}

/** A file that is right is left alone, and nobody ever reads half of one. */
function bringUpToDate(file: string, content: Buffer): void {
  if (existsSync(file) && readFileSync(file).equals(content)) return;
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}

function folderOf(plane: ControlPlane, key: string): string {
  return join(plane.folder, "pods", key);
}

/** As a pod's `terminationGracePeriodSeconds` in the chart. */
const GRACE_MS = 60_000;

/** What the readiness probe gets; a container without a port for it is ready at once. */
function readyz({ ports }: RunningPod): Promise<number> {
  const port = ports["healthz"];
  return port === undefined ? Promise.resolve(200) : statusOf(port, "/readyz");
}

async function portsOf(container: Value): Promise<Readonly<Record<string, number>>> {
  const declared = listAt(container, "ports");
  const free = await freePorts(declared.length);
  return Object.fromEntries(declared.map((port, i) => [textAt(port, "name"), free[i] as number]));
}

/** An argument with this machine's ports and folders in the place of the pod's. */
function mappedArgument(
  arg: string,
  container: Value,
  ports: Readonly<Record<string, number>>,
  mounts: ReadonlyMap<string, string>,
): string {
  for (const port of listAt(container, "ports")) {
    const inPod = String(valueAt(port, "containerPort"));
    const here = String(ports[textAt(port, "name")]);
    if (new RegExp(`^--[a-z-]*(port|addr)=:?${inPod}$`).test(arg))
      return arg.replace(`:${inPod}`, `127.0.0.1:${here}`).replace(`=${inPod}`, `=${here}`);
  }
  for (const [path, folder] of mounts) if (arg.endsWith(`=${path}`)) return arg.replace(path, folder);
  return arg;
}

function isReady(pod: PlainObject): boolean {
  return listAt(pod, "status", "conditions").some(
    (condition) => textAt(condition, "type") === "Ready" && textAt(condition, "status") === "True",
  );
}
