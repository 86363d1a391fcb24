import type { RequestOptions } from "node:https";
import type { Cluster, KubeConfig } from "@kubernetes/client-node";
import { Agent } from "undici";
import type { Dispatcher } from "undici";
import type { Connection, Credentials } from "./connection.ts";
import { ONE_CALL_A_SOCKET } from "./connection.ts";
import { answered, failed, noAnswer } from "./kube-error.ts";
import type { KubeResult } from "./kube-error.ts";
import { loadKubeconfig } from "./kubeconfig.ts";
import type { KubeconfigSource } from "./kubeconfig.ts";

/** Credentials are taken from their source again after this time: tokens of pods and of exec plugins run out. */
const MAX_AGE_MS = 30_000;

/** A server that refuses us makes us read the kubeconfig again, but not more often than this. */
const RENEW_PAUSE_MS = 5_000;

/**
 * The connection that a kubeconfig, or the pod's service account, describes. Throws an `Error` for the operator where
 * there is none; later failures to read credentials are results of the call that needs them.
 */
export async function connectToCluster(source: KubeconfigSource = {}): Promise<Connection> {
  const config = await loadKubeconfig(source);
  return new ClusterConnection(source, config);
}

class ClusterConnection implements Connection {
  readonly server: string;
  readonly namespace: string | undefined;

  readonly #source: KubeconfigSource;
  #config: KubeConfig;
  #loaded = performance.now();
  #current: (Credentials & { readonly tls: string; readonly taken: number }) | undefined;
  #taking: Promise<Credentials> | undefined;
  readonly #dispatchers = new Set<Dispatcher>();

  constructor(source: KubeconfigSource, config: KubeConfig) {
    this.#source = source;
    this.#config = config;
    this.server = (config.getCurrentCluster() as Cluster).server.replace(/\/+$/, "");
    this.namespace = config.getContextObject(config.getCurrentContext())?.namespace;
  }

  async credentials(renew = false): Promise<KubeResult<Credentials>> {
    try {
      if (renew) await this.#reload();
      else if (this.#current && performance.now() - this.#current.taken < MAX_AGE_MS) {
        return answered(this.#current);
      }
      this.#taking ??= this.#take().finally(() => (this.#taking = undefined));
      return answered(await this.#taking);
    } catch (error) {
      return failed(noAnswer("NoCredentials", error instanceof Error ? error.message : String(error)));
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#dispatchers].map((dispatcher) => dispatcher.destroy()));
  }

  async #reload(): Promise<void> {
    if (performance.now() - this.#loaded < RENEW_PAUSE_MS) return;
    this.#loaded = performance.now();
    this.#config = await loadKubeconfig(this.#source);
  }

  async #take(): Promise<Credentials> {
    const cluster = this.#config.getCurrentCluster() as Cluster;
    // client-node refuses plain HTTP otherwise.
    if (cluster.server.startsWith("http:")) Object.assign(cluster, { skipTLSVerify: true });
    const options: RequestOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    const { ca, cert, key, servername, rejectUnauthorized } = options;
    const tls = { ca, cert, key, servername, rejectUnauthorized };
    const fingerprint = JSON.stringify([...Object.values(tls).map(String), cluster.proxyUrl]);
    const dispatcher =
      this.#current?.tls === fingerprint ? this.#current.dispatcher : this.#dispatcher(cluster, tls);
    this.#current = {
      headers: headersOf(options),
      dispatcher,
      tls: fingerprint,
      taken: performance.now(),
    };
    return this.#current;
  }

  /** New sockets for a new CA or client certificate; calls under way keep the old ones until they end. */
  #dispatcher(cluster: Cluster, tls: RequestOptions): Dispatcher {
    const given = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
    const old = this.#current?.dispatcher;
    void old?.close().then(() => this.#dispatchers.delete(old));
    // `createDispatcher` is how client-node itself goes through HTTP and SOCKS proxies; it is private in the types only.
    const proxied = cluster.proxyUrl
      ? (this.#config as unknown as ProxyMaker).createDispatcher(cluster, given)
      : undefined;
    const dispatcher = proxied ?? new Agent({ ...ONE_CALL_A_SOCKET, connect: { ...given, keepAlive: true } });
    this.#dispatchers.add(dispatcher);
    return dispatcher;
  }
}

interface ProxyMaker {
  createDispatcher(cluster: Cluster, tls: RequestOptions): Dispatcher | undefined;
}

function headersOf({ headers, auth }: RequestOptions): Record<string, string> {
  const result: Record<string, string> = {};
  if (auth) result["authorization"] = `Basic ${Buffer.from(auth).toString("base64")}`;
  for (const [name, value] of Object.entries((headers ?? {}) as Record<string, unknown>)) {
    // Token files often end with a newline, which no header may hold.
    result[name.toLowerCase()] = String(value).trim();
  }
  return result;
}
