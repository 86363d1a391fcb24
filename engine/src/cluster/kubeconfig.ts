import { existsSync, readFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { delimiter, dirname, resolve } from "node:path";
import type { KubeConfig, User } from "@kubernetes/client-node";
import type { Value } from "@portcullis/interpreter";
import { parse } from "yaml";
import { listAt, textAt } from "../kubernetes/object-meta.ts";

type Env = Readonly<Record<string, string | undefined>>;

export interface KubeconfigSource {
  /** Path of a kubeconfig (`--kubeconfig`). Left out: see {@link loadKubeconfig}. */
  readonly kubeconfig?: string;
  /** Default: the kubeconfig's current context. */
  readonly context?: string;
  /** Where a pod's files of its service account are, `/var/run/secrets/…`, below this folder. Default: the root. */
  readonly podRoot?: string;
  readonly env?: Env;
}

const IN_CLUSTER_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/**
 * Reads where the cluster is, in controller-runtime's order: the file named, `KUBECONFIG`, the pod's service account,
 * `~/.kube/config`. Throws an `Error` for the operator where there is none or it cannot be used.
 */
export async function loadKubeconfig({
  kubeconfig,
  context,
  podRoot = "",
  env = process.env,
}: KubeconfigSource): Promise<KubeConfig> {
  // Loaded only when a cluster is meant: it takes 400 ms and 80 MB.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  const isInCluster = Boolean(env["KUBERNETES_SERVICE_HOST"]) && existsSync(`${podRoot}${IN_CLUSTER_TOKEN}`);
  const files = kubeconfigFiles(kubeconfig, env, isInCluster);
  if (files.length > 0) {
    for (const [index, file] of files.entries()) loadFile(config, file, index, () => new KubeConfig());
  } else if (isInCluster) {
    loadFromPod(config, podRoot, env);
  } else {
    throw new Error("no cluster: set --kubeconfig or KUBECONFIG, or run inside a cluster");
  }
  if (context !== undefined) config.setCurrentContext(context);
  checkContext(config, files.length > 0 ? `kubeconfig ${files.join(", ")}` : "the pod's service account");
  return config;
}

/** Throws where the current context leads nowhere. */
function checkContext(config: KubeConfig, source: string): void {
  const name = config.getCurrentContext();
  const wrong = (what: string): Error => new Error(`${source}: ${what}`);
  const context = config.getContextObject(name);
  if (context === null) {
    const names = config.contexts.map((each) => `\`${each.name}\``).join(", ");
    throw wrong(`there is no context \`${name}\`, ${names === "" ? "and no other" : `only ${names}`}`);
  }
  const cluster = config.getCluster(context.cluster);
  if (cluster === null)
    throw wrong(`context \`${name}\` names the cluster \`${context.cluster}\`, which is not there`);
  if (context.user !== "" && config.getUser(context.user) === null)
    throw wrong(`context \`${name}\` names the user \`${context.user}\`, who is not there`);
  if (!/^https?:\/\//i.test(cluster.server) || !URL.canParse(cluster.server))
    throw wrong(
      `the server of cluster \`${cluster.name}\` is \`${cluster.server}\`, which is no http or https address`,
    );
}

function kubeconfigFiles(named: string | undefined, env: Env, isInCluster: boolean): readonly string[] {
  if (named !== undefined && named !== "") return [named];
  const listed = (env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
  // Of several those count that are there, as kubectl has it.
  const there = listed.filter((file) => existsSync(file));
  if (listed.length > 0) return there.length > 0 ? there : listed;
  if (isInCluster) return [];
  const own = resolve(env["HOME"] ?? "/", ".kube/config");
  return existsSync(own) ? [own] : [];
}

/** The token and the CA stay files, which Kubernetes writes anew: they are read again and again. */
function loadFromPod(config: KubeConfig, podRoot: string, env: Env): void {
  config.loadFromCluster(podRoot);
  const host = env["KUBERNETES_SERVICE_HOST"] ?? "";
  const port = env["KUBERNETES_SERVICE_PORT"] ?? "443";
  // client-node goes by the environment of the process, and by plain HTTP for some ports.
  const server = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  config.clusters = config.clusters.map((cluster) => ({ ...cluster, server }));
}

/** Further files add to the first, which also names the current context. */
function loadFile(config: KubeConfig, file: string, index: number, empty: () => KubeConfig): void {
  const target = index === 0 ? config : empty();
  try {
    target.loadFromFile(file);
    readTokenFiles(target, file);
  } catch (error) {
    throw new Error(`kubeconfig ${file}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  if (target !== config) config.mergeConfig(target, true);
}

/**
 * A user's `tokenFile` is read again and again, as kubectl does it: client-node knows the field under another name only,
 * and reads it once.
 */
function readTokenFiles(config: KubeConfig, file: string): void {
  const document = parse(readFileSync(file, "utf8")) as Value;
  for (const entry of listAt(document, "users")) {
    const path = textAt(entry, "user", "tokenFile");
    if (path === "") continue;
    const user = config.getUser(textAt(entry, "name"));
    const authProvider = { name: "tokenFile", config: { tokenFile: resolve(dirname(file), path) } };
    if (user !== null) Object.assign(user, { authProvider } satisfies Partial<User>);
  }
}
